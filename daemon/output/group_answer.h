// What a command found out about each group, or why it could not: one group that fails hides no other. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/writer.h"

namespace lakeferry {

template <typename Report>
struct GroupAnswer {
  std::string group;
  Result<Report> result;
};

template <typename Report>
using GroupAnswers = std::vector<GroupAnswer<Report>>;

// Of an error's message: all problems of a configuration are one, of many lines.
inline constexpr size_t kMessageBytesMax = size_t{64} << 10;

// "error": {"kind", "message", "where", "remedy"}, each within its bound.
void WriteErrorObject(json::Writer& json, const Error& error);

// The field "error" of a group's entry: null where the group has an answer.
template <typename Report>
void WriteErrorOf(json::Writer& json, const GroupAnswer<Report>& answer) {
  if (answer.result) {
    json.Null("error");
  } else {
    WriteErrorObject(json, answer.result.error());
  }
}

// The report of an answer; of a group that failed an empty one.
template <typename Report>
[[nodiscard]] Report ReportOf(const GroupAnswer<Report>& answer) {
  return answer.result ? *answer.result : Report{};
}

// The value, where the group has an answer: what a failed group cannot say is null.
template <typename Report, typename T>
[[nodiscard]] std::optional<T> WhereKnown(const GroupAnswer<Report>& answer, const T& value) {
  return answer.result ? std::optional(value) : std::nullopt;
}

// "orders: FAILED (unavailable): message", with place and remedy on lines of their own where there are any.
[[nodiscard]] std::string FailureText(const std::string& group, const Error& error);

// The lines "  where: …" and "  remedy: …", of which there are those that say something.
[[nodiscard]] std::string PlaceAndRemedy(const Place& where, const std::string& remedy);

}  // namespace lakeferry
