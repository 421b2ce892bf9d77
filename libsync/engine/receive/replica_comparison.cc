#include "engine/receive/replica_comparison.h"

#include <algorithm>
#include <utility>

namespace lakeferry::engine {

Task<Status> ReplicaComparison::CompareDue(Call call) {
  LF_CO_TRY(std::optional<std::string> due, co_await live_sets_.Due(first_seen_));
  if (!due) co_return Status{};
  co_return co_await Compare(call, *std::move(due));
}

Task<Status> ReplicaComparison::Compare(Call call, std::string table) {
  if (!position_.completed()) co_return Status{};
  const Epoch epoch = position_.completed()->epoch;
  const plan::TableSpec* const spec = route_.Find(table);
  const std::optional<Version> version = position_.ReplicaVersion(table);
  LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging_.Read(call, epoch));
  if (spec == nullptr || !version || !staged) co_return Status{};
  const auto sent = std::ranges::find(staged->manifest.tables, table, &plan::ManifestTable::name);
  if (sent == staged->manifest.tables.end()) co_return Status{};
  LiveSetSubject subject{.spec = *spec, .version = *version, .epoch = epoch, .expected = sent->live_set};
  LF_CO_TRY(const LiveSetVerdict verdict, co_await live_sets_.Compare(call, std::move(subject)));
  const bool doubtful = !verdict.found.empty() && !sent->live_set_replayed;
  if (doubtful) LF_CO_TRY_OK(co_await position_.NoteReplayed(call, table, verdict.found));
  co_return AsStatus(verdict, Role::kReceiver, *spec);
}

Task<Result<std::vector<std::string>>> ReplicaComparison::CompareDiffering(Call call) {
  LF_CO_TRY(const std::vector<std::string> differing, co_await live_sets_.Differing(call));
  std::vector<std::string> doubtful;
  if (differing.empty()) co_return doubtful;
  // First another table in its turn: while one holds the group, the sender may wait for what is found of the others.
  const Status other = co_await CompareDue(call);
  if (!other && other.error().code != ErrorCode::kDiverged) co_return std::unexpected(other.error());
  for (const std::string& table : differing) {
    const Status compared = co_await Compare(call, table);
    if (compared) continue;
    if (compared.error().code != ErrorCode::kDiverged) co_return std::unexpected(compared.error());
    LF_CO_TRY(const bool asks, co_await NextAsks(call, table));
    if (!asks) co_return std::unexpected(compared.error());
    doubtful.push_back(table);
  }
  co_return doubtful;
}

Task<Result<bool>> ReplicaComparison::NextAsks(Call call, std::string table) {
  LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging_.Read(call, position_.completed()->epoch));
  LF_CO_TRY(const std::optional<StagedObject> next, co_await position_.NextEpoch(call));
  if (!staged || !next || !next->manifest) co_return false;
  const auto sent = std::ranges::find(staged->manifest.tables, table, &plan::ManifestTable::name);
  const auto coming = std::ranges::find(next->manifest->tables, table, &plan::ManifestTable::name);
  if (sent == staged->manifest.tables.end() || coming == next->manifest->tables.end()) co_return false;
  co_return !sent->live_set_replayed;
}

Task<Status> ReplicaComparison::NoteProven(Call call, std::vector<std::string> tables) {
  const Epoch epoch = position_.completed()->epoch;
  for (const std::string& table : tables) {
    const std::optional<Version> version = position_.ReplicaVersion(table);
    if (version) LF_CO_TRY_OK(co_await live_sets_.NoteSame(call, table, epoch, *version));
  }
  co_return Status{};
}

}  // namespace lakeferry::engine
