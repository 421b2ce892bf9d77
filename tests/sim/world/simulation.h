// Simulation: one seeded life of both regions: the source writes, daemons of both roles work and fail, the referee
// watches; then everything heals and the replica must get to where the source is. Deterministic: a scenario gives one
// trace.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/world/referee.h"
#include "tests/sim/world/scenario.h"
#include "tests/sim/world/sim_process.h"

namespace lakeferry::sim {

struct Outcome {
  std::optional<Violation> violation;
  std::string stuck;  // why the replica did not get there; empty when it did
  uint64_t trace = 0;
  int64_t events = 0;
  int64_t sender_writes = 0;  // by the first process of the role, over all its lives
  int64_t receiver_writes = 0;
  int64_t epochs = 0;
  int64_t refused = 0;
  int64_t unatomic = 0;
  int64_t deaths = 0;
  int64_t mails = 0;
  int64_t seconds = 0;           // processes that began while a write of another was held
  int64_t foreign = 0;           // commits of another engine that change a replica
  int64_t foreign_named = 0;     // for which the group halted, and said so
  int64_t harmless = 0;          // commits of another engine that change nothing
  std::set<std::string> errors;  // that processes recorded of the group
  int64_t staged_objects = 0;    // created in staging as data
  int64_t kept_leftovers = 0;    // named by a manifest of a process that began after they were staged
  int64_t replaced_commits = 0;  // at the source, by trouble
  int64_t forged = 0;            // epochs that had a receipt of nobody's
  int64_t found_otherwise = 0;   // epochs whose receipt says since what a replay found
  int64_t put_beside = 0;        // named by a manifest, and staged under a name that avoids another object
  int64_t taken_over_parts = 0;  // of copies that broke off, and were not sent again
  StoreFaults store_faults;      // of all processes
  uint64_t replica_digest = 0;   // of what the replicas hold, as a reader sees it

  [[nodiscard]] bool good() const { return !violation && stuck.empty(); }
};
// For people, in one line.
[[nodiscard]] std::string Describe(const Outcome& outcome);

class Simulation {
 public:
  Simulation(Scenario scenario, bool print);
  ~Simulation();

  [[nodiscard]] Outcome Run();

  // For tests that break rules on purpose.
  [[nodiscard]] MemoryStore& StoreAt(const std::string& uri);
  [[nodiscard]] Referee& referee() { return referee_; }
  [[nodiscard]] Facts& facts() { return facts_; }
  [[nodiscard]] SourceWorld& world() { return world_; }

 private:
  SimProcess& NewProcess(Role role, std::string name);
  [[nodiscard]] plan::GroupSpec SpecFor() const;
  bool Step();
  bool PollSomebody();
  void ScheduleTroubles();
  void Trouble(const TroublePlan& plan);
  // Somebody else acts while a write of the process is held.
  void Meet(SimProcess& process, Blow blow, const std::string& what);
  void StartSecond(Role role);
  void CommitForeign(const std::string& table, bool harmless);
  // What an operator does about a foreign commit: reads why the group is halted, and takes it away.
  void MendLater();
  void Mend();
  [[nodiscard]] bool IsHaltedFor(const std::string& uri, int64_t version) const;
  void Restart(SimProcess& process, Millis after);
  void ReplaceCommit(Millis duration);
  void PutCommitsBack();
  void LoseMetadata(SimProcess& process, bool older);
  void AfterWrite(const Event& event);
  void CountNamed(const Event& event);
  void Damage(const Event& event);
  void DamageLeftover();
  // Somebody who can write staging puts a receipt of a new epoch there, after a while.
  void Forge(const Event& event);
  void PlantReceipt(int64_t epoch);
  bool FlipBit(const std::string& path);
  void Bury(SimProcess& process);
  void End(SimProcess& process);
  void Heal();
  void HealProcess(SimProcess& process, bool keep);
  [[nodiscard]] bool Converged() const;
  [[nodiscard]] std::string WhyNotConverged() const;
  // What lies in staging and should not once everything is answered; empty for nothing.
  [[nodiscard]] std::string WhatIsLeft() const;
  [[nodiscard]] Outcome Result(std::string stuck) const;

  Scenario scenario_;
  Trace trace_;
  Timeline timeline_;
  SimRandom chance_;
  SimRandom order_;
  SimClock source_clock_;
  SimClock region_clock_;
  MemoryStoreFactory source_stores_;
  MemoryStoreFactory region_stores_;
  SourceWorld world_;
  Facts facts_;
  Referee referee_;
  SimMailbox mailbox_;
  StorePast past_;
  Surroundings surroundings_;
  std::vector<std::unique_ptr<SimProcess>> processes_;
  bool healed_ = false;
  int64_t damages_left_ = 0;
  int64_t leftover_damages_left_ = 0;
  int64_t forgeries_left_ = 0;
  int64_t deaths_ = 0;
  int64_t seconds_ = 0;
  int64_t foreign_ = 0;
  int64_t foreign_named_ = 0;
  int64_t harmless_ = 0;
  int64_t staged_objects_ = 0;
  std::map<std::string, TimeMs> staged_at_;  // of objects staged as data
  int64_t kept_leftovers_ = 0;
  int64_t put_beside_ = 0;
  int64_t replaced_commits_ = 0;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const std::string>> replaced_;  // by store and path
};

}  // namespace lakeferry::sim
