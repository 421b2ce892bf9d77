#include "engine/staging/staged_answers.h"

#include <utility>
#include <vector>

namespace lakeferry::engine {

Task<Result<std::optional<AppliedEpoch>>> NewestAppliedIn(Call call, const StagingArea& staging) {
  LF_CO_TRY(const std::vector<Epoch> staged_epochs, co_await staging.EpochsAfter(call, Epoch()));
  LF_CO_TRY(const std::vector<Epoch> answered, co_await staging.AnsweredAfter(call, Epoch()));
  const Epoch newest = staged_epochs.empty() ? Epoch() : staged_epochs.back();
  for (size_t i = answered.size(); i > 0; --i) {
    const Epoch epoch = answered[i - 1];
    if (epoch > newest) continue;
    LF_CO_TRY(std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(call, epoch));
    if (!receipt || !receipt->applied) continue;
    LF_CO_TRY(std::optional<StagedEpoch> staged, co_await staging.Read(call, epoch));
    const bool of_another = staged && staged->sha256 != receipt->manifest_sha256;
    if (!of_another) co_return AppliedEpoch{.receipt = *std::move(receipt), .staged = std::move(staged)};
  }
  co_return std::optional<AppliedEpoch>();
}

}  // namespace lakeferry::engine
