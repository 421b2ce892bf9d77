// Rules about the group as a whole: 1 atomic group, 2 only finished work, 3 never backwards, 10 no silent gap.
#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/world/rules.h"

namespace lakeferry::sim {
namespace {

bool Stands(const Facts& facts, const std::string& table, int64_t intent) {
  if (facts.StandsAt(table, facts.completed) || facts.StandsAt(table, intent)) return true;
  return facts.setup().mirror && facts.StandsBetween(table, facts.completed, intent);
}

// A success of the workflow that ended after `failed` and by `cut`.
bool BuiltUpon(const SimLedger& ledger, const Run& failed, TimeMs cut) {
  return std::ranges::any_of(ledger.runs(), [&](const auto& entry) {
    const Run& run = entry.second;
    return run.workflow == failed.workflow && run.state == RunState::kSuccess && run.end && *run.end <= cut &&
           *run.end > *failed.end;
  });
}

Finding CheckQuiescent(const SimLedger& ledger, const ManifestTruth& manifest) {
  for (const auto& [key, run] : ledger.runs()) {
    if (run.start < manifest.cut_time && (!run.end || *run.end > manifest.cut_time)) {
      return fmt::format("epoch {} is cut at {}, when run {} is active", manifest.epoch, FormatUtc(manifest.cut_time),
                         run.run_id);
    }
  }
  return std::nullopt;
}

Finding CheckCommitInside(const SimLedger& ledger, const ManifestTruth& manifest, const std::string& table,
                          const CommitTruth& commit, bool inside) {
  if (commit.author.run_id.empty()) return std::nullopt;
  const Run& run = ledger.runs().at(std::pair(commit.author.workflow, commit.author.run_id));
  const bool ended = run.end && *run.end <= manifest.cut_time;
  const auto say = [&](std::string_view what) {
    return fmt::format("epoch {}: table {} version {} by run {}: {}", manifest.epoch, table, commit.state.version,
                       run.run_id, what);
  };
  if (inside && !ended) return say("is in the cut and the run had not ended");
  if (inside && run.state == RunState::kFailed && !BuiltUpon(ledger, run, manifest.cut_time)) {
    return say("is in the cut, the run failed and no success was built upon it");
  }
  if (!inside && ended && run.state == RunState::kSuccess) return say("is not in the cut and the run had succeeded");
  return std::nullopt;
}

// Every workflow's newest run that the tables show, the same in all of them.
Finding CheckMarkers(const Facts& facts, const ManifestTruth& manifest) {
  std::map<std::string, std::map<std::string, std::string>> newest;  // workflow, table: run
  for (const auto& [name, table] : manifest.tables) {
    const auto& commits = facts.world().table(name).commits();
    for (int64_t version = 0; version <= table.source_version; ++version) {
      const Author& author = commits[static_cast<size_t>(version)].author;
      if (author.run_id.empty()) continue;
      const auto run = facts.world().ledger().runs().find({author.workflow, author.run_id});
      if (run->second.state == RunState::kSuccess) newest[author.workflow][name] = author.run_id;
    }
  }
  for (const auto& [workflow, tables] : newest) {
    for (const auto& [name, run] : tables) {
      if (tables.size() == manifest.tables.size() && run == tables.begin()->second) continue;
      return fmt::format("epoch {}: the tables show different runs of {}: {} has {}, {} has {}", manifest.epoch,
                         workflow, tables.begin()->first, tables.begin()->second, name, run);
    }
  }
  return std::nullopt;
}

// Of a cut by time alone: the newest version of each table at that instant.
Finding CheckOneInstant(const Facts& facts, const ManifestTruth& manifest) {
  for (const auto& [name, table] : manifest.tables) {
    const auto& commits = facts.world().table(name).commits();
    const bool own_time = facts.world().table(name).kind().in_commit_timestamps;
    int64_t newest = -1;
    for (const CommitTruth& commit : commits) {
      if ((own_time ? commit.written : commit.listed) <= manifest.cut_time) newest = commit.state.version;
    }
    const bool kept =
        table.base_version && *table.base_version == table.source_version && newest < table.source_version;
    if (newest != table.source_version && !kept) {
      return fmt::format("epoch {}: at {} table {} was at version {}, the cut has {}", manifest.epoch,
                         FormatUtc(manifest.cut_time), name, newest, table.source_version);
    }
  }
  return std::nullopt;
}

Finding CheckGroupRecord(const GroupRecord& record, const Event& event, const Facts& facts) {
  if (record.group != facts.setup().group || record.role != event.actor.role) {
    return fmt::format("a record of group '{}' and role {} was saved by {}", record.group, RoleName(record.role),
                       event.actor.name);
  }
  if (record.tables != SourceWorld::TableNames()) return "a group's record does not name all of its tables";
  const bool failing = AlarmOf(record.state) == AlarmRule::kAtOnce;
  if (failing && record.attempts > 0 && record.last_error.empty()) {
    return fmt::format("the group is {} and its record names no error", GroupStateName(record.state));
  }
  if (record.attempts == 0 && !record.last_error.empty()) return "an error is recorded and no failed attempt";
  return std::nullopt;
}

Finding CheckEpochRecord(const EpochRecord& record, const Facts& facts) {
  const auto manifest = facts.manifests.find(record.epoch.value());
  if (manifest == facts.manifests.end())
    return fmt::format("a record of epoch {}, which has no manifest", record.epoch.value());
  const ManifestTruth& truth = manifest->second;
  const bool same = record.atomic == truth.atomic && record.run_ids == truth.run_ids &&
                    record.cut_time == truth.cut_time && record.manifest_sha256 == truth.sha256 &&
                    record.tables.size() == truth.tables.size();
  if (!same) return fmt::format("the record of epoch {} is not what its manifest says", record.epoch.value());
  for (const TablePosition& table : record.tables) {
    const auto entry = truth.tables.find(table.table);
    if (entry == truth.tables.end() || entry->second.source_version != table.source_version.value()) {
      return fmt::format("the record of epoch {} has table {} at version {}", record.epoch.value(), table.table,
                         table.source_version.value());
    }
  }
  if (record.state == EpochState::kRefused && record.error.empty()) {
    return fmt::format("epoch {} is refused without a reason", record.epoch.value());
  }
  return std::nullopt;
}

}  // namespace

Finding CheckAtomicGroup(const Facts& facts, const Event& event) {
  const bool matters = event.area == Area::kTarget || event.saved != nullptr || event.receipt;
  if (!matters) return std::nullopt;
  int64_t intent = facts.completed;
  for (const int64_t epoch : facts.intents) intent = std::max(intent, epoch);
  for (const std::string& table : SourceWorld::TableNames()) {
    if (Stands(facts, table, intent)) continue;
    return fmt::format("epoch {} is completed, epoch {} journaled, and table {} stands at neither (version {}{})",
                       facts.completed, intent, table, facts.replicas[table].read.state.version,
                       facts.replicas[table].read.problem.empty() ? "" : ", " + facts.replicas[table].read.problem);
  }
  const bool refusal = event.receipt && !facts.receipts.at(*event.receipt);
  if (!refusal) return std::nullopt;
  for (const std::string& table : SourceWorld::TableNames()) {
    if (facts.StandsAt(table, facts.completed)) continue;
    return fmt::format("epoch {} is refused and table {} does not stand at the completed epoch {}", *event.receipt,
                       table, facts.completed);
  }
  return std::nullopt;
}

Finding CheckOnlyFinishedWork(const Facts& facts, const Event& event) {
  if (!event.manifest) return std::nullopt;
  const ManifestTruth& manifest = facts.manifests.at(*event.manifest);
  const GroupSetup& setup = facts.setup();
  for (const auto& [name, table] : manifest.tables) {
    if (table.source_version >= 0 && table.source_version <= facts.world().table(name).newest()) continue;
    return fmt::format("epoch {}: table {} has no version {}", manifest.epoch, name, table.source_version);
  }
  if (!manifest.atomic && !setup.force_sync_after) {
    return fmt::format("epoch {} is not atomic, and nobody configured forced syncs", manifest.epoch);
  }
  // A sender whose clock is ahead cuts in the future: nobody can say yet what will be there.
  if ((setup.workflows == 0 || !manifest.atomic) && manifest.cut_time > event.at) return std::nullopt;
  if (setup.workflows == 0 || !manifest.atomic) return CheckOneInstant(facts, manifest);
  const SimLedger& ledger = facts.world().ledger();
  if (auto active = CheckQuiescent(ledger, manifest)) return active;
  for (const auto& [name, table] : manifest.tables) {
    for (const CommitTruth& commit : facts.world().table(name).commits()) {
      const bool inside = commit.state.version <= table.source_version;
      if (auto wrong = CheckCommitInside(ledger, manifest, name, commit, inside)) return wrong;
    }
  }
  return CheckMarkers(facts, manifest);
}

// What is written to a clone after a failover must have a higher version than all that its rows bear.
Finding CheckRowCommits(const Facts& facts, int64_t epoch) {
  if (facts.setup().mirror) return std::nullopt;
  for (const auto& [table, replica] : facts.replicas) {
    if (!facts.StandsAt(table, epoch)) continue;
    for (const auto& [key, file] : replica.read.state.files) {
      if (file.row_commit <= replica.read.state.version) continue;
      return fmt::format("table {} is at version {}, and rows of {} bear {}", table, replica.read.state.version,
                         file.path, file.row_commit);
    }
  }
  return std::nullopt;
}

Finding CheckNeverBackwards(const Facts& facts, const Event& event) {
  if (event.manifest && facts.manifests.rbegin()->first != *event.manifest) {
    return fmt::format("epoch {} is staged after epoch {}", *event.manifest, facts.manifests.rbegin()->first);
  }
  if (event.receipt && facts.receipts.at(*event.receipt)) {
    if (auto wrong = CheckRowCommits(facts, *event.receipt)) return wrong;
  }
  // An answer that says what a replay has found since is none of another epoch.
  const bool again = event.receipt && facts.found_otherwise.contains(*event.receipt);
  if (event.receipt && !again && facts.receipts.rbegin()->first != *event.receipt) {
    return fmt::format("epoch {} is answered after epoch {}", *event.receipt, facts.receipts.rbegin()->first);
  }
  if (event.commit && facts.replicas[event.table].read.state.version > *event.commit) {
    return fmt::format("version {} of {} is written below version {}", *event.commit, event.table,
                       facts.replicas[event.table].read.state.version);
  }
  if (event.saved == nullptr) return std::nullopt;
  const auto process = facts.processes.find(event.actor.id);
  if (process == facts.processes.end()) return std::nullopt;
  for (const GroupRecord& record : event.saved->groups) {
    // A sender that believed a forged receipt is told otherwise.
    const bool deceived = event.actor.role == Role::kSender && !facts.forged.empty();
    if (deceived || record.epoch.value() >= process->second.group_epoch) continue;
    return fmt::format("{}: the group's epoch goes from {} to {}", event.actor.name, process->second.group_epoch,
                       record.epoch.value());
  }
  if (event.actor.role == Role::kSender) return std::nullopt;
  for (const EpochRecord& record : event.saved->epochs) {
    if (record.state != EpochState::kApplied || record.epoch.value() >= process->second.newest_applied) continue;
    return fmt::format("{} completes epoch {} after epoch {}", event.actor.name, record.epoch.value(),
                       process->second.newest_applied);
  }
  return std::nullopt;
}

Finding CheckNoSilentGap(const Facts& facts, const Event& event) {
  if (event.manifest) {
    const ManifestTruth& manifest = facts.manifests.at(*event.manifest);
    for (const std::string& table : SourceWorld::TableNames()) {
      if (!manifest.tables.contains(table)) return fmt::format("epoch {} is without table {}", manifest.epoch, table);
      const auto& parts = manifest.tables.at(table).parts;
      const auto& staged = facts.objects(facts.setup().staging_uri);
      for (const std::string& part : parts) {
        const std::string path =
            fmt::format("{}/epochs/{}/parts/{}", facts.setup().group, EpochName(manifest.epoch), part);
        if (!staged.contains(path)) return fmt::format("epoch {} names a part that is not there", manifest.epoch);
      }
    }
  }
  if (event.receipt) {
    for (const auto& [epoch, manifest] : facts.manifests) {
      if (epoch >= *event.receipt || facts.receipts.contains(epoch)) continue;
      // Somebody's words stand where they have come true, or where no target is left that could tell.
      if (facts.forged.contains(epoch)) continue;
      return fmt::format("epoch {} is answered and epoch {} before it is not", *event.receipt, epoch);
    }
  }
  if (event.saved == nullptr) return std::nullopt;
  for (const GroupRecord& record : event.saved->groups) {
    if (auto wrong = CheckGroupRecord(record, event, facts)) return wrong;
  }
  for (const EpochRecord& record : event.saved->epochs) {
    if (auto wrong = CheckEpochRecord(record, facts)) return wrong;
  }
  return std::nullopt;
}

}  // namespace lakeferry::sim
