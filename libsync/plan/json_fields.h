// Typed access to the fields of a JSON object, with errors that name the field. Shared by the documents of this layer.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace lakeferry::plan {

// A view of one object of a parsed document, which must outlive it.
class JsonFields {
 public:
  JsonFields(simdjson::dom::object object, std::string_view where) : object_(object), where_(where) {}

  // Each: kCorruptLog naming the field when it is missing (but for Find…) or of another type.
  [[nodiscard]] Result<std::string> String(std::string_view key) const;
  [[nodiscard]] Result<int64_t> Int(std::string_view key) const;
  // A number that is not negative: a version, a size, a count.
  [[nodiscard]] Result<int64_t> Count(std::string_view key) const;
  [[nodiscard]] Result<bool> Bool(std::string_view key) const;
  // Within kTimeMin and kTimeMax.
  [[nodiscard]] Result<TimeMs> Time(std::string_view key) const;
  // Lists: of at most kListEntriesMax (plan/document_sizes.h).
  [[nodiscard]] Result<std::vector<std::string>> Strings(std::string_view key) const;
  [[nodiscard]] Result<std::vector<JsonFields>> Objects(std::string_view key) const;
  [[nodiscard]] Result<JsonFields> Object(std::string_view key) const;
  // A count; absent for a missing field or null.
  [[nodiscard]] Result<std::optional<int64_t>> FindCount(std::string_view key) const;
  // Any number; absent in the same cases.
  [[nodiscard]] Result<std::optional<int64_t>> FindInt(std::string_view key) const;
  // A time; absent in the same cases.
  [[nodiscard]] Result<std::optional<TimeMs>> FindTime(std::string_view key) const;
  [[nodiscard]] bool Has(std::string_view key) const;

 private:
  [[nodiscard]] std::unexpected<Error> Wrong(std::string_view key, std::string_view expected) const;
  simdjson::dom::object object_;
  std::string_view where_;
};

}  // namespace lakeferry::plan
