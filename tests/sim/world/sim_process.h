// SimProcess: one daemon of one role: what is durable of it, and its present life. A crash destroys its event loop with
// every coroutine in it; the next life finds only what was saved. One thread.
#pragma once

#include <memory>
#include <string>

#include "engine/run/replicator.h"
#include "tests/sim/world/sim_state.h"
#include "tests/sim/world/sim_store.h"

namespace lakeferry::sim {

// The world a process lives in; outlives it.
struct Surroundings {
  Timeline* timeline = nullptr;
  Trace* trace = nullptr;
  Observer* observer = nullptr;
  const SimLedger* ledger = nullptr;
  SimMailbox* mailbox = nullptr;
  StorePast* past = nullptr;
  SimStoreFactory::Find find_store;
};

class SimProcess {
 public:
  SimProcess(const Surroundings& surroundings, Actor actor, uint64_t seed, plan::GroupSpec spec);
  ~SimProcess();
  SimProcess(const SimProcess&) = delete;
  SimProcess& operator=(const SimProcess&) = delete;

  void Start();
  // At once, wherever it is.
  void Kill();
  // Asks it to stop; it ends its pass first.
  void Drain();
  // Runs one handler; false when none is ready.
  bool PollOne();

  [[nodiscard]] bool alive() const { return life_ != nullptr; }
  // It has to be killed: it met its end inside a call, or has drained.
  [[nodiscard]] bool over() const { return gate_.doomed() || drained_; }
  // When its present life began.
  [[nodiscard]] TimeMs started() const { return started_; }
  [[nodiscard]] const Actor& actor() const { return actor_; }
  [[nodiscard]] Gate& gate() { return gate_; }
  [[nodiscard]] MemoryStateStore& durable() { return durable_; }
  // The metadata store as it was at some earlier moment.
  void Remember() { older_ = durable_; }
  void RestoreOlder() { durable_ = older_; }
  void set_clock_offset(Millis offset);
  [[nodiscard]] plan::GroupSpec& spec() { return spec_; }

 private:
  struct Life;

  const Surroundings& surroundings_;
  Actor actor_;
  uint64_t seed_;
  int lives_ = 0;
  TimeMs started_;
  plan::GroupSpec spec_;
  Gate gate_;
  Millis clock_offset_{0};
  bool drained_ = false;
  MemoryStateStore durable_;
  MemoryStateStore older_;
  std::unique_ptr<Life> life_;
};

}  // namespace lakeferry::sim
