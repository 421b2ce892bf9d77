// Scenario: everything that is decided before a simulation begins.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/world/facts.h"
#include "tests/sim/world/gate.h"
#include "tests/sim/world/source_world.h"

namespace lakeferry::sim {

enum class TroubleKind {
  kKill,           // a process dies and comes back
  kDrain,          // it is stopped in order and comes back
  kLoseMetadata,   // its metadata store is gone when it comes back
  kOlderMetadata,  // an older copy of it was restored
  kKeepCopy,       // somebody takes that copy
  kClockStep,      // its calendar jumps
  kSecondSender,   // another process of the role starts on the same group
  kSecondReceiver,
  kPauseReceiver,  // it is down for a long time
  kReplaceCommit,  // a commit of the source that was replicated is replaced, and put back
};

struct TroublePlan {
  Millis after;  // since the start
  TroubleKind kind = TroubleKind::kKill;
  bool sender = true;  // whom it befalls
  Millis amount{0};    // how long, or how far
};

struct Scenario {
  uint64_t seed = 1;
  WorldOptions world;
  GroupSetup setup;
  Millis source_clock_offset{0};  // of the store of the sources: within the margin where one is set
  Millis region_clock_offset{0};  // of the store of the replicas
  bool whole_seconds = false;     // both list times so
  Millis poll{20'000};
  FaultRates sender_rates;
  FaultRates receiver_rates;
  std::vector<Strike> sender_strikes;
  std::vector<Strike> receiver_strikes;
  std::vector<TroublePlan> troubles;
  int64_t damaged_objects = 0;            // staged objects that arrive with a flipped bit
  int64_t damaged_leftovers = 0;          // objects of an attempt that was given up, with a flipped bit
  int64_t forged_receipts = 0;            // that say "applied" of an epoch that is not answered yet
  bool keep_running_when_healed = false;  // heal without a restart
  bool final_runs = true;
  Millis restart_after_max{30'000};
};

// One clean schedule of two runs and so of two epochs, for faults at every single write.
[[nodiscard]] Scenario TwoEpochs(bool mirror, uint64_t seed);
// A swarm: which faults there are, and how many, is drawn for each seed.
[[nodiscard]] Scenario RandomScenario(uint64_t seed);
// For people: what was drawn.
[[nodiscard]] std::string Describe(const Scenario& scenario);

}  // namespace lakeferry::sim
