// ConfigMap: typed, strict access to one map of a configuration. Every getter that meets something wrong adds a problem
// with its place and answers as if the key were absent, so that one pass finds everything.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "daemon/config/config_node.h"
#include "daemon/config/config_schema.h"

namespace lakeferry {

// A text and where it stands.
struct ConfigText {
  std::string text;
  ConfigPlace place;
};

struct ConfigRange {
  int64_t min;
  int64_t max;
};

class ConfigMap {
 public:
  // Adds problems for unknown keys and for keys that stand there twice. Absent after adding a problem when `node` is no
  // map. Of `at` file and path count. `node`, `level` and `problems` must outlive the object.
  [[nodiscard]] static std::optional<ConfigMap> Open(const ConfigNode& node, const ConfigPlace& at,
                                                     const ConfigLevel& level, ConfigProblems& problems);

  [[nodiscard]] bool Has(std::string_view key) const { return Find(key) != nullptr; }
  // The place of the key's value, of the map itself where the key is absent; the path names the key either way.
  [[nodiscard]] ConfigPlace PlaceOf(std::string_view key) const;
  [[nodiscard]] const ConfigPlace& place() const { return place_; }

  // A string that is neither empty nor a number, boolean or null in disguise, without control bytes.
  [[nodiscard]] std::optional<ConfigText> Text(std::string_view key);
  // As Text, and a problem when the key is absent.
  [[nodiscard]] std::optional<ConfigText> RequiredText(std::string_view key, std::string_view example);
  // One text or a list of them.
  [[nodiscard]] std::vector<ConfigText> Texts(std::string_view key);
  // A whole number within `range`; `text_allowed`: in quotes too.
  [[nodiscard]] std::optional<int64_t> Integer(std::string_view key, ConfigRange range, bool text_allowed = false);
  // "30s", "1h30m", within [min, max].
  [[nodiscard]] std::optional<Millis> Duration(std::string_view key, Millis min, Millis max);
  // One of `choices`; its index.
  [[nodiscard]] std::optional<size_t> Choice(std::string_view key, std::vector<std::string_view> choices);
  [[nodiscard]] std::optional<ConfigMap> Map(std::string_view key, const ConfigLevel& level);
  // The elements of a list with their paths; a problem when it is absent or empty.
  struct Element {
    const ConfigNode* node;
    ConfigPlace place;
  };
  [[nodiscard]] std::vector<Element> RequiredList(std::string_view key, std::string_view what);
  // The value as it stands, for keys that take several forms; null where it is absent or (after a problem) empty.
  [[nodiscard]] const ConfigNode* Value(std::string_view key);

  void Report(std::string_view key, std::string message, std::string remedy = {});
  [[nodiscard]] ConfigProblems& problems() { return *problems_; }

  // What the scalar at `place` says as a text; shared with lists of texts.
  [[nodiscard]] static std::optional<ConfigText> ReadText(const ConfigNode& node, const ConfigPlace& place,
                                                          ConfigProblems& problems);

 private:
  ConfigMap(const ConfigNode& node, ConfigPlace place, const ConfigLevel& level, ConfigProblems& problems)
      : node_(&node), place_(std::move(place)), level_(&level), problems_(&problems) {}
  [[nodiscard]] const ConfigNode* Find(std::string_view key) const;
  [[nodiscard]] std::string PathOf(std::string_view key) const { return PathOfKey(place_.path, key); }
  [[nodiscard]] ConfigPlace ElementPlace(std::string_view key, const ConfigNode& list, size_t index) const;
  void CheckKeys();

  const ConfigNode* node_;
  ConfigPlace place_;
  const ConfigLevel* level_;
  ConfigProblems* problems_;
};

}  // namespace lakeferry
