#include "tests/sim/world/scenario.h"

#include <fmt/format.h>

#include <algorithm>

namespace lakeferry::sim {
namespace {

FaultRates DrawRates(SimRandom& random) {
  FaultRates rates;
  rates.latency_max_ms = random.Percent(30) ? 0 : random.Between(1, random.Percent(20) ? 3'000 : 400);
  if (random.Percent(50)) rates.unavailable = random.Between(0, 30);
  if (random.Percent(30)) rates.throttled = random.Between(0, 30);
  if (random.Percent(40)) rates.lost = random.Between(0, 40);
  if (random.Percent(40)) rates.lost_applied = random.Between(0, 40);
  if (random.Percent(25)) rates.late = random.Between(0, 30);
  if (random.Percent(60)) rates.crash = random.Between(0, 40);
  if (random.Percent(30)) rates.save_fails = random.Between(0, 60);
  return rates;
}

// What stores do with reads and time; drawn by themselves, so that a seed's other faults stay what they are.
void DrawStoreFaults(SimRandom random, FaultRates& rates) {
  if (random.Percent(15)) rates.slow = random.Between(1, 10);
  if (random.Percent(30)) rates.torn = random.Between(1, 40);
  if (random.Percent(30)) rates.replaced = random.Between(1, 20);
  if (random.Percent(30)) rates.behind = random.Between(1, 100);
}

// Clocks of stores, of the scheduler and of the daemons, none of which agree: the margin is measured.
void DrawClocks(SimRandom& random, Scenario& scenario) {
  const auto draw = [&](int64_t most) { return Millis(random.Between(-most, most)); };
  const int64_t most = random.Percent(50) ? 900 : 12'000;
  scenario.setup.clock_skew_margin.reset();
  scenario.region_clock_offset = draw(most);
  scenario.world.run_clock_offset = draw(most);
  scenario.whole_seconds = random.Percent(40);
  scenario.world.runs_in_whole_seconds = random.Percent(40);
  // Either the sources' store is the staging location's, or another that is kept in step with it, which nobody can
  // check.
  if (random.Percent(60)) {
    scenario.setup.staging_uri = "mem://primary/staging";
    scenario.source_clock_offset = draw(most);
  } else {
    scenario.source_clock_offset = scenario.region_clock_offset + draw(900);
  }
  // The clock of those who write times into their commits is nobody's of these.
  scenario.world.kind.in_commit_timestamps = false;
}

void DrawWorld(SimRandom& random, Scenario& scenario) {
  WorldOptions& world = scenario.world;
  world.workflows = static_cast<int>(random.Below(10) == 0 ? 0 : 1 + random.Below(3));
  world.runs = static_cast<int>(random.Between(2, 5));
  world.ids_in_commits = random.Percent(50);
  if (random.Percent(40)) {
    world.gap_min = Millis(random.Between(1, 10'000));
    world.gap_max = world.gap_min + Millis(random.Between(1'000, 60'000));
  }
  world.tables_made_by_run = random.Percent(40);
  world.fail_percent = random.Percent(50) ? random.Between(0, 40) : 0;
  world.endless_percent = random.Percent(20) ? random.Between(0, 30) : 0;
  world.adjoining_percent = random.Percent(30) ? random.Between(0, 60) : 0;
  world.maintenance_percent = random.Percent(50) ? random.Between(0, 40) : 0;
  world.vacuum = random.Percent(25);
  world.kind.partitioned = random.Percent(50);
  world.kind.vectors = random.Percent(40);
  world.kind.checkpoints = random.Percent(30);
  world.kind.in_commit_timestamps = random.Percent(15);
  if (random.Percent(30)) {
    const int64_t margin = random.Between(500, 6'000);
    scenario.setup.clock_skew_margin = Millis(margin);
    scenario.source_clock_offset = Millis(random.Between(-margin, margin));
  } else if (random.Percent(60)) {
    DrawClocks(random, scenario);
  }
  scenario.setup.workflows = world.workflows;
  // Near enough to the length of a run and its gap that many a forced cut falls into a run, or between two.
  if (random.Percent(40)) scenario.setup.force_sync_after = Millis(random.Between(10'000, 150'000));
}

void DrawTroubles(SimRandom& random, Scenario& scenario) {
  const Millis span = (scenario.world.gap_max + Millis(40'000)) * scenario.world.runs;
  const auto when = [&] { return Millis(random.Between(0, span.count())); };
  const auto add = [&](TroubleKind kind, Millis amount) {
    scenario.troubles.push_back({.after = when(), .kind = kind, .sender = random.Percent(50), .amount = amount});
  };
  for (int64_t n = random.Between(0, 3); n > 0; --n)
    add(random.Percent(50) ? TroubleKind::kKill : TroubleKind::kDrain, {});
  if (random.Percent(30)) {
    for (int64_t n = random.Between(1, 2); n > 0; --n) add(TroubleKind::kLoseMetadata, {});
  }
  if (random.Percent(30)) {
    for (int64_t n = random.Between(1, 2); n > 0; --n) {
      add(TroubleKind::kKeepCopy, {});
      add(TroubleKind::kOlderMetadata, {});
    }
  }
  if (random.Percent(25)) {
    for (int64_t n = random.Between(1, 3); n > 0; --n) {
      add(TroubleKind::kClockStep, Millis(random.Between(-7'200'000, 7'200'000)));
    }
  }
  if (random.Percent(20)) add(TroubleKind::kSecondSender, {});
  if (random.Percent(20)) add(TroubleKind::kSecondReceiver, {});
  if (random.Percent(20)) add(TroubleKind::kPauseReceiver, Millis(random.Between(100'000, 600'000)));
}

// Somebody else acts between two effects of either process.
void DrawMeetings(SimRandom random, Scenario& scenario) {
  const auto strike = [&](Blow blow, Millis held) {
    return Strike{.write = random.Between(1, 200), .blow = blow, .held = held};
  };
  const auto pause = [&] { return Millis(random.Between(1'000, 200'000)); };
  if (random.Percent(15)) scenario.sender_strikes.push_back(strike(Blow::kMeetSecond, pause()));
  if (random.Percent(15)) scenario.receiver_strikes.push_back(strike(Blow::kMeetSecond, pause()));
  if (random.Percent(20)) scenario.receiver_strikes.push_back(strike(Blow::kMeetForeign, {}));
  if (scenario.setup.mirror || !random.Percent(30)) return;
  // Early, while there is work: a receiver that has nothing to do writes nothing that it could come between.
  for (int64_t n = random.Between(1, 3); n > 0; --n) {
    scenario.receiver_strikes.push_back({.write = random.Between(1, 80), .blow = Blow::kMeetHarmless, .held = {}});
  }
}

}  // namespace

Scenario TwoEpochs(bool mirror, uint64_t seed) {
  Scenario scenario;
  scenario.seed = seed;
  scenario.setup.mirror = mirror;
  scenario.world.runs = 2;
  scenario.world.commits_per_table_max = 2;
  scenario.world.kind = TableKind{.partitioned = true, .vectors = true, .checkpoints = mirror};
  scenario.world.gap_min = Millis(300'000);
  scenario.world.gap_max = Millis(301'000);
  scenario.final_runs = false;
  scenario.keep_running_when_healed = true;
  return scenario;
}

Scenario RandomScenario(uint64_t seed) {
  SimRandom random = SimRandom::For(seed, "scenario");
  Scenario scenario;
  scenario.seed = seed;
  scenario.setup.mirror = random.Percent(50);
  DrawWorld(random, scenario);
  scenario.sender_rates = DrawRates(random);
  scenario.receiver_rates = DrawRates(random);
  DrawTroubles(random, scenario);
  scenario.poll = Millis(random.Between(2'000, 60'000));
  scenario.world.kind.row_tracking = random.Percent(30);
  // A mirror of such a table is held.
  scenario.world.kind.reuses_names = !scenario.setup.mirror && random.Percent(25);
  if (random.Percent(25)) scenario.damaged_objects = random.Between(1, 3);
  scenario.keep_running_when_healed = random.Percent(40);
  if (random.Percent(40)) scenario.damaged_leftovers = random.Between(1, 4);
  // A table that is staged whole meanwhile would go over as it is then.
  if (scenario.damaged_objects == 0 && random.Percent(15)) {
    scenario.troubles.push_back({.after = Millis(random.Between(60'000, 600'000)),
                                 .kind = TroubleKind::kReplaceCommit,
                                 .amount = Millis(random.Between(60'000, 900'000))});
  }
  DrawMeetings(SimRandom::For(seed, "meetings"), scenario);
  DrawStoreFaults(SimRandom::For(seed, "stores of the sender"), scenario.sender_rates);
  DrawStoreFaults(SimRandom::For(seed, "stores of the receiver"), scenario.receiver_rates);
  SimRandom forgeries = SimRandom::For(seed, "forgeries");
  if (forgeries.Percent(25)) scenario.forged_receipts = forgeries.Between(1, 3);
  SimRandom lies = SimRandom::For(seed, "lies");
  // Of a replaced commit and of a lie at once, replays tell that the logs are not the same, and somebody has to look.
  const bool replaced = std::ranges::any_of(
      scenario.troubles, [](const TroublePlan& trouble) { return trouble.kind == TroubleKind::kReplaceCommit; });
  if (!replaced && lies.Percent(20)) scenario.world.kind.lies_percent = lies.Between(5, 40);
  scenario.setup.direct = SimRandom::For(seed, "placement").Percent(30);
  return scenario;
}

std::string Describe(const Scenario& scenario) {
  const WorldOptions& world = scenario.world;
  std::string text = fmt::format(
      "{} mode, {} workflows of {} runs, {}, margin {} ms, source clock off by {} ms, poll {} ms, damaged {} and {}, "
      "forged {}",
      scenario.setup.mirror ? "mirror" : "clone", world.workflows, world.runs,
      world.ids_in_commits ? "run ids in commits" : "times only",
      scenario.setup.clock_skew_margin.value_or(Millis(-1)).count(), scenario.source_clock_offset.count(),
      scenario.poll.count(), scenario.damaged_objects, scenario.damaged_leftovers, scenario.forged_receipts);
  if (scenario.setup.force_sync_after)
    text += fmt::format(", forced after {} ms", scenario.setup.force_sync_after->count());
  if (!scenario.setup.clock_skew_margin) {
    text += fmt::format(", replicas' clock off by {} ms, the scheduler's by {} ms, whole seconds {} and {}, staging {}",
                        scenario.region_clock_offset.count(), world.run_clock_offset.count(), scenario.whole_seconds,
                        world.runs_in_whole_seconds, scenario.setup.staging_uri);
  }
  if (world.vacuum) text += ", vacuum";
  if (world.kind.checkpoints) text += ", checkpoints";
  if (world.kind.vectors) text += ", deletion vectors";
  if (world.kind.in_commit_timestamps) text += ", in-commit timestamps";
  if (world.kind.row_tracking) text += ", row tracking";
  if (world.kind.reuses_names) text += ", names used again";
  if (world.kind.lies_percent > 0) text += fmt::format(", {} % of removes lie", world.kind.lies_percent);
  for (const TroublePlan& trouble : scenario.troubles) {
    text += fmt::format("\n  trouble {} of the {} at {} s, {} ms", static_cast<int>(trouble.kind),
                        trouble.sender ? "sender" : "receiver", trouble.after.count() / 1'000, trouble.amount.count());
  }
  const auto add_strikes = [&text](std::string_view role, const std::vector<Strike>& strikes) {
    for (const Strike& strike : strikes) {
      text += fmt::format("\n  write {} of the {} {}, held for {} ms", strike.write, role, BlowName(strike.blow),
                          strike.held.count());
    }
  };
  add_strikes("sender", scenario.sender_strikes);
  add_strikes("receiver", scenario.receiver_strikes);
  return text;
}

}  // namespace lakeferry::sim
