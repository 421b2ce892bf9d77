#include "storage/cloud/store_refusal.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry {

std::optional<StoreRefusal> RefusalOfStatus(int status) {
  switch (status) {
    case 429:
    case 503: return StoreRefusal{"", ErrorCode::kThrottled, "the store asks for fewer requests", ""};
    case 507: return StoreRefusal{"", ErrorCode::kOutOfSpace, "the store is full", "make room"};
    default: break;
  }
  if (status >= 500 && status != 501) return StoreRefusal{"", ErrorCode::kUnavailable, "the store failed", ""};
  return {};
}

Error AsError(const StoreRefusal& refusal, const ToldRefusal& told, std::string where) {
  std::string message = fmt::format("{} ({}", refusal.message, told.status);
  if (!told.word.empty()) message.append(" ").append(told.word);
  if (!told.message.empty()) message.append(": ").append(told.message);
  return {.code = refusal.code,
          .message = std::move(message) + ")",
          .where = std::move(where),
          .remedy = std::string(refusal.remedy)};
}

}  // namespace lakeferry
