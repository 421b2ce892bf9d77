// Facts: what the referee knows of a group after each event: manifests, receipts, intents and the replicas as a plain
// reader sees them, beside the truth of the source. Read with nothing of the engine, plan or delta libraries.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/world/observer.h"
#include "tests/sim/world/reference_log.h"
#include "tests/sim/world/source_world.h"

namespace lakeferry::sim {

// How the group under test is configured.
struct GroupSetup {
  std::string group = "orders";
  std::string staging_uri = "mem://secondary/staging";
  bool mirror = false;
  bool direct = false;  // the sender places data files itself
  int workflows = 1;
  std::optional<Millis> clock_skew_margin = Millis(0);  // absent: as measured
  std::optional<Millis> force_sync_after;
};

struct StagedTruth {
  std::string path;
  int64_t size = 0;
  std::string crc64;
  std::string staged;
};

struct ManifestTruth {
  struct Table {
    int64_t source_version = -1;
    std::optional<int64_t> base_version;
    std::set<std::string> parts;
    std::map<std::string, StagedTruth> files;  // by path below the table, log objects included
  };
  int64_t epoch = 0;
  int64_t base_epoch = 0;
  int64_t previous_epoch = 0;
  std::string previous_sha256;
  std::string sha256;
  TimeMs cut_time;
  std::vector<std::string> run_ids;
  bool atomic = true;
  std::map<std::string, Table> tables;
};

// A replica as a plain reader sees it.
struct Replica {
  ReadTable read;
  std::map<int64_t, bool> equals;  // source versions it was compared with since it last changed
};

// What one process said of itself.
struct ProcessFacts {
  int64_t newest_applied = 0;
  int64_t group_epoch = 0;
  GroupState state = GroupState::kUnknown;  // of the group
  std::string error;
};

enum class Area { kNone, kSource, kStaging, kTarget };

// One thing that happened, sorted out.
struct Event {
  Actor actor;
  TimeMs at;                           // by the true clock
  const StoreEffect* store = nullptr;  // one of the two
  const StateChange* saved = nullptr;
  Area area = Area::kNone;
  std::string table;  // of a source or target
  bool created = false;
  std::optional<int64_t> manifest;  // a manifest that is new
  std::optional<int64_t> receipt;   // a receipt that is new
  std::optional<int64_t> commit;    // a version of a replica's log that is new
};

class Facts {
 public:
  using FindStore = std::function<MemoryStore&(const std::string&)>;
  Facts(const SourceWorld* world, GroupSetup setup, FindStore open)
      : world_(world), setup_(std::move(setup)), open_(std::move(open)) {}

  // Sorts an event out and takes it in.
  Event Take(const StoreEffect& effect);
  Event Take(const Actor& actor, const StateChange& change);
  // What only counts once the rules have looked at the event.
  void Remember(const Event& event);
  // Somebody else has changed what readers see of a replica.
  void LookAgain(const std::string& table);
  // The process lost its memory, or got an older one.
  void Forget(int process) {
    processes[process] = ProcessFacts{};
    forgotten = true;
  }

  [[nodiscard]] const SourceWorld& world() const { return *world_; }
  [[nodiscard]] const GroupSetup& setup() const { return setup_; }
  [[nodiscard]] const std::map<std::string, MemoryStore::Object>& objects(const std::string& uri) const {
    return open_(uri).objects();
  }
  // Whether the replica holds exactly what the source held at `version`.
  [[nodiscard]] bool Equals(const std::string& table, int64_t version) const;
  // Whether the replica stands at the cut of `epoch`; 0 is before the first.
  [[nodiscard]] bool StandsAt(const std::string& table, int64_t epoch) const;
  // In mirror mode: between the two cuts.
  [[nodiscard]] bool StandsBetween(const std::string& table, int64_t from, int64_t to) const;
  // "<group>/data/<n>/..." and the like: the part after the group; empty for paths elsewhere.
  [[nodiscard]] std::string BelowGroup(const ObjectPath& path) const;

  std::map<int64_t, ManifestTruth> manifests;
  std::map<int64_t, bool> receipts;  // epoch: applied
  std::map<int64_t, std::string> receipt_texts;
  std::set<int64_t> intents;  // journaled
  int64_t completed = 0;      // newest epoch a receiver completed
  mutable std::map<std::string, Replica> replicas;
  std::map<std::string, uint64_t> contents;  // of every object a process ever created, by URI
  std::map<int, ProcessFacts> processes;
  std::map<int64_t, std::set<int64_t>> commit_times;  // of the commits of each epoch, in clone mode
  std::set<int> receivers;                            // that saved anything
  bool forgotten = false;                             // some process lost its memory
  // Commits of somebody else, by URI and path: no reader is thought to see them, and nothing may be built upon them.
  std::map<std::string, std::set<std::string>> foreign;
  std::set<int64_t> forged;           // epochs that had a receipt of nobody's
  std::set<int64_t> found_otherwise;  // epochs whose receipt says since what a replay found
  std::set<std::string> errors;       // that a process recorded of its group

 private:
  // The replica as it is without them.
  [[nodiscard]] ReadTable ReadOwn(const std::string& uri) const;
  void ReadManifest(const StoreEffect& effect, Event& event);
  void ReadParts(ManifestTruth& manifest) const;
  void ReadReceipt(const StoreEffect& effect, Event& event);

  const SourceWorld* world_;
  GroupSetup setup_;
  FindStore open_;
};

// "00000000000000000007" of an epoch.
[[nodiscard]] std::string EpochName(int64_t epoch);

}  // namespace lakeferry::sim
