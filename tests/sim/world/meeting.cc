// Somebody else who acts between two effects of a process: another of its role, another engine at a replica, and the
// operator who takes away what that engine left.
#include <fmt/format.h>

#include <algorithm>

#include "tests/sim/world/simulation.h"

namespace lakeferry::sim {
namespace {

constexpr Millis kOperatorLooks{30'000};

// The newest version of a log; -1 where there is none.
int64_t NewestIn(const std::map<std::string, MemoryStore::Object>& objects) {
  int64_t newest = -1;
  for (const auto& [path, object] : objects) newest = std::max(newest, CommitVersion(path).value_or(-1));
  return newest;
}

// What another engine would commit as `version`. Two of one version differ.
std::string ForeignCommit(int64_t version, bool harmless, TimeMs now) {
  std::string text = fmt::format(R"({{"commitInfo":{{"timestamp":{0},"inCommitTimestamp":{0},"operation":"{1}"}}}})",
                                 ToEpochMs(now), harmless ? "VACUUM START" : "WRITE");
  text += '\n';
  if (harmless) return text;
  if (version == 0) {
    text += R"({"protocol":{"minReaderVersion":1,"minWriterVersion":2}})"
            "\n"
            R"({"metaData":{"id":"somebody-elses","format":{"provider":"parquet","options":{}},)"
            R"("schemaString":"{\"type\":\"struct\",\"fields\":[]}","partitionColumns":[],"configuration":{}}})"
            "\n";
  }
  text += R"({"add":{"path":"somebody-elses.parquet","partitionValues":{},"size":7,"modificationTime":1,)"
          R"("dataChange":true}})"
          "\n";
  return text;
}

}  // namespace

void Simulation::Meet(SimProcess& process, Blow blow, const std::string& what) {
  trace_.Note(timeline_.now(), "trouble", fmt::format("{} {} at {}", process.actor().name, BlowName(blow), what));
  if (blow == Blow::kMeetSecond) {
    const Role role = process.actor().role;
    // Not from within the coroutine of another process.
    timeline_.At(timeline_.now(), 0, [this, role] { StartSecond(role); });
    return;
  }
  // The table that the write is about, if any.
  std::string table = chance_.Pick(SourceWorld::TableNames());
  for (const std::string& name : SourceWorld::TableNames()) {
    if (what.starts_with(SourceWorld::TargetUri(name) + "/")) table = name;
  }
  CommitForeign(table, blow == Blow::kMeetHarmless);
}

void Simulation::StartSecond(Role role) {
  if (healed_) return;
  ++seconds_;
  NewProcess(role, fmt::format("{} {}", RoleName(role), processes_.size())).Start();
}

void Simulation::CommitForeign(const std::string& table, bool harmless) {
  const std::string uri = SourceWorld::TargetUri(table);
  if (facts_.foreign.contains(uri)) return;
  MemoryStore& store = StoreAt(uri);
  const int64_t version = NewestIn(store.objects()) + 1;
  // Nobody begins a table with a commit that changes nothing.
  if (harmless && version == 0) return;
  trace_.Note(timeline_.now(), "foreign", fmt::format("commits version {} of {}", version, uri));
  const std::string path = CommitName(version);
  store.Set(path, ForeignCommit(version, harmless, timeline_.now()));
  if (harmless) {
    ++harmless_;
    facts_.LookAgain(table);
    return;
  }
  ++foreign_;
  facts_.foreign[uri].insert(path);
  MendLater();
}

void Simulation::MendLater() {
  timeline_.At(timeline_.now() + kOperatorLooks, 0, [this] { Mend(); });
}

void Simulation::Mend() {
  const auto newest = facts_.manifests.rbegin();
  const bool answered = newest != facts_.manifests.rend() && facts_.receipts.contains(newest->first);
  for (auto at = facts_.foreign.begin(); at != facts_.foreign.end();) {
    const auto& [uri, paths] = *at;
    const std::string path = *paths.begin();
    const bool halted = IsHaltedFor(uri, *CommitVersion(path));
    // Nothing more was to be done to the replica, and so nobody looked at it.
    const bool unseen = healed_ && world_.Finished() && answered;
    if (!halted && !unseen) {
      ++at;
      continue;
    }
    if (halted) ++foreign_named_;
    trace_.Note(timeline_.now(), "operator", fmt::format("deletes {}/{}", uri, path));
    StoreAt(uri).objects().erase(path);
    at = facts_.foreign.erase(at);
  }
  if (!facts_.foreign.empty()) MendLater();
}

// A receiver says that the group is halted, and names the replica and what was done to it.
bool Simulation::IsHaltedFor(const std::string& uri, int64_t version) const {
  const std::string named = version == 0 ? "the target is not empty" : fmt::format("version {} of the ", version);
  return std::ranges::any_of(facts_.processes, [&](const auto& entry) {
    const ProcessFacts& said = entry.second;
    const bool names = said.error.contains(uri) &&
                       (said.error.contains(named) || said.error.contains(fmt::format("version {} of", version)));
    return (said.state == GroupState::kHalted || said.state == GroupState::kDiverged) && names;
  });
}

}  // namespace lakeferry::sim
