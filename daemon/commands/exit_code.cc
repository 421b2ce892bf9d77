#include "daemon/commands/exit_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/shown_text.h"

namespace lakeferry {
namespace {

// Each before all that are less bad.
constexpr std::array kWorstFirst{kExitUsage, kExitFailed, kExitRefused, kExitNotInSync, kExitDone};

}  // namespace

ExitCode ExitCodeFor(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument: return kExitUsage;
    case ErrorCode::kRefused:
    case ErrorCode::kDiverged: return kExitRefused;
    case ErrorCode::kNotFound:
    case ErrorCode::kUnavailable:
    case ErrorCode::kThrottled:
    case ErrorCode::kUnauthorized:
    case ErrorCode::kOutOfSpace:
    case ErrorCode::kOutcomeUnknown:
    case ErrorCode::kCorruptData:
    case ErrorCode::kCorruptLog:
    case ErrorCode::kUnsupportedTable:
    case ErrorCode::kSourceMovedOn:
    case ErrorCode::kCancelled:
    case ErrorCode::kInternal: return kExitFailed;
  }
  return kExitFailed;
}

ExitCode Worse(ExitCode one, ExitCode other) {
  return std::ranges::find(kWorstFirst, one) < std::ranges::find(kWorstFirst, other) ? one : other;
}

Error AsOneError(const std::vector<GroupFailure>& failures, size_t of) {
  LF_CHECK(!failures.empty(), "there is no error to tell");
  if (failures.size() == 1) {
    Error error = failures.front().error;
    if (error.where.empty()) error.where = "group " + failures.front().group;
    return error;
  }
  const GroupFailure* worst = &failures.front();
  std::string message = fmt::format("{} of {} groups failed:", failures.size(), of);
  for (const GroupFailure& failure : failures) {
    message += fmt::format("\n{}: {}", failure.group, OneLine(ToString(failure.error)));
    const ExitCode code = ExitCodeFor(failure.error);
    if (code != ExitCodeFor(worst->error) && Worse(code, ExitCodeFor(worst->error)) == code) worst = &failure;
  }
  return {.code = worst->error.code,
          .message = std::move(message),
          .where = "group " + worst->group,
          .remedy = "'lakeferry status' has the way out for each of them"};
}

}  // namespace lakeferry
