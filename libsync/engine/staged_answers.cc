#include "engine/staged_answers.h"

#include <utility>
#include <vector>

namespace lakeferry::engine {

Task<Result<std::optional<AppliedEpoch>>> NewestAppliedIn(const StagingArea& staging) {
  LF_CO_TRY(const Epoch newest, co_await staging.NewestStaged(Epoch()));
  LF_CO_TRY(const std::vector<Epoch> answered, co_await staging.AnsweredAfter(Epoch()));
  for (size_t i = answered.size(); i > 0; --i) {
    const Epoch epoch = answered[i - 1];
    if (epoch > newest) continue;
    LF_CO_TRY(std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(epoch));
    if (!receipt || !receipt->applied) continue;
    LF_CO_TRY(std::optional<StagedEpoch> staged, co_await staging.Read(epoch));
    if (staged && staged->sha256 == receipt->manifest_sha256) {
      co_return AppliedEpoch{.receipt = *std::move(receipt), .staged = std::move(staged)};
    }
    if (staged) continue;
    LF_CO_TRY(const std::optional<StagedEpoch> next, co_await staging.ReadSound(epoch.Next()));
    const bool was_there = next && next->manifest.previous_sha256 == receipt->manifest_sha256;
    if (was_there) co_return AppliedEpoch{.receipt = *std::move(receipt), .staged = {}};
  }
  co_return std::optional<AppliedEpoch>();
}

}  // namespace lakeferry::engine
