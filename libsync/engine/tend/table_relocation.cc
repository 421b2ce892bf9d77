#include "engine/tend/table_relocation.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/compare/live_set_check.h"
#include "engine/cut/sender_position.h"
#include "engine/group/group_book.h"
#include "engine/group/store_refs.h"
#include "engine/receive/replica_witness.h"
#include "engine/send/moved_sources.h"
#include "engine/staging/target_owner.h"
#include "plan/rules/config_change.h"

namespace lakeferry::engine {
namespace {

const plan::TableSpec& TableOf(const plan::GroupSpec& spec, const std::string& table) {
  return *std::ranges::find(spec.tables, table, &plan::TableSpec::name);
}

Task<Result<Relocation>> OfSource(Call call, const Environment& env, const StagingArea& staging, plan::GroupSpec spec,
                                  std::string name) {
  // Of the others each is asked for by itself.
  for (plan::TableSpec& any : spec.tables.Edit()) any.source_moved = true;
  const plan::TableSpec& table = TableOf(spec, name);
  LF_CO_TRY(const SenderPosition position,
            co_await LoadSenderPosition(call, staging, spec, env.region, nullptr, Epoch()));
  Relocation found{.epoch = position.base_epoch, .from = {}, .to = table.source_uri, .checked = {}};
  const auto base = position.base.find(name);
  if (base == position.base.end()) co_return found;
  found.from = base->second->source_uri;
  found.kind = Relocation::Kind::kSame;
  if (found.from == found.to) co_return found;
  LF_CO_TRY_OK(co_await CheckMovedSources(call, env, spec, {*base->second}));
  found.kind = Relocation::Kind::kThere;
  found.checked = {fmt::format("table id {}", base->second->table_id),
                   fmt::format("commit {}, byte for byte", base->second->source_version.value()),
                   fmt::format("live files: {}", ToString(base->second->live_set))};
  co_return found;
}

// The newest epoch of which a receipt tells what became of the table.
struct Applied {
  StagedEpoch staged;
  plan::Receipt receipt;
  plan::ManifestTable sent;
  plan::ReceiptTable left;
};

Task<Result<std::optional<Applied>>> LastApplied(Call call, const StagingArea& staging, std::string table) {
  LF_CO_TRY(const std::vector<Epoch> answered, co_await staging.AnsweredAfter(call, Epoch()));
  for (size_t i = answered.size(); i > 0; --i) {
    LF_CO_TRY(const std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(call, answered[i - 1]));
    if (!receipt || !receipt->applied) continue;
    const auto left = std::ranges::find(receipt->tables, table, &plan::ReceiptTable::name);
    if (left == receipt->tables.end()) continue;
    LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await staging.ReadSound(call, receipt->epoch));
    if (!staged || staged->sha256 != receipt->manifest_sha256) continue;
    const auto sent = std::ranges::find(staged->manifest.tables, table, &plan::ManifestTable::name);
    if (sent == staged->manifest.tables.end()) continue;
    co_return Applied{.staged = *staged, .receipt = *receipt, .sent = *sent, .left = *left};
  }
  co_return std::optional<Applied>();
}

// What the target of `table` says to the claim that the epoch was applied to it.
Task<Result<plan::TableProof>> ProofAt(Call call, const Environment& env, const StagingArea& staging,
                                       plan::GroupSpec spec, plan::TableSpec table, plan::Manifest manifest) {
  spec.tables = {std::move(table)};
  ReplicaWitness witness(env, spec, staging);
  LF_CO_TRY(const plan::EpochProof proof, co_await witness.Prove(call, std::move(manifest)));
  if (proof.tables.empty()) co_return plan::TableProof{.gone = true};
  co_return proof.tables.front();
}

// The replica is where it should be by its log; whether its live files are those of the epoch a replay tells.
Task<Status> CompareReplica(Call call, const Environment& env, delta::ReplicationMode mode, plan::TableSpec table,
                            Applied applied, Relocation& found) {
  if (!applied.left.replica_version) co_return Status{};
  LiveSetSubject subject{.spec = table,
                         .version = *applied.left.replica_version,
                         .epoch = applied.staged.manifest.epoch,
                         .expected = applied.sent.live_set};
  LF_CO_TRY(const LiveSetVerdict verdict, co_await CompareLiveSet(call, env, Role::kReceiver, mode, subject));
  LF_CO_TRY_OK(AsStatus(verdict, Role::kReceiver, table));
  if (verdict.result == LiveSetResult::kSame) {
    found.checked.push_back(fmt::format("live files: {}", ToString(applied.sent.live_set)));
  }
  co_return Status{};
}

Task<Error> NotTheReplica(Call call, const Environment& env, const StagingArea& staging, delta::ReplicationMode mode,
                          plan::TableSpec table, plan::TableProof proof, Epoch epoch) {
  Error error{.code = ErrorCode::kDiverged,
              .message = fmt::format("table '{}': what lies there is not the replica as epoch {} left it: {}",
                                     table.name, epoch.value(), proof.why),
              .where = table.target_uri,
              .remedy = "move the replica there whole, with its _delta_log, or name an empty place"};
  co_return co_await HeedOwner(call, env, staging, mode, std::move(table), std::move(error));
}

Task<Result<Relocation>> OfTarget(Call call, const Environment& env, const StagingArea& staging, plan::GroupSpec spec,
                                  std::string name) {
  const plan::TableSpec table = TableOf(spec, name);
  Relocation found{.epoch = {}, .from = {}, .to = table.target_uri, .checked = {}};
  LF_CO_TRY(const std::optional<Applied> applied, co_await LastApplied(call, staging, name));
  if (!applied) co_return found;
  const plan::Manifest& manifest = applied->staged.manifest;
  LF_CO_TRY_OK(plan::CheckUnchanged(
      plan::Forbidden(plan::ChangesSince(manifest, applied->receipt, spec, Role::kReceiver, env.region))));
  found.epoch = manifest.epoch;
  found.from = applied->left.target;
  found.kind = Relocation::Kind::kSame;
  if (found.from.empty() || found.from == found.to) co_return found;
  plan::TableSpec lies = table;
  LF_CO_TRY(plan::TableProof proof, co_await ProofAt(call, env, staging, spec, lies, manifest));
  found.kind = Relocation::Kind::kThere;
  if (proof.gone) {
    lies.target_uri = found.from;
    LF_CO_TRY(proof, co_await ProofAt(call, env, staging, spec, lies, manifest));
    found.kind = proof.gone ? Relocation::Kind::kComesWhole : Relocation::Kind::kToMove;
  }
  if (found.kind == Relocation::Kind::kComesWhole) co_return found;
  if (proof.proof != plan::Proof::kConfirmed) {
    Error error = co_await NotTheReplica(call, env, staging, manifest.mode, lies, proof, manifest.epoch);
    co_return std::unexpected(std::move(error));
  }
  const bool clone = manifest.mode == delta::ReplicationMode::kClone;
  found.checked.push_back(clone ? fmt::format("the group's marker, of epoch {}", manifest.epoch.value())
                                : fmt::format("commit {}, byte for byte", applied->sent.source_version.value()));
  LF_CO_TRY_OK(co_await CompareReplica(call, env, manifest.mode, lies, *applied, found));
  co_return found;
}

}  // namespace

Task<Result<Relocation>> LookForRelocation(Call call, const Environment& env, plan::GroupSpec spec, Role role,
                                           std::string table) {
  LF_CO_TRY(auto store, env.stores.Open(StagingRef(spec, StoreRight::kReadStaging)));
  const StagingArea staging(std::move(store), plan::StagingOf(spec), env);
  if (role == Role::kSender) co_return co_await OfSource(call, env, staging, std::move(spec), std::move(table));
  co_return co_await OfTarget(call, env, staging, std::move(spec), std::move(table));
}

Task<Status> NoteRelocated(Call call, const Environment& env, plan::GroupSpec spec, std::string table) {
  GroupBook book(env, spec, Role::kSender);
  LF_CO_TRY_OK(co_await book.Open(call));
  std::vector<std::string>& relocated = book.record().relocated;
  const std::string& uri = TableOf(spec, table).source_uri;
  if (std::ranges::find(relocated, uri) == relocated.end()) relocated.push_back(uri);
  // As the store gives them.
  std::ranges::sort(relocated);
  co_return co_await book.Save(call);
}

}  // namespace lakeferry::engine
