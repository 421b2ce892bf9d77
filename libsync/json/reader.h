// Reading JSON documents: json::Reader takes one apart, json::Fields gives the members of one of its objects by their
// names, each as what it has to be. Every error says where it was read and which member is wrong. Members that nobody
// asks for are passed over; of a name that is there twice the first one counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/limits.h"

namespace lakeferry::json {

// A view of one object of a document: good as long as its reader, until that reads the next one.
class Fields {
 public:
  // Each: kCorruptLog naming the field when it is missing (but for Find…) or of another type.
  [[nodiscard]] Result<std::string> String(std::string_view key) const;
  // The same without a copy, good as long as this is.
  [[nodiscard]] Result<std::string_view> View(std::string_view key) const;
  [[nodiscard]] Result<int64_t> Int(std::string_view key) const;
  // A number that is not negative and has a successor: a version, a size, a count.
  [[nodiscard]] Result<int64_t> Count(std::string_view key) const;
  [[nodiscard]] Result<bool> Bool(std::string_view key) const;
  // Within kTimeMin and kTimeMax.
  [[nodiscard]] Result<TimeMs> Time(std::string_view key) const;
  // Lists: of at most kListEntriesMax.
  [[nodiscard]] Result<std::vector<std::string>> Strings(std::string_view key) const;
  [[nodiscard]] Result<std::vector<Fields>> Objects(std::string_view key) const;
  [[nodiscard]] Result<Fields> Object(std::string_view key) const;
  // A list of lists of strings, each absent where it is null; of at most kListEntriesMax strings in all.
  [[nodiscard]] Result<std::vector<std::vector<std::optional<std::string>>>> Rows(std::string_view key) const;
  // A count; absent for a missing field or null.
  [[nodiscard]] Result<std::optional<int64_t>> FindCount(std::string_view key) const;
  // Any number; absent in the same cases.
  [[nodiscard]] Result<std::optional<int64_t>> FindInt(std::string_view key) const;
  // A time; absent in the same cases.
  [[nodiscard]] Result<std::optional<TimeMs>> FindTime(std::string_view key) const;
  [[nodiscard]] bool Has(std::string_view key) const;

 private:
  friend class Reader;
  // An object of the parser, whose header is long and nobody's business here.
  struct Position {
    const void* document;
    size_t at;
  };

  Fields(Position position, std::string_view where) : position_(position), where_(where) {}
  [[nodiscard]] std::unexpected<Error> Wrong(std::string_view key, std::string_view expected) const;

  Position position_;
  std::string_view where_;
};

// One thread at a time. Memory: up to 14 times the longest document so far.
class Reader {
 public:
  // Longer documents are refused, as are those that nest deeper than kDepthMax.
  explicit Reader(size_t bytes_max);
  ~Reader();

  // The object that `text` is. kCorruptLog where it is none, or too long or deep; `what` calls it by a name for people
  // ("the manifest"), `where`, which must outlive the answer, says where it lies. `readable`: how many bytes behind the
  // text may be read too; with enough of them it is not copied.
  [[nodiscard]] Result<Fields> Read(std::string_view text, std::string_view what, std::string_view where,
                                    size_t readable = 0);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lakeferry::json
