#include "engine/apply/epoch_check.h"

#include "async/task_group.h"
#include "engine/log/table_log.h"

namespace lakeferry::engine {
namespace {

Task<Status> ReadInto(Call call, const StagingArea& staging, Epoch epoch, const plan::ManifestTable& table,
                      plan::EpochRules& rules) {
  for (const plan::ManifestPart& part : table.parts) {
    rules.NextPart(staging.layout().Part(epoch, part.sha256).text());
    LF_CO_TRY_OK(co_await staging.ReadPart(call, epoch, part, rules));
  }
  co_return Status{};
}

Task<Result<plan::EpochNeeds>> CheckTable(Call call, const StagingArea& staging, const plan::Manifest& manifest,
                                          const plan::ManifestTable& table, uint64_t seed) {
  plan::EpochRules rules(manifest, table, seed);
  if (staging.asks_for_sha256()) rules.AskForSha256();
  LF_CO_TRY_OK(co_await ReadInto(call, staging, manifest.epoch, table, rules));
  LF_CO_TRY_OK(rules.Finish());
  if (rules.LacksObjects()) {
    rules.LookForMissing();
    LF_CO_TRY_OK(co_await ReadInto(call, staging, manifest.epoch, table, rules));
    co_return Fail(ErrorCode::kCorruptData, "an add names an object that is neither brought nor said to be here");
  }
  co_return rules.needs();
}

Task<Status> CheckInto(Call call, const StagingArea& staging, const plan::Manifest& manifest,
                       const plan::ManifestTable& table, uint64_t seed, plan::EpochNeeds& slot) {
  const Result<plan::EpochNeeds> found = co_await CheckTable(call, staging, manifest, table, seed);
  if (!found) co_return FailOfTable(found.error(), table.name, staging.store().uri());
  slot = *found;
  co_return Status{};
}

}  // namespace

Task<Result<std::vector<plan::EpochNeeds>>> CheckEpoch(Call call, const StagingArea& staging, plan::Manifest manifest,
                                                       uint64_t seed, size_t at_once) {
  LF_CO_TRY_OK(plan::CheckTables(manifest));
  std::vector<plan::EpochNeeds> needs(manifest.tables.size());
  const auto check = [&](size_t i) { return CheckInto(call, staging, manifest, manifest.tables[i], seed, needs[i]); };
  LF_CO_TRY_OK(co_await ParallelFor(needs.size(), at_once, check));
  co_return needs;
}

}  // namespace lakeferry::engine
