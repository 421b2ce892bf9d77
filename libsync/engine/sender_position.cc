#include "engine/sender_position.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/start_anew.h"

namespace lakeferry::engine {
namespace {

std::unexpected<Error> Shared(const plan::Manifest& manifest, std::string what, std::string_view uri) {
  return Fail(ErrorCode::kRefused,
              fmt::format("the staging location holds epochs of group '{}' from another configuration: {}",
                          manifest.group, what),
              std::string(uri),
              fmt::format("give each configuration a staging location or group name of its own; or, if this one was "
                          "changed, {}",
                          kStartAnew));
}

std::unexpected<Error> OtherSource(const plan::Manifest& manifest, const plan::ManifestTable& table,
                                   const plan::TableSpec& now, std::string_view uri) {
  const std::string what =
      fmt::format("its table '{}' comes from {}, not from {}", table.name, table.source_uri, now.source_uri);
  Error error = Shared(manifest, what, uri).error();
  error.remedy = "if the folder was moved there, set sources: moved for the group; else " + error.remedy;
  return std::unexpected(std::move(error));
}

// Whether the newest manifest was written for this configuration. Tables may come and go; a table of one name must keep
// its source unless sources may have moved, and one at least must be common.
Status CheckSameGroup(const plan::Manifest& manifest, const plan::GroupSpec& spec, const std::string& region,
                      std::string_view uri) {
  if (manifest.workspace != spec.workspace) {
    return Shared(manifest, fmt::format("its workspace is '{}', not '{}'", manifest.workspace, spec.workspace), uri);
  }
  if (manifest.region != region) {
    return Shared(manifest, fmt::format("it was staged from region '{}', not '{}'", manifest.region, region), uri);
  }
  if (manifest.mode != spec.mode) {
    return Shared(manifest,
                  fmt::format("it is replicated in {} mode, not {}", delta::ReplicationModeName(manifest.mode),
                              delta::ReplicationModeName(spec.mode)),
                  uri);
  }
  bool common = manifest.tables.empty();
  for (const plan::ManifestTable& table : manifest.tables) {
    const auto it = std::ranges::find(spec.tables, table.name, &plan::TableSpec::name);
    if (it == spec.tables.end()) continue;
    common = true;
    if (it->source_uri != table.source_uri && !spec.sources_moved) return OtherSource(manifest, table, *it, uri);
  }
  if (!common) return Shared(manifest, "none of its tables is configured here", uri);
  return {};
}

std::unexpected<Error> Lost(Epoch epoch, std::string_view uri) {
  return Fail(ErrorCode::kRefused,
              fmt::format("the staging location has lost epoch {} of the group, which was staged", epoch.value()),
              std::string(uri), fmt::format("restore the staging location; or {}", kStartAnew));
}

// The newest manifest after `known`, whose folder must still be there.
Task<Result<std::optional<StagedEpoch>>> NewestFrom(const StagingArea& staging, Epoch known) {
  if (known.value() == 0) co_return co_await staging.NewestAfter(known);
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging.EpochsAfter(known.Previous()));
  if (epochs.empty() || epochs.front() != known) co_return Lost(known, staging.store().uri());
  for (size_t i = epochs.size(); i > 1; --i) {
    LF_CO_TRY(std::optional<StagedEpoch> staged, co_await staging.Read(epochs[i - 1]));
    if (staged) co_return staged;
  }
  co_return std::optional<StagedEpoch>();
}

// The epoch from which `from`'s chain of bases is refused; absent where the chain is sound. An epoch that is applied,
// or that builds upon nothing, ends the chain.
Task<Result<std::optional<Epoch>>> RefusedLink(const StagingArea& staging, plan::Manifest from) {
  plan::Manifest link = std::move(from);
  while (true) {
    LF_CO_TRY(const std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(link.epoch));
    if (receipt && !receipt->applied) co_return link.epoch;
    if (receipt || link.base_epoch.value() == 0) co_return std::optional<Epoch>();
    LF_CO_TRY(std::optional<StagedEpoch> base, co_await staging.Read(link.base_epoch));
    if (!base) co_return std::optional<Epoch>();
    link = std::move(base->manifest);
  }
}

// The newest epoch to build upon. Usually the newest there is; behind a refused one, the newest before that.
Task<Result<std::optional<StagedEpoch>>> FindBase(const StagingArea& staging, StagedEpoch newest) {
  std::optional<StagedEpoch> candidate = std::move(newest);
  while (candidate) {
    LF_CO_TRY(const std::optional<Epoch> refused, co_await RefusedLink(staging, candidate->manifest));
    if (!refused) co_return candidate;
    LF_CO_TRY(candidate, co_await staging.Read(refused->Previous()));
  }
  co_return std::optional<StagedEpoch>();
}

// Tables that a refusal after `base` asks to have whole: their replicas lost what a change would build upon.
Task<Result<std::set<std::string>>> TablesToRestage(const StagingArea& staging, Epoch base) {
  LF_CO_TRY(const std::vector<plan::Receipt> receipts, co_await staging.ReceiptsAfter(base));
  std::set<std::string> tables;
  for (const plan::Receipt& receipt : receipts)
    tables.insert(receipt.restage_whole.begin(), receipt.restage_whole.end());
  co_return tables;
}

std::vector<plan::ManifestTable> MovedSince(const plan::Manifest& base, const plan::GroupSpec& spec) {
  std::vector<plan::ManifestTable> moved;
  for (const plan::ManifestTable& table : base.tables) {
    const auto it = std::ranges::find(spec.tables, table.name, &plan::TableSpec::name);
    if (it != spec.tables.end() && it->source_uri != table.source_uri) moved.push_back(table);
  }
  return moved;
}

}  // namespace

Task<Result<SenderPosition>> LoadSenderPosition(const StagingArea& staging, const plan::GroupSpec& spec,
                                                std::string region, std::optional<SenderPosition> known,
                                                Epoch recorded) {
  SenderPosition position = known.value_or(SenderPosition());
  const Epoch known_newest = position.newest ? position.newest->manifest.epoch : Epoch();
  LF_CO_TRY(std::optional<StagedEpoch> newest, co_await NewestFrom(staging, known_newest));
  if (newest) position.newest = std::move(newest);
  const Epoch staged = position.newest ? position.newest->manifest.epoch : Epoch();
  if (recorded > staged) co_return Lost(recorded, staging.store().uri());
  if (!position.newest) co_return position;
  LF_CO_TRY_OK(CheckSameGroup(position.newest->manifest, spec, region, staging.store().uri()));
  LF_CO_TRY(const std::optional<StagedEpoch> base, co_await FindBase(staging, *position.newest));
  position.base.clear();
  position.moved.clear();
  position.restage.clear();
  position.base_epoch = base ? base->manifest.epoch : Epoch();
  position.cut_time = base ? std::optional(base->manifest.cut_time) : std::nullopt;
  position.atomic = !base || base->manifest.atomic;
  position.evidence = base ? base->manifest.evidence : CutEvidence();
  if (base) {
    position.moved = MovedSince(base->manifest, spec);
    LF_CO_TRY(position.restage, co_await TablesToRestage(staging, base->manifest.epoch));
    for (const plan::ManifestTable& table : base->manifest.tables) {
      if (!position.restage.contains(table.name)) position.base.emplace(table.name, table);
    }
  }
  co_return position;
}

}  // namespace lakeferry::engine
