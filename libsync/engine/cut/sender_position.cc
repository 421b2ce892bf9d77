#include "engine/cut/sender_position.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/digest.h"
#include "plan/rules/config_change.h"
#include "plan/rules/epoch_rules.h"
#include "plan/rules/receipt_rules.h"
#include "plan/rules/start_anew.h"

namespace lakeferry::engine {
namespace {

// Whether the newest manifest was written for this configuration. Tables may come and go; a table of one name must keep
// its source unless sources may have moved, and one at least must be common.
Status CheckSameGroup(const plan::Manifest& manifest, const plan::GroupSpec& spec, const std::string& region,
                      std::string_view uri) {
  LF_TRY_OK(plan::CheckUnchanged(plan::ChangesSince(manifest, std::nullopt, spec, Role::kSender, region)));
  const auto is_here = [&spec](const plan::ManifestTable& table) {
    return std::ranges::find(spec.tables, table.name, &plan::TableSpec::name) != spec.tables.end();
  };
  if (manifest.tables.empty() || std::ranges::any_of(manifest.tables, is_here)) return {};
  return Fail(ErrorCode::kRefused,
              fmt::format("none of the tables of epoch {} of group '{}' is configured here", manifest.epoch.value(),
                          manifest.group),
              std::string(uri),
              fmt::format("if that was not meant, set the names of the tables back; two configurations need a staging "
                          "location or a group name each; if it was meant, {}",
                          plan::kStartAnew));
}

std::unexpected<Error> Lost(Epoch epoch, std::string_view uri) {
  return Fail(
      ErrorCode::kRefused,
      fmt::format("the staging location has lost epoch {} of the group, which was staged", epoch.value()),
      std::string(uri),
      fmt::format("if sync_location_secondary or the group's name was changed, set it back; restore the staging "
                  "location; or {}",
                  plan::kStartAnew));
}

// What cannot be read counts once the receiver has refused it, byte for byte, and not before: it may be damage that
// passes, or be mended.
std::unexpected<Error> Unread(const StagedObject& object) {
  return Fail(ErrorCode::kCorruptData,
              fmt::format("the manifest of epoch {} cannot be read, and the receiver has not refused it yet: {}",
                          object.epoch.value(), object.manifest.error().message),
              object.manifest.error().where,
              "let the receiver run: it refuses the epoch, and the change is staged again; or restore the object");
}

// Whether an epoch can be read; false for one that cannot, and was refused for it.
Task<Result<bool>> IsSound(Call call, const StagingArea& staging, const StagedObject& object) {
  if (object.unreadable()) {
    LF_CO_TRY(const std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(call, object.epoch));
    if (Refuses(receipt, object)) co_return false;
    if (!receipt || !receipt->applied) co_return Unread(object);
  }
  if (!object.manifest) co_return std::unexpected(object.manifest.error());
  co_return true;
}

// Manifests are large, and every pass of every group looks at the newest: they are shared, and never copied.
using SharedObject = std::shared_ptr<const StagedObject>;

Task<Result<SharedObject>> LookAt(Call call, const StagingArea& staging, Epoch epoch) {
  LF_CO_TRY(std::optional<StagedObject> object, co_await staging.Look(call, epoch));
  co_return object ? std::make_shared<StagedObject>(*std::move(object)) : nullptr;
}

// What `lean` is of, with its live sets.
Task<Result<SharedObject>> LookAgain(Call call, const StagingArea& staging, SharedObject lean) {
  LF_CO_TRY(SharedObject whole, co_await LookAt(call, staging, lean->epoch));
  if (whole && whole->manifest && whole->sha256 == lean->sha256) co_return whole;
  co_return Fail(ErrorCode::kCorruptData,
                 fmt::format("the manifest of epoch {}, which the next one builds upon, is {}", lean->epoch.value(),
                             whole ? "another than it was" : "gone"),
                 std::string(staging.store().uri()),
                 "if somebody changed objects in the staging location, restore them");
}

// What lies in staging as the newest epoch, from `known` on, whose folder must still be there; absent for nothing.
Task<Result<SharedObject>> NewestFrom(Call call, const StagingArea& staging, SharedObject known) {
  const Epoch after = known ? known->epoch.Previous() : Epoch();
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging.EpochsAfter(call, after));
  if (known && (epochs.empty() || epochs.front() != known->epoch)) {
    co_return Lost(known->epoch, staging.store().uri());
  }
  for (size_t i = epochs.size(); i > (known ? 1U : 0U); --i) {
    LF_CO_TRY(SharedObject object, co_await LookAt(call, staging, epochs[i - 1]));
    if (object) co_return object;
  }
  if (!known) co_return known;
  // Where it was damaged since, a refusal names what lies there now, and so does the next manifest.
  LF_CO_TRY(const std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(call, known->epoch));
  if (!receipt || receipt->applied || receipt->manifest_sha256 == known->sha256) co_return known;
  LF_CO_TRY(SharedObject now, co_await LookAt(call, staging, known->epoch));
  co_return now ? now : known;
}

// What is known of an epoch as a base.
struct Standing {
  std::optional<Epoch> refused;         // the epoch from which its chain of bases is refused; absent: it is sound
  std::optional<plan::Receipt> answer;  // that it was applied; absent: nothing that counts says so
};

// An epoch that is applied, or that builds upon nothing, ends the chain. `from` can be read.
Task<Result<Standing>> StandingOf(Call call, const StagingArea& staging, const plan::GroupSpec& spec,
                                  SharedObject from) {
  const Epoch first = from->epoch;
  SharedObject link = std::move(from);
  while (true) {
    const plan::Manifest& manifest = *link->manifest;
    LF_CO_TRY(std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(call, manifest.epoch));
    const bool counts = receipt && plan::FlawOf(*receipt, manifest, link->sha256, spec).empty();
    if (counts && !receipt->applied) co_return Standing{.refused = manifest.epoch, .answer = {}};
    if (counts && manifest.epoch == first) co_return Standing{.refused = {}, .answer = std::move(receipt)};
    // What builds upon nothing the receiver applies, whatever it has refused before.
    if (counts || !plan::BuildsUponBase(manifest)) co_return Standing();
    LF_CO_TRY(SharedObject base, co_await LookAt(call, staging, manifest.base_epoch));
    if (!base) co_return Standing();
    LF_CO_TRY(const bool sound, co_await IsSound(call, staging, *base));
    if (!sound) co_return Standing{.refused = base->epoch, .answer = {}};
    link = std::move(base);
  }
}

struct Base {
  SharedObject staged;                  // with a manifest
  std::optional<plan::Receipt> answer;  // as in Standing
};

// The newest epoch to build upon. Usually the newest there is; behind a refused one, the newest before that.
Task<Result<std::optional<Base>>> FindBase(Call call, const StagingArea& staging, const plan::GroupSpec& spec,
                                           SharedObject newest) {
  SharedObject candidate = std::move(newest);
  while (candidate) {
    Epoch behind = candidate->epoch;
    LF_CO_TRY(const bool sound, co_await IsSound(call, staging, *candidate));
    if (sound) {
      LF_CO_TRY(Standing standing, co_await StandingOf(call, staging, spec, candidate));
      if (!standing.refused) co_return Base{.staged = std::move(candidate), .answer = std::move(standing.answer)};
      behind = *standing.refused;
    }
    if (behind <= Epoch(1)) break;
    LF_CO_TRY(candidate, co_await LookAt(call, staging, behind.Previous()));
  }
  co_return std::optional<Base>();
}

// What lies in staging as the answer to one epoch.
struct Answered {
  plan::Receipt receipt;
  std::optional<StagedEpoch> staged;  // absent where it cannot be read, and is refused for it
};

// Absent, with the reason in `position`, for a receipt that does not count.
Task<Result<std::optional<Answered>>> ReadAnswer(Call call, const StagingArea& staging, const plan::GroupSpec& spec,
                                                 Epoch epoch, SenderPosition& position) {
  const Epoch newest = position.newest->epoch;
  std::string flaw = plan::FlawWithoutManifest(epoch, newest);
  if (epoch <= newest) {
    LF_CO_TRY(std::optional<StagedObject> there, co_await staging.Look(call, epoch));
    LF_CO_TRY(std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(call, epoch));
    if (!receipt) co_return std::optional<Answered>();
    if (there && there->unreadable() && Refuses(receipt, *there)) {
      co_return Answered{.receipt = *std::move(receipt), .staged = {}};
    }
    if (there) {
      LF_CO_TRY(StagedEpoch staged, (*std::move(there)).TakeEpoch());
      flaw = plan::FlawOf(*receipt, staged.manifest, staged.sha256, spec);
      if (flaw.empty()) co_return Answered{.receipt = *std::move(receipt), .staged = std::move(staged)};
    }
  }
  position.uncounted.emplace(epoch, std::move(flaw));
  co_return std::optional<Answered>();
}

// Takes in what was refused after the base: tables that are asked for whole, because their replicas lost what a change
// would build upon, and how often the same was refused. What builds upon a refused epoch says nothing by itself.
Task<Status> NoteRefused(Call call, const StagingArea& staging, const plan::GroupSpec& spec, SenderPosition& position) {
  LF_CO_TRY(const std::vector<Epoch> answered, co_await staging.AnsweredAfter(call, position.base_epoch));
  for (const Epoch epoch : answered) {
    LF_CO_TRY(const std::optional<Answered> answer, co_await ReadAnswer(call, staging, spec, epoch, position));
    if (!answer || answer->receipt.applied) continue;
    const plan::Receipt& receipt = answer->receipt;
    const bool any = position.base_epoch != Epoch();  // else all tables go over whole
    if (any) position.restage.insert(receipt.asks.restage_whole.begin(), receipt.asks.restage_whole.end());
    position.replay.insert(receipt.asks.replay_live_set.begin(), receipt.asks.replay_live_set.end());
    const std::optional<StagedEpoch>& staged = answer->staged;
    if (staged && staged->manifest.base_epoch != position.base_epoch) continue;
    ++position.refusals.count;
    position.refusals.newest = receipt.answered;
    position.refusals.reason = receipt.reason;
    position.refusals.sources.clear();
    if (!staged) continue;
    for (const plan::ManifestTable& table : staged->manifest.tables) {
      position.refusals.sources.emplace(table.name, table.source_version);
    }
  }
  co_return Status{};
}

std::string DigestOf(const Base& base) {
  Sha256 digest;
  digest.Update(base.staged->sha256);
  for (const plan::ReceiptTable& answer : base.answer->tables) {
    digest.Update(fmt::format("{}\n{}\n", answer.name, answer.live_set));
  }
  return digest.FinishHex();
}

// A receipt says what the epoch says when it is put. Where it says something else of a table, that was replayed since.
std::map<std::string, std::string> FoundThere(const Base& base) {
  std::map<std::string, std::string> found;
  for (const plan::ReceiptTable& answer : base.answer->tables) {
    const std::vector<plan::ManifestTable>& tables = base.staged->manifest->tables;
    const auto sent = std::ranges::find(tables, answer.name, &plan::ManifestTable::name);
    const bool same = sent == tables.end() || sent->live_set.Fingerprint() == answer.live_set;
    if (same || answer.live_set.empty() || sent->live_set_replayed) continue;
    found.emplace(answer.name, answer.live_set);
  }
  return found;
}

void NoteFoundThere(const Base& base, const SenderPosition* known, SenderPosition& position) {
  if (!base.answer) return;
  position.found_in = DigestOf(base);
  const bool seen = known != nullptr && known->found_in == position.found_in;
  position.found_there = seen ? known->found_there : FoundThere(base);
  for (const auto& [table, live_set] : position.found_there) position.replay.insert(table);
}

std::vector<plan::ManifestTable> MovedSince(const plan::Manifest& base, const plan::GroupSpec& spec) {
  std::vector<plan::ManifestTable> moved;
  for (const plan::ManifestTable& table : base.tables) {
    const auto it = std::ranges::find(spec.tables, table.name, &plan::TableSpec::name);
    if (it != spec.tables.end() && it->source_uri != table.source_uri) moved.push_back(table);
  }
  return moved;
}

// Live sets are compared where a source was moved, and with an answer that `known` has not seen.
Task<Status> CompleteBase(Call call, const StagingArea& staging, const plan::GroupSpec& spec,
                          const SenderPosition* known, Base& base, SharedObject& newest) {
  if (base.staged->has_live_sets) co_return Status{};
  const bool news = base.answer && (known == nullptr || known->found_in != DigestOf(base));
  if (!news && MovedSince(*base.staged->manifest, spec).empty()) co_return Status{};
  LF_CO_TRY(SharedObject whole, co_await LookAgain(call, staging, base.staged));
  if (newest == base.staged) newest = whole;
  base.staged = std::move(whole);
  co_return Status{};
}

void NoteBaseTables(SenderPosition& position) {
  position.base.clear();
  for (const plan::ManifestTable& table : position.base_object->manifest->tables) {
    if (position.restage.contains(table.name)) continue;
    position.base.emplace(table.name, BaseTables::mapped_type(position.base_object, &table));
  }
}

}  // namespace

Task<Result<SenderPosition>> LoadSenderPosition(Call call, const StagingArea& staging, const plan::GroupSpec& spec,
                                                std::string region, const SenderPosition* known, Epoch recorded) {
  SenderPosition position;
  LF_CO_TRY(position.newest, co_await NewestFrom(call, staging, known != nullptr ? known->newest : nullptr));
  const Epoch staged = position.newest ? position.newest->epoch : Epoch();
  if (recorded > staged) co_return Lost(recorded, staging.store().uri());
  if (!position.newest) co_return position;
  const bool readable = position.newest->manifest.has_value();
  if (readable) LF_CO_TRY_OK(CheckSameGroup(*position.newest->manifest, spec, region, staging.store().uri()));
  LF_CO_TRY(std::optional<Base> found, co_await FindBase(call, staging, spec, position.newest));
  if (found) {
    LF_CO_TRY_OK(co_await CompleteBase(call, staging, spec, known, *found, position.newest));
  }
  const plan::Manifest* const base = found ? &*found->staged->manifest : nullptr;
  if (base != nullptr && !readable) LF_CO_TRY_OK(CheckSameGroup(*base, spec, region, staging.store().uri()));
  position.base_epoch = base != nullptr ? base->epoch : Epoch();
  position.cut_time = base != nullptr ? std::optional(base->cut_time) : std::nullopt;
  position.atomic = base == nullptr || base->atomic;
  position.evidence = base != nullptr ? base->evidence : CutEvidence();
  LF_CO_TRY_OK(co_await NoteRefused(call, staging, spec, position));
  if (base == nullptr) co_return position;
  NoteFoundThere(*found, known, position);
  position.moved = MovedSince(*base, spec);
  position.base_object = found->staged;
  NoteBaseTables(position);
  co_return position;
}

void GiveBackLiveSets(SenderPosition& position) {
  if (!position.base_object || position.base_object != position.newest || !position.has_live_sets()) return;
  // It, base_object and each table of the base.
  const auto holders = static_cast<long>(2 + position.base.size());
  if (position.newest.use_count() != holders) return;
  // It was made to be changed, and nobody else knows it. Copied without the sets, what is left is in one piece: the
  // sets alone would leave as many holes as there are tables.
  const auto object = std::const_pointer_cast<StagedObject>(position.newest);
  std::vector<delta::LiveSet> sets;
  sets.reserve(object->manifest->tables.size());
  for (plan::ManifestTable& table : object->manifest->tables) sets.push_back(std::exchange(table.live_set, {}));
  const auto lean = std::make_shared<StagedObject>(*object);
  lean->has_live_sets = false;
  position.newest = position.base_object = lean;
  NoteBaseTables(position);
}

Task<Status> ReadLiveSets(Call call, const StagingArea& staging, SenderPosition& position) {
  if (position.has_live_sets()) co_return Status{};
  LF_CO_TRY(SharedObject whole, co_await LookAgain(call, staging, position.base_object));
  if (position.newest == position.base_object) position.newest = whole;
  position.base_object = std::move(whole);
  NoteBaseTables(position);
  co_return Status{};
}

}  // namespace lakeferry::engine
