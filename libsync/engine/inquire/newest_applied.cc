#include "engine/inquire/newest_applied.h"

#include <utility>
#include <vector>

namespace lakeferry::engine {

Task<Result<std::optional<plan::Receipt>>> NewestApplied(Call call, const StagingArea& staging) {
  LF_CO_TRY(const std::vector<Epoch> answered, co_await staging.AnsweredAfter(call, Epoch()));
  for (size_t i = answered.size(); i > 0; --i) {
    Result<std::optional<plan::Receipt>> receipt = co_await staging.ReadReceipt(call, answered[i - 1]);
    if (!receipt && receipt.error().code != ErrorCode::kCorruptLog) co_return std::unexpected(receipt.error());
    if (receipt && *receipt && (*receipt)->applied) co_return *std::move(receipt);
  }
  co_return std::optional<plan::Receipt>();
}

}  // namespace lakeferry::engine
