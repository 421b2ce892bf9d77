#include "base/error.h"

#include "base/shown_text.h"

namespace lakeferry {

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound: return "not_found";
    case ErrorCode::kUnavailable: return "unavailable";
    case ErrorCode::kThrottled: return "throttled";
    case ErrorCode::kUnauthorized: return "unauthorized";
    case ErrorCode::kOutOfSpace: return "out_of_space";
    case ErrorCode::kOutcomeUnknown: return "outcome_unknown";
    case ErrorCode::kCorruptData: return "corrupt_data";
    case ErrorCode::kCorruptLog: return "corrupt_log";
    case ErrorCode::kUnsupportedTable: return "unsupported_table";
    case ErrorCode::kSourceMovedOn: return "source_moved_on";
    case ErrorCode::kDiverged: return "diverged";
    case ErrorCode::kRefused: return "refused";
    case ErrorCode::kInvalidArgument: return "invalid_argument";
    case ErrorCode::kCancelled: return "cancelled";
    case ErrorCode::kInternal: return "internal";
  }
  return "internal";
}

bool IsTransient(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnavailable:
    case ErrorCode::kThrottled:
    case ErrorCode::kOutOfSpace:
    case ErrorCode::kOutcomeUnknown:
    case ErrorCode::kSourceMovedOn: return true;
    case ErrorCode::kNotFound:
    case ErrorCode::kUnauthorized:
    case ErrorCode::kCorruptData:
    case ErrorCode::kCorruptLog:
    case ErrorCode::kUnsupportedTable:
    case ErrorCode::kDiverged:
    case ErrorCode::kRefused:
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kCancelled:
    case ErrorCode::kInternal: return false;
  }
  return false;
}

std::string ToString(const Error& error) {
  std::string text = FitToShow(error.message);
  if (!error.where.empty()) text += " (" + FitToShow(error.where.text()) + ")";
  if (!error.remedy.empty()) text += ": " + FitToShow(error.remedy);
  return text;
}

}  // namespace lakeferry
