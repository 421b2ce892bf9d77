// Place: what an error, a finding or a line of the log concerns, by its kind: a spot of the configuration, an object of
// a store, a run, or anything else that has a name (a server, an option). People read its text, programs its parts.
// Pure; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace lakeferry {

struct ConfigSpot {
  std::string file;
  int line = 0;     // from 1; 0: the whole file
  int column = 0;   // from 1
  std::string key;  // "workspaces[0].sync_interval"; empty at the top

  bool operator==(const ConfigSpot&) const = default;
};

struct ObjectSpot {
  std::string location;  // of the table or the staging area; of an object that lies in none that is known, its own
  std::string path;      // below the location; empty: the location itself
  std::string table;     // of the group; empty for none, or where that is not known

  bool operator==(const ObjectSpot&) const = default;
};

struct RunSpot {
  std::string workflow;
  std::string run_id;  // empty: all runs of the workflow

  bool operator==(const RunSpot&) const = default;
};

class Place {
 public:
  enum class Kind { kNone, kConfig, kObject, kRun, kOther };

  Place() = default;
  // An object by its URI or absolute path; whatever else it names is of no kind that has parts. None where it is empty.
  Place(std::string text) : text_(std::move(text)) {}  // NOLINT(google-explicit-constructor)
  Place(std::string_view text) : text_(text) {}        // NOLINT(google-explicit-constructor)
  Place(const char* text) : text_(text) {}             // NOLINT(google-explicit-constructor)
  Place(ConfigSpot spot);                              // NOLINT(google-explicit-constructor)
  Place(RunSpot spot);                                 // NOLINT(google-explicit-constructor)

  [[nodiscard]] Kind kind() const;
  // "lakeferry.yaml:7:3 workspaces[0]", "file:///srv/lake/bronze", "run r1 of workflow nightly".
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  // The parts of a place of that kind, which it must be.
  [[nodiscard]] const ConfigSpot& config() const;
  [[nodiscard]] ObjectSpot object() const;
  [[nodiscard]] const RunSpot& run() const;

  // That of an object at or below `location`, a URI: there it lies, and it is of `table` unless that is empty. Any
  // other place stays what it is, and so does an object that lies deeper in a location that was said before.
  void LiesIn(const std::string& location, const std::string& table);

  // The same text, kind and parts.
  friend bool operator==(const Place& a, const Place& b);

 private:
  using Parts = std::variant<ConfigSpot, ObjectSpot, RunSpot>;

  std::string text_;
  std::shared_ptr<const Parts> parts_;  // null where the text says all
};

// "config", "object", "run", "other".
[[nodiscard]] std::string_view PlaceKindName(Place::Kind kind);

}  // namespace lakeferry
