// Rules about single objects: 4 readable, 5 nothing lost, 6 one writer, 7 idempotent, 8 what arrives is what left, 9
// walls.
#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "tests/sim/world/rules.h"

namespace lakeferry::sim {
namespace {

constexpr std::string_view kHint = "_delta_log/_last_checkpoint";
// What a sender writes over and over below its group: it says nothing.
constexpr std::string_view kClock = "clock";

bool Writes(StoreOperation operation) {
  switch (operation) {
    case StoreOperation::kPutIfAbsent:
    case StoreOperation::kPut:
    case StoreOperation::kBegin:
    case StoreOperation::kWrite:
    case StoreOperation::kCommit:
    case StoreOperation::kCopy:
    case StoreOperation::kTouch:
    case StoreOperation::kDelete: return true;
    default: return false;
  }
}

// Whether it adds an object that is not of the log.
bool Adds(const StoreEffect& effect) {
  const bool changes = effect.operation == StoreOperation::kPut || effect.operation == StoreOperation::kTouch ||
                       effect.operation == StoreOperation::kDelete;
  return !changes && !effect.path.IsBelow(ObjectPath::Of("_delta_log"));
}

bool Changes(const Event& event) { return event.store != nullptr && event.store->before != event.store->after; }

// The epoch of "data/<n>/…" or "epochs/<n>/…".
int64_t EpochOf(const std::string& below_group) {
  const size_t slash = below_group.find('/');
  if (slash == std::string::npos || below_group.size() < slash + 21) return 0;
  return std::strtoll(below_group.substr(slash + 1, 20).c_str(), nullptr, 10);
}

// A mirror's history names files that VACUUM took before they could be sent; the cut itself names none.
bool MayBeMissing(const Facts& facts, const std::string& table, const std::string& path) {
  if (!facts.setup().mirror || !facts.world().table(table).Vacuumed(path)) return false;
  return !facts.StandsAt(table, facts.completed) &&
         !facts.StandsAt(table, facts.manifests.empty() ? 0 : facts.manifests.rbegin()->first);
}

// `modified`: as the log says of a data file.
Finding CheckObject(const Facts& facts, const std::string& table, const std::string& path, int64_t size,
                    int64_t modified = 0) {
  const auto& objects = facts.objects(SourceWorld::TargetUri(table));
  const auto found = objects.find(path);
  if (found == objects.end()) {
    if (MayBeMissing(facts, table, path)) return std::nullopt;
    return fmt::format("table {} names {}, which is not there", table, path);
  }
  const std::string& bytes = *found->second.bytes;
  if (size >= 0 && static_cast<int64_t>(bytes.size()) != size) {
    return fmt::format("table {} names {} with {} bytes, it has {}", table, path, size, bytes.size());
  }
  if (facts.world().table(table).Held(SourceName(path), bytes, modified)) return std::nullopt;
  return fmt::format("table {} names {}, whose bytes are not the source's", table, path);
}

// The receiver's own answer may take the place of a receipt that somebody forged.
bool AnswersForged(const Facts& facts, const std::string& below_group) {
  constexpr std::string_view kReceipts = "receipts/";
  if (!below_group.starts_with(kReceipts)) return false;
  return facts.forged.contains(std::strtoll(below_group.c_str() + kReceipts.size(), nullptr, 10));
}

// A receipt without what it says that live files come to, and when and how long.
std::string WithoutFound(std::string text) {
  for (const std::string_view field :
       {R"("live_set":")", R"("answered_ms":)", R"("worked_ms":)", R"("files":)", R"("bytes":)"}) {
    for (size_t at = text.find(field); at != std::string::npos; at = text.find(field, at + field.size())) {
      const size_t end = text.find_first_of(",}", at + field.size());
      text.erase(at + field.size(), end - at - field.size());
    }
  }
  return text;
}

// What writers told was believed, and a replay says otherwise: the receipt then says what it found.
bool SaysWhatItFound(const Facts& facts, const Event& event) {
  if (!event.store->before || !event.store->after) return false;
  if (facts.world().tables().front().kind().lies_percent == 0) return false;
  const std::string below = facts.BelowGroup(event.store->path);
  return below.starts_with("receipts/") && WithoutFound(*event.store->before) == WithoutFound(*event.store->after);
}

// Of a receiver that writes to staging.
bool MayAnswer(const Facts& facts, const Event& event) {
  const std::string below = facts.BelowGroup(event.store->path);
  if (!below.starts_with("receipts/")) return false;
  return event.store->operation == StoreOperation::kPutIfAbsent || AnswersForged(facts, below) ||
         SaysWhatItFound(facts, event);
}

// What was drawn for an epoch is drawn once: a crash between two tables must not change it.
Finding CheckDrawnOnce(const Facts& facts, const Event& event) {
  if (!event.commit || facts.setup().mirror || facts.forgotten || facts.receivers.size() > 1) return std::nullopt;
  for (const auto& [epoch, times] : facts.commit_times) {
    if (times.size() > 1) return fmt::format("the commits of epoch {} bear {} different times", epoch, times.size());
  }
  return std::nullopt;
}

}  // namespace

Finding CheckReadable(const Facts& facts, const Event& event) {
  if (event.area != Area::kTarget || !Changes(event)) return std::nullopt;
  const ReadTable& read = facts.replicas[event.table].read;
  if (!read.problem.empty()) return fmt::format("table {}: {}", event.table, read.problem);
  for (const auto& [key, file] : read.state.files) {
    if (auto wrong = CheckObject(facts, event.table, file.path, file.size, file.modified)) return wrong;
    if (file.vector_path.empty()) continue;
    if (auto wrong = CheckObject(facts, event.table, file.vector_path, -1)) return wrong;
  }
  return std::nullopt;
}

Finding CheckNothingLost(const Facts& facts, const Event& event) {
  if (!Changes(event) || !event.store->before) return std::nullopt;
  const std::string& path = event.store->path.text();
  if (event.area == Area::kTarget || event.area == Area::kSource) {
    if (event.store->after && path == kHint) return std::nullopt;
    return fmt::format("{} {} {} of table {}", event.actor.name, event.store->after ? "replaces" : "deletes", path,
                       event.table);
  }
  const std::string below = facts.BelowGroup(event.store->path);
  if (below == kClock || AnswersForged(facts, below) || SaysWhatItFound(facts, event)) return std::nullopt;
  if (event.store->after) return fmt::format("{} replaces {} in staging", event.actor.name, path);
  const int64_t epoch = EpochOf(below);
  const bool released = facts.receipts.contains(epoch) || facts.forged.contains(epoch);
  if (below.starts_with("data/")) {
    if (released) return std::nullopt;
    // Without a manifest as well: another sender may be about to name it in one.
    return fmt::format("{} deletes {} of epoch {}, which has no receipt", event.actor.name, path, epoch);
  }
  const size_t part = below.find("/parts/");
  if (below.starts_with("epochs/") && part != std::string::npos && released) {
    const std::string name = below.substr(part + 7);
    const auto& tables = facts.manifests.at(epoch).tables;
    const bool named =
        std::ranges::any_of(tables, [&](const auto& table) { return table.second.parts.contains(name); });
    if (!named) return std::nullopt;
  }
  return fmt::format("{} deletes {} in staging", event.actor.name, path);
}

Finding CheckOneWriter(const Facts& facts, const Event& event) {
  if (event.manifest) {
    const ManifestTruth& manifest = facts.manifests.at(*event.manifest);
    if (manifest.epoch != *event.manifest)
      return fmt::format("the manifest of epoch {} is that of another", *event.manifest);
    const auto self = facts.manifests.find(*event.manifest);
    const ManifestTruth* previous = self == facts.manifests.begin() ? nullptr : &std::prev(self)->second;
    const int64_t expected = previous == nullptr ? 0 : previous->epoch;
    const std::string digest = previous == nullptr ? "" : previous->sha256;
    if (manifest.previous_epoch != expected || manifest.previous_sha256 != digest || manifest.epoch != expected + 1) {
      return fmt::format("epoch {} is not chained to epoch {}", manifest.epoch, expected);
    }
    if (manifest.base_epoch > expected) return fmt::format("epoch {} builds upon a later one", manifest.epoch);
  }
  if (event.area == Area::kTarget && event.commit) {
    for (const auto& [epoch, commits] : facts.replicas[event.table].read.state.epochs) {
      if (commits > 1) return fmt::format("epoch {} is committed twice to table {}", epoch, event.table);
    }
  }
  const bool replaces = Changes(event) && event.store->before && event.store->after;
  const std::string below = replaces ? facts.BelowGroup(event.store->path) : std::string();
  const bool spared = replaces && (event.store->path.text() == kHint || below == kClock ||
                                   AnswersForged(facts, below) || SaysWhatItFound(facts, event));
  if (replaces && !spared) {
    return fmt::format("{} writes over {}", event.actor.name, event.store->path.text());
  }
  return std::nullopt;
}

Finding CheckIdempotent(const Facts& facts, const Event& event) {
  if (auto twice = CheckDrawnOnce(facts, event)) return twice;
  if (!event.created || event.store->path.name() == "_last_checkpoint") return std::nullopt;
  const auto earlier = facts.contents.find(event.store->uri + "/" + event.store->path.text());
  if (earlier == facts.contents.end() || earlier->second == Crc64Of(*event.store->after)) return std::nullopt;
  // A sender that comes too late may find the name used again at the source; nobody reads what was released.
  const std::string below = facts.BelowGroup(event.store->path);
  const bool of_data = below.starts_with("data/");
  const bool replaced = event.store->after->find(R"("late.parquet")") != std::string::npos;  // a commit, at the source
  const bool released = of_data && EpochOf(below) <= facts.completed - (replaced ? 0 : 1);
  if (released) return std::nullopt;
  return fmt::format("{} is written again, with other bytes", event.store->path.text());
}

namespace {

bool SameState(const TableState& a, const TableState& b) {
  return a.files == b.files && a.protocol == b.protocol && a.table_id == b.table_id && a.shape == b.shape &&
         a.properties == b.properties && a.txns == b.txns;
}

// What a receiver adds to a clone's log beside commits: checkpoints, which say what the clone's own commits say, and
// the hint at one that is there.
Finding CheckCloneLogObject(const Facts& facts, const Event& event) {
  const std::string& path = event.store->path.text();
  const std::string& bytes = *event.store->after;
  const auto& objects = facts.objects(event.store->uri);
  if (path == kHint) {
    const int64_t version = std::strtoll(bytes.c_str() + bytes.find(':') + 1, nullptr, 10);
    if (objects.contains(fmt::format("_delta_log/{:020}.checkpoint.parquet", version))) return std::nullopt;
    return fmt::format("the hint of clone {} names version {}, which has no checkpoint", event.table, version);
  }
  const std::string_view name = event.store->path.name();
  if (name.size() < 20 || name.substr(20) != ".checkpoint.parquet") {
    return fmt::format("{} has no business in the log of clone {}", path, event.table);
  }
  TableState said;
  if (auto problem = ApplyCommit(bytes, said)) return fmt::format("{} of clone {}: {}", path, event.table, *problem);
  TableState of_commits;
  const int64_t version = std::strtoll(std::string(name.substr(0, 20)).c_str(), nullptr, 10);
  for (int64_t v = 0; v <= version; ++v) {
    const auto commit = objects.find(CommitName(v));
    if (commit == objects.end()) return fmt::format("{} of clone {} comes before its commit", path, event.table);
    if (auto problem = ApplyCommit(*commit->second.bytes, of_commits)) return problem;
  }
  if (SameState(said, of_commits)) return std::nullopt;
  return fmt::format("{} of clone {} does not say what the commits say", path, event.table);
}

Finding CheckTargetObject(const Facts& facts, const Event& event) {
  const std::string& path = event.store->path.text();
  const std::string& bytes = *event.store->after;
  const SourceTable& source = facts.world().table(event.table);
  const auto version = CommitVersion(path);
  // What a clone writes into its log is its own; rule 1 compares what it says.
  if (version && !facts.setup().mirror) return std::nullopt;
  if (!facts.setup().mirror && path.starts_with("_delta_log/")) return CheckCloneLogObject(facts, event);
  if (version) {
    const bool same = *version <= source.newest() && source.commits()[static_cast<size_t>(*version)].bytes == bytes;
    if (!same) return fmt::format("version {} of mirror {} is not the source's", *version, event.table);
    const TimeMs listed = source.commits()[static_cast<size_t>(*version)].listed;
    if (facts.objects(event.store->uri).at(path).modified != listed) {
      return fmt::format("version {} of mirror {} has another time than the source's", *version, event.table);
    }
  } else if (path.starts_with("_delta_log/")) {
    if (!source.EverHeld(path, bytes)) return fmt::format("{} of mirror {} is not the source's", path, event.table);
  } else if (!source.Held(SourceName(path), bytes)) {
    return fmt::format("{} of table {} is not the source's", path, event.table);
  }
  const std::string crc = Hex64(Crc64Of(bytes));
  for (const auto& [epoch, manifest] : facts.manifests) {
    const auto table = manifest.tables.find(event.table);
    if (table == manifest.tables.end()) continue;
    const auto file = table->second.files.find(SourceName(path));
    if (file == table->second.files.end()) continue;
    if (file->second.size == static_cast<int64_t>(bytes.size()) && file->second.crc64 == crc) return std::nullopt;
  }
  // A sender that places it itself does so before there is one.
  if (facts.setup().direct && event.actor.role == Role::kSender) return std::nullopt;
  return fmt::format("{} of table {} is in no manifest with its size and checksum", path, event.table);
}

// What a manifest names is in staging, whole, when it is published: left there by whatever attempt.
Finding CheckStagedFile(const Facts& facts, const ManifestTruth& manifest, const std::string& table,
                        const StagedTruth& file) {
  if (facts.setup().direct && file.staged.empty()) {
    const auto& target = facts.objects(SourceWorld::TargetUri(table));
    const auto placed = target.find(file.path);
    if (placed != target.end() && file.crc64 == Hex64(Crc64Of(*placed->second.bytes))) return std::nullopt;
    return fmt::format("epoch {} says that {} of table {} is placed, and it is not", manifest.epoch, file.path, table);
  }
  if (!file.staged.starts_with(facts.setup().group + "/data/")) {
    return fmt::format("epoch {} stages {} elsewhere", manifest.epoch, file.path);
  }
  const auto& staged = facts.objects(facts.setup().staging_uri);
  const auto found = staged.find(file.staged);
  if (found == staged.end()) return fmt::format("epoch {} names {}, which is not staged", manifest.epoch, file.staged);
  const std::string& bytes = *found->second.bytes;
  if (file.size == static_cast<int64_t>(bytes.size()) && file.crc64 == Hex64(Crc64Of(bytes))) return std::nullopt;
  return fmt::format("epoch {} names {}, and other bytes are staged", manifest.epoch, file.staged);
}

// The bytes are the source's.
Finding CheckSourceBytes(const Facts& facts, const std::string& table, const StagedTruth& file) {
  if (file.path.starts_with("_delta_log/")) {
    const std::string& bytes = *facts.objects(facts.setup().staging_uri).at(file.staged).bytes;
    const auto version = CommitVersion(file.path);
    const auto& commits = facts.world().table(table).commits();
    const bool same = version ? *version < static_cast<int64_t>(commits.size()) &&
                                    commits[static_cast<size_t>(*version)].bytes == bytes
                              : facts.world().table(table).EverHeld(file.path, bytes);
    if (same) return std::nullopt;
  } else {
    const uint64_t crc64 = std::strtoull(file.crc64.c_str(), nullptr, 16);
    if (facts.world().table(table).Held(file.path, file.size, crc64)) return std::nullopt;
  }
  return fmt::format("{} of table {} is named with a wrong size or checksum", file.path, table);
}

Finding CheckManifestFiles(const Facts& facts, const ManifestTruth& manifest) {
  for (const auto& [name, table] : manifest.tables) {
    for (const auto& [path, file] : table.files) {
      if (auto wrong = CheckStagedFile(facts, manifest, name, file)) return wrong;
      if (auto wrong = CheckSourceBytes(facts, name, file)) return wrong;
    }
  }
  return std::nullopt;
}

}  // namespace

Finding CheckArrivedWhole(const Facts& facts, const Event& event) {
  if (event.manifest) {
    if (auto wrong = CheckLiveSets(facts, event)) return wrong;
    return CheckManifestFiles(facts, facts.manifests.at(*event.manifest));
  }
  if (event.area != Area::kTarget || !Changes(event) || !event.store->after) return std::nullopt;
  return CheckTargetObject(facts, event);
}

Finding CheckWalls(const Facts& facts, const Event& event) {
  if (event.store == nullptr) return std::nullopt;
  const StoreEffect& effect = *event.store;
  const bool writes = Writes(effect.operation);
  const bool sender = event.actor.role == Role::kSender;
  const std::string below = facts.BelowGroup(effect.path);
  bool allowed = false;
  switch (event.area) {
    case Area::kNone: break;
    case Area::kSource: allowed = sender && !writes; break;
    case Area::kTarget:
      allowed = sender ? facts.setup().direct && (!writes || Adds(effect))
                       : effect.operation != StoreOperation::kDelete &&
                             (effect.operation != StoreOperation::kPut || effect.path.text() == kHint);
      break;
    case Area::kStaging:
      // Of what is not the group's a receiver that waits may see the names: one of them may be its group's.
      allowed = !sender && effect.operation == StoreOperation::kList && effect.path.text().empty();
      if (below.empty()) break;
      allowed = !writes || (sender ? !below.starts_with("receipts") : MayAnswer(facts, event));
      break;
  }
  if (allowed) return std::nullopt;
  return fmt::format("{} does {} on {}/{}", event.actor.name, StoreOperationName(effect.operation), effect.uri,
                     effect.path.text());
}

}  // namespace lakeferry::sim
