#include "plan/retention/removals.h"

#include <algorithm>

#include "base/crc64.h"
#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "plan/retention/retention.h"

namespace lakeferry::plan {
namespace {

// A log may hold any number: beyond the year 9999 it is no time, and does not leave room for a retention.
constexpr int64_t kNewestMs = 253'402'300'799'999;

uint64_t KeyOf(const ObjectPath& object) { return Crc64Of(object.text()); }

std::optional<ObjectPath> VectorOf(const std::optional<delta::DeletionVector>& dv) {
  if (!dv) return std::nullopt;
  Result<std::optional<ObjectPath>> object = delta::ObjectOf(*dv);
  return object ? *std::move(object) : std::nullopt;
}

}  // namespace

bool Removals::Live(Version commit, const ObjectPath& object) {
  const Fate live{.commit = commit, .time = {}, .kind = Kind::kLive};
  const auto [it, is_new] = objects_.try_emplace(KeyOf(object), live);
  // A commit that removes a file with one vector and adds it with another leaves it alive.
  const bool newest = is_new || it->second.commit == commit;
  if (newest) it->second = live;
  it->second.passing = true;
  return newest;
}

void Removals::Note(Version commit, const delta::AddFile& add) {
  const auto object = delta::ResolveInTable(add.path, table_uri_);
  const bool file_is_live = object && Live(commit, *object);
  const auto vector = VectorOf(add.deletion_vector);
  if (!vector) return;
  // Its other users may be gone; this one is not.
  if (file_is_live) objects_.insert_or_assign(KeyOf(*vector), Fate{.commit = commit, .time = {}, .kind = Kind::kLive});
  if (!file_is_live) Live(commit, *vector);
}

void Removals::Note(Version commit, TimeMs committed, const delta::RemoveFile& remove) {
  Fate gone{.commit = commit, .time = committed, .kind = Kind::kDeletedLongAgo};
  if (remove.deletion_timestamp) {
    gone.time = FromEpochMs(std::clamp<int64_t>(*remove.deletion_timestamp, 0, kNewestMs));
    gone.kind = Kind::kDeleted;
  }
  if (const auto object = delta::ResolveInTable(remove.path, table_uri_)) objects_.try_emplace(KeyOf(*object), gone);
  if (const auto vector = VectorOf(remove.deletion_vector)) objects_.try_emplace(KeyOf(*vector), gone);
}

void Removals::Note(Version commit, TimeMs committed, const delta::AddCdcFile& cdc) {
  const Fate gone{.commit = commit, .time = committed, .kind = Kind::kDeleted, .passing = true};
  if (const auto object = delta::ResolveInTable(cdc.path, table_uri_)) objects_.try_emplace(KeyOf(*object), gone);
}

void Removals::Finish() {
  std::erase_if(objects_, [](const auto& object) { return object.second.kind == Kind::kLive; });
  objects_.rehash(0);
}

std::optional<TimeMs> Removals::VanishFrom(const Fate& fate, Millis kept) {
  if (fate.kind == Kind::kLive || kept >= kForever) return std::nullopt;
  return fate.kind == Kind::kDeleted ? fate.time + kept : std::max(fate.time, TimeMs() + kept);
}

std::optional<TimeMs> Removals::MayVanishFrom(const ObjectPath& object, Millis kept) const {
  const auto found = objects_.find(KeyOf(object));
  return found == objects_.end() ? std::nullopt : VanishFrom(found->second, kept);
}

std::optional<TimeMs> Removals::PassingVanishFrom(Millis kept) const {
  std::optional<TimeMs> first;
  for (const auto& [key, fate] : objects_) {
    const auto from = fate.passing ? VanishFrom(fate, kept) : std::nullopt;
    if (from) first = std::min(first.value_or(*from), *from);
  }
  return first;
}

}  // namespace lakeferry::plan
