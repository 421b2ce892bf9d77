#include "tests/sim/world/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/crc64.h"

namespace lakeferry::sim {
namespace {

constexpr TimeMs kStart = FromEpochMs(1'767'000'000'000);
constexpr int64_t kStepsMax = 3'000'000;
constexpr Millis kLifeMax{24 * 3'600'000};  // of the world, before it heals
constexpr Millis kHealMax{6 * 3'600'000};   // to converge
constexpr size_t kPartBytes = 300;          // of writers: the largest files come in six
constexpr Millis kWatch{10'000};
constexpr Millis kVerifyInterval{120'000};

}  // namespace

std::string Describe(const Outcome& outcome) {
  std::string text = fmt::format("{} epochs ({} refused, {} not atomic), {} deaths, {} mails, {} events, trace {:016x}",
                                 outcome.epochs, outcome.refused, outcome.unatomic, outcome.deaths, outcome.mails,
                                 outcome.events, outcome.trace);
  if (outcome.violation) {
    text += fmt::format("\n  SAFETY: rule {} ({}): {}", outcome.violation->rule, outcome.violation->name,
                        outcome.violation->what);
  }
  if (!outcome.stuck.empty()) text += "\n  LIVENESS: " + outcome.stuck;
  return text;
}

Simulation::Simulation(Scenario scenario, bool print)
    : scenario_(std::move(scenario)),
      trace_(print),
      timeline_(kStart),
      chance_(SimRandom::For(scenario_.seed, "troubles")),
      order_(SimRandom::For(scenario_.seed, "order")),
      source_clock_(&timeline_, 0, scenario_.source_clock_offset),
      region_clock_(&timeline_, 0, scenario_.region_clock_offset),
      source_stores_(&source_clock_),
      region_stores_(&region_clock_),
      world_(&timeline_, &trace_, scenario_.seed, scenario_.world,
             [this](const std::string& uri) -> MemoryStore& { return StoreAt(uri); }),
      facts_(&world_, scenario_.setup, [this](const std::string& uri) -> MemoryStore& { return StoreAt(uri); }),
      referee_(&facts_, &timeline_, &trace_),
      surroundings_{.timeline = &timeline_,
                    .trace = &trace_,
                    .observer = &referee_,
                    .ledger = &world_.ledger(),
                    .mailbox = &mailbox_,
                    .past = &past_,
                    .find_store = [this](const std::string& uri) -> MemoryStore& { return StoreAt(uri); }},
      damages_left_(scenario_.damaged_objects),
      leftover_damages_left_(scenario_.damaged_leftovers),
      forgeries_left_(scenario_.forged_receipts) {
  for (MemoryStoreFactory* stores : {&source_stores_, &region_stores_}) stores->set_part_bytes(kPartBytes);
  source_clock_.set_whole_seconds(scenario_.whole_seconds);
  region_clock_.set_whole_seconds(scenario_.whole_seconds);
  referee_.set_after_write([this](const Event& event) { AfterWrite(event); });
}

Simulation::~Simulation() = default;

MemoryStore& Simulation::StoreAt(const std::string& uri) {
  return uri.starts_with("mem://primary/") ? source_stores_.At(uri) : region_stores_.At(uri);
}

plan::GroupSpec Simulation::SpecFor() const {
  plan::GroupSpec spec;
  spec.workspace = "demo";
  spec.name = scenario_.setup.group;
  spec.owner_email = "owner@example.com";
  for (int workflow = 1; workflow <= scenario_.setup.workflows; ++workflow) {
    spec.workflows.push_back(SourceWorld::WorkflowName(workflow));
  }
  spec.mode = scenario_.setup.mirror ? delta::ReplicationMode::kMirror : delta::ReplicationMode::kClone;
  for (const std::string& table : SourceWorld::TableNames()) {
    spec.tables.Edit().push_back(
        {.name = table, .source_uri = SourceWorld::SourceUri(table), .target_uri = SourceWorld::TargetUri(table)});
  }
  spec.direct = scenario_.setup.direct;
  spec.staging_uri = scenario_.setup.staging_uri;
  spec.staging_name = spec.staging_uri;
  spec.sync_interval = scenario_.poll;
  spec.poll_interval = scenario_.poll / 3;
  spec.force_sync_after = scenario_.setup.force_sync_after;
  spec.clock_skew_margin = scenario_.setup.clock_skew_margin;
  spec.verify_interval = kVerifyInterval;
  return spec;
}

SimProcess& Simulation::NewProcess(Role role, std::string name) {
  const int id = static_cast<int>(processes_.size()) + 1;
  processes_.push_back(std::make_unique<SimProcess>(
      surroundings_, Actor{.id = id, .role = role, .name = std::move(name)}, scenario_.seed, SpecFor()));
  SimProcess& process = *processes_.back();
  process.gate().set_rates(role == Role::kSender ? scenario_.sender_rates : scenario_.receiver_rates);
  process.gate().set_meet([this, &process](Blow blow, const std::string& what) { Meet(process, blow, what); });
  return process;
}

Outcome Simulation::Run() {
  world_.Start();
  NewProcess(Role::kSender, "sender").gate().set_strikes(scenario_.sender_strikes);
  NewProcess(Role::kReceiver, "receiver").gate().set_strikes(scenario_.receiver_strikes);
  for (const auto& process : processes_) Restart(*process, scenario_.restart_after_max);
  ScheduleTroubles();
  std::optional<TimeMs> healed_at;
  TimeMs next_look = timeline_.now();
  for (int64_t steps = 0; steps < kStepsMax; ++steps) {
    if (referee_.violation()) return Result("");
    if (!Step()) return Result("nothing is left to happen");
    if (timeline_.now() < next_look) continue;
    next_look = timeline_.now() + kWatch;
    const Millis age = timeline_.now() - timeline_.start();
    if (!healed_at && world_.Finished()) {
      healed_at = timeline_.now();
      Heal();
    } else if (healed_at && world_.Finished() && Converged()) {
      return Result("");
    }
    if (!healed_at && age > kLifeMax) return Result("the world never came to rest");
    if (healed_at && timeline_.now() - *healed_at > kHealMax) return Result(WhyNotConverged());
  }
  return Result("out of steps: " + WhyNotConverged());
}

bool Simulation::Step() {
  if (PollSomebody()) return true;
  return timeline_.FireNext();
}

// One handler of a process, whichever: the order among processes is drawn.
bool Simulation::PollSomebody() {
  const size_t count = processes_.size();
  const auto first = static_cast<size_t>(order_.Below(static_cast<int64_t>(count)));
  for (size_t i = 0; i < count; ++i) {
    SimProcess& process = *processes_[(first + i) % count];
    if (!process.alive() || !process.PollOne()) continue;
    if (process.over()) Bury(process);
    return true;
  }
  return false;
}

void Simulation::Bury(SimProcess& process) {
  if (process.gate().doomed()) ++deaths_;
  End(process);
  Restart(process, scenario_.restart_after_max);
}

void Simulation::End(SimProcess& process) {
  process.Kill();
  if (process.actor().role == Role::kSender) DamageLeftover();
}

void Simulation::Restart(SimProcess& process, Millis after) {
  const Millis pause(chance_.Between(1, std::max<int64_t>(1, after.count())));
  timeline_.At(timeline_.now() + pause, 0, [&process] {
    if (!process.alive()) process.Start();
  });
}

void Simulation::ScheduleTroubles() {
  for (const TroublePlan& plan : scenario_.troubles) {
    timeline_.At(timeline_.now() + plan.after, 0, [this, plan] {
      if (!healed_) Trouble(plan);
    });
  }
}

void Simulation::Trouble(const TroublePlan& plan) {
  SimProcess& process = *processes_[plan.sender ? 0 : 1];
  trace_.Note(timeline_.now(), "trouble", fmt::format("{} for {}", static_cast<int>(plan.kind), process.actor().name));
  switch (plan.kind) {
    case TroubleKind::kKill:
      if (process.alive()) {
        ++deaths_;
        End(process);
        Restart(process, scenario_.restart_after_max);
      }
      return;
    case TroubleKind::kDrain:
      if (process.alive()) process.Drain();
      return;
    case TroubleKind::kLoseMetadata: return LoseMetadata(process, false);
    case TroubleKind::kOlderMetadata: return LoseMetadata(process, true);
    case TroubleKind::kKeepCopy: return process.Remember();
    case TroubleKind::kClockStep: return process.set_clock_offset(plan.amount);
    case TroubleKind::kSecondSender: return NewProcess(Role::kSender, "sender 2").Start();
    case TroubleKind::kSecondReceiver: return NewProcess(Role::kReceiver, "receiver 2").Start();
    case TroubleKind::kPauseReceiver:
      if (processes_[1]->alive()) processes_[1]->Kill();
      timeline_.At(timeline_.now() + plan.amount, 0, [this] {
        if (!processes_[1]->alive()) processes_[1]->Start();
      });
      return;
    case TroubleKind::kReplaceCommit: return ReplaceCommit(plan.amount);
  }
}

// A late writer's commit takes the place of one that every cut from now on builds upon, and is not the newest of them.
void Simulation::ReplaceCommit(Millis duration) {
  const auto newest = facts_.manifests.find(facts_.completed);
  if (newest == facts_.manifests.end()) return;
  for (const auto& [name, table] : newest->second.tables) {
    if (table.source_version < 1) continue;
    const std::string uri = SourceWorld::SourceUri(name);
    const std::string path = CommitName(table.source_version - 1);
    auto& objects = StoreAt(uri).objects();
    if (!objects.contains(path)) continue;  // cleaned away
    auto& object = objects.at(path);
    replaced_.emplace(std::pair(uri, path), object.bytes);
    object.bytes = std::make_shared<const std::string>(
        *object.bytes +
        R"({"add":{"path":"late.parquet","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}})" +
        "\n");
    ++replaced_commits_;
    trace_.Note(timeline_.now(), "trouble", fmt::format("replaces {}/{}", uri, path));
    break;
  }
  timeline_.At(timeline_.now() + duration, 0, [this] { PutCommitsBack(); });
}

void Simulation::PutCommitsBack() {
  for (const auto& [place, bytes] : replaced_) {
    auto& objects = StoreAt(place.first).objects();
    const auto there = objects.find(place.second);
    if (there == objects.end()) continue;  // cleaned away meanwhile, and the other commit with it
    there->second.bytes = bytes;
    trace_.Note(timeline_.now(), "trouble", fmt::format("puts {}/{} back", place.first, place.second));
  }
  replaced_.clear();
}

void Simulation::LoseMetadata(SimProcess& process, bool older) {
  if (process.alive()) End(process);
  if (older) {
    process.RestoreOlder();
  } else {
    process.durable().Clear();
  }
  facts_.Forget(process.actor().id);
  Restart(process, scenario_.restart_after_max);
}

void Simulation::AfterWrite(const Event& event) {
  if (event.created && event.area == Area::kStaging && facts_.BelowGroup(event.store->path).starts_with("data/")) {
    ++staged_objects_;
    staged_at_[event.store->path.text()] = timeline_.now();
  }
  if (!event.manifest) return;
  CountNamed(event);
  Damage(event);
  Forge(event);
}

// How the files of a new manifest came to be where it says.
void Simulation::CountNamed(const Event& event) {
  const TimeMs began = processes_[static_cast<size_t>(event.actor.id) - 1]->started();
  for (const auto& [name, table] : facts_.manifests.at(*event.manifest).tables) {
    for (const auto& [path, file] : table.files) {
      if (file.staged.empty()) continue;
      if (staged_at_[file.staged] < began) ++kept_leftovers_;
      if (!file.staged.ends_with("/" + path)) ++put_beside_;
    }
  }
}

// Flips a bit of something that a new manifest names, before anybody has read it.
void Simulation::Damage(const Event& event) {
  if (damages_left_ == 0 || healed_ || !chance_.Percent(50)) return;
  std::vector<std::string> named;
  const ManifestTruth& manifest = facts_.manifests.at(*event.manifest);
  for (const auto& [name, table] : manifest.tables) {
    for (const auto& [path, file] : table.files) {
      if (!file.staged.empty()) named.push_back(file.staged);
    }
    for (const std::string& part : table.parts) {
      named.push_back(fmt::format("{}/epochs/{}/parts/{}", scenario_.setup.group, EpochName(manifest.epoch), part));
    }
  }
  if (named.empty()) return;
  if (FlipBit(chance_.Pick(named))) --damages_left_;
}

// Flips a bit of what an attempt at an epoch left in staging. With two senders the other may have looked at it already,
// and so had one whose manifest is on its way.
void Simulation::DamageLeftover() {
  if (leftover_damages_left_ == 0 || healed_ || chance_.Percent(50) || timeline_.Waits(Timeline::kInFlight)) return;
  const auto senders = std::ranges::count_if(
      processes_, [](const std::unique_ptr<SimProcess>& process) { return process->actor().role == Role::kSender; });
  if (senders > 1) return;
  const int64_t next = facts_.manifests.empty() ? 1 : facts_.manifests.rbegin()->first + 1;
  const std::string data = fmt::format("{}/data/{}/", scenario_.setup.group, EpochName(next));
  std::vector<std::string> left;
  const auto& objects = StoreAt(scenario_.setup.staging_uri).objects();
  for (auto at = objects.lower_bound(data); at != objects.end() && at->first.starts_with(data); ++at) {
    left.push_back(at->first);
  }
  if (left.empty()) return;
  if (FlipBit(chance_.Pick(left))) --leftover_damages_left_;
}

bool Simulation::FlipBit(const std::string& path) {
  auto& objects = StoreAt(scenario_.setup.staging_uri).objects();
  const auto found = objects.find(path);
  if (found == objects.end() || found->second.bytes->empty()) return false;
  std::string bytes = *found->second.bytes;
  const auto at = static_cast<size_t>(chance_.Below(static_cast<int64_t>(bytes.size())));
  bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1 << chance_.Below(8)));
  found->second.bytes = std::make_shared<const std::string>(std::move(bytes));
  trace_.Note(timeline_.now(), "trouble", "flips a bit of " + path);
  return true;
}

void Simulation::Heal() {
  healed_ = true;
  trace_.Note(timeline_.now(), "world", "heals");
  PutCommitsBack();
  bool sender_kept = false;
  bool receiver_kept = false;
  // With two of a role, the first goes on.
  for (const auto& process : processes_) {
    bool& kept = process->actor().role == Role::kSender ? sender_kept : receiver_kept;
    HealProcess(*process, !kept);
    kept = true;
  }
  if (scenario_.final_runs) world_.StartFinalRuns();
}

void Simulation::HealProcess(SimProcess& process, bool keep) {
  process.gate().set_rates(FaultRates{});
  process.gate().set_strikes({});
  process.set_clock_offset(Millis(0));
  if (keep && process.alive() && scenario_.keep_running_when_healed) return;
  if (process.alive()) process.Kill();
  if (keep) Restart(process, scenario_.restart_after_max);
}

bool Simulation::Converged() const { return WhyNotConverged().empty(); }

std::string Simulation::WhyNotConverged() const {
  if (!facts_.foreign.empty()) return "nobody has noticed the commit of somebody else";
  if (facts_.manifests.empty()) return "nothing was ever staged";
  const ManifestTruth& newest = facts_.manifests.rbegin()->second;
  for (const SourceTable& table : world_.tables()) {
    const int64_t staged = newest.tables.at(table.name()).source_version;
    if (staged != table.newest()) {
      return fmt::format("table {} is at version {}, staged is {} (epoch {})", table.name(), table.newest(), staged,
                         newest.epoch);
    }
    if (!facts_.Equals(table.name(), table.newest())) {
      return fmt::format("table {}: the replica (version {}) is not the source's version {}", table.name(),
                         facts_.replicas[table.name()].read.state.version, table.newest());
    }
  }
  const auto receipt = facts_.receipts.find(newest.epoch);
  const bool came_true = facts_.forged.contains(newest.epoch) && receipt == facts_.receipts.end();
  if (!came_true && (receipt == facts_.receipts.end() || !receipt->second))
    return fmt::format("epoch {} has no receipt", newest.epoch);
  for (size_t i = 0; i < 2; ++i) {
    const auto recorded = facts_.processes.find(processes_[i]->actor().id);
    if (recorded != facts_.processes.end() && recorded->second.group_epoch == newest.epoch) continue;
    return fmt::format("the {}'s record of the group does not say that epoch {} is applied",
                       processes_[i]->actor().name, newest.epoch);
  }
  return WhatIsLeft();
}

std::string Simulation::WhatIsLeft() const {
  const auto& staged = facts_.objects(scenario_.setup.staging_uri);
  const std::string data = scenario_.setup.group + "/data/";
  const auto left = staged.lower_bound(data);
  if (left != staged.end() && left->first.starts_with(data)) return "data is left in staging: " + left->first;
  std::set<std::string> named;
  for (const auto& [epoch, manifest] : facts_.manifests) {
    const std::string folder = fmt::format("{}/epochs/{}/", scenario_.setup.group, EpochName(epoch));
    named.insert(folder + "manifest");
    for (const auto& [name, table] : manifest.tables) {
      for (const std::string& part : table.parts) named.insert(folder + "parts/" + part);
    }
  }
  const std::string epochs = scenario_.setup.group + "/epochs/";
  for (auto at = staged.lower_bound(epochs); at != staged.end() && at->first.starts_with(epochs); ++at) {
    if (!named.contains(at->first)) return "no manifest names what is left in staging: " + at->first;
  }
  return {};
}

Outcome Simulation::Result(std::string stuck) const {
  Outcome outcome;
  outcome.violation = referee_.violation();
  outcome.stuck = std::move(stuck);
  outcome.trace = trace_.digest();
  outcome.events = trace_.events();
  outcome.sender_writes = processes_[0]->gate().writes();
  outcome.receiver_writes = processes_[1]->gate().writes();
  outcome.epochs = static_cast<int64_t>(facts_.manifests.size());
  for (const auto& [epoch, applied] : facts_.receipts) outcome.refused += applied ? 0 : 1;
  for (const auto& [epoch, manifest] : facts_.manifests) outcome.unatomic += manifest.atomic ? 0 : 1;
  outcome.deaths = deaths_;
  outcome.mails = static_cast<int64_t>(mailbox_.mails.size());
  outcome.seconds = seconds_;
  outcome.foreign = foreign_;
  outcome.foreign_named = foreign_named_;
  outcome.harmless = harmless_;
  outcome.errors = facts_.errors;
  outcome.staged_objects = staged_objects_;
  outcome.kept_leftovers = kept_leftovers_;
  outcome.put_beside = put_beside_;
  outcome.taken_over_parts = source_stores_.taken_over_parts() + region_stores_.taken_over_parts();
  for (const auto& process : processes_) {
    const StoreFaults& met = process->gate().met();
    outcome.store_faults.slow += met.slow;
    outcome.store_faults.torn += met.torn;
    outcome.store_faults.replaced += met.replaced;
    outcome.store_faults.behind += met.behind;
    outcome.store_faults.asked_to_wait += met.asked_to_wait;
  }
  outcome.replaced_commits = replaced_commits_;
  outcome.forged = static_cast<int64_t>(facts_.forged.size());
  outcome.found_otherwise = static_cast<int64_t>(facts_.found_otherwise.size());
  std::string held;
  for (const std::string& table : SourceWorld::TableNames()) {
    for (const auto& [path, object] : facts_.objects(SourceWorld::TargetUri(table))) {
      if (!path.starts_with("_delta_log/")) held += fmt::format("{}/{} {}\n", table, path, Crc64Of(*object.bytes));
    }
    for (const auto& [key, file] : facts_.replicas[table].read.state.files) held += file.facts + "\n";
  }
  outcome.replica_digest = Crc64Of(held);
  return outcome;
}

}  // namespace lakeferry::sim
