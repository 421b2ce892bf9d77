#include "tests/sim/world/source_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace lakeferry::sim {

SourceWorld::SourceWorld(Timeline* timeline, Trace* trace, uint64_t seed, WorldOptions options,
                         const std::function<MemoryStore&(const std::string&)>& open)
    : timeline_(timeline), trace_(trace), options_(std::move(options)), random_(SimRandom::For(seed, "world")) {
  ledger_.SetClock(options_.run_clock_offset, options_.runs_in_whole_seconds);
  for (const std::string& name : TableNames()) {
    TableKind kind = options_.kind;
    kind.partitioned = kind.partitioned && name == "mart.gold";
    tables_.emplace_back(name, &open(SourceUri(name)), kind, SimRandom::For(seed, name));
  }
}

const SourceTable& SourceWorld::table(const std::string& name) const {
  const auto it = std::ranges::find(tables_, name, &SourceTable::name);
  LF_CHECK(it != tables_.end(), "every table of the world has one of three names");
  return *it;
}

Millis SourceWorld::Pause(Millis low, Millis high) { return Millis(random_.Between(low.count(), high.count())); }

void SourceWorld::Start() {
  if (!options_.tables_made_by_run) {
    for (SourceTable& table : tables_) table.Create(timeline_->now(), Author{}, random_.Percent(50));
  }
  const int lives = std::max(1, options_.workflows);
  for (int workflow = 1; workflow <= lives; ++workflow) {
    unfinished_ += options_.runs;
    timeline_->At(timeline_->now() + Pause(Millis(1), options_.gap_max), 0, [this, workflow] { Script(workflow, 1); });
  }
}

void SourceWorld::Script(int workflow, int number) {
  if (number > options_.runs) return;
  StartRun(workflow, number, false, [this, workflow, number] {
    if (random_.Percent(options_.adjoining_percent)) return Script(workflow, number + 1);
    const Millis gap = Pause(options_.gap_min, options_.gap_max);
    timeline_->At(timeline_->now() + gap, 0, [this, workflow, number] { Script(workflow, number + 1); });
  });
}

void SourceWorld::StartFinalRuns() {
  unfinished_ += std::max(1, options_.workflows);
  FinalRun(1);
}

void SourceWorld::FinalRun(int workflow) {
  if (workflow > std::max(1, options_.workflows)) return;
  timeline_->At(timeline_->now() + options_.gap_max, 0, [this, workflow] {
    StartRun(workflow, final_number_++, true, [this, workflow] { FinalRun(workflow + 1); });
  });
}

std::string SourceWorld::IdFields(const std::string& run_id) {
  if (!options_.ids_in_commits || options_.workflows == 0) return {};
  switch (random_.Below(4)) {
    case 0: return fmt::format(R"("userMetadata":"{}")", run_id);
    case 1: return fmt::format(R"("userMetadata":"{{\"run\":\"{}\",\"by\":\"scheduler\"}}")", run_id);
    case 2: return fmt::format(R"("job":{{"jobId":"7","runId":"{}"}})", run_id);
    default: return fmt::format(R"("schedulerRun":"{}")", run_id);
  }
}

void SourceWorld::StartRun(int workflow, int number, bool final, std::function<void()> after) {
  RunPlan plan{.workflow = workflow,
               .run_id = fmt::format("w{}-run-{}", workflow, number),
               .author = {},
               .fate = Fate::kSuccess,
               .writes = {},
               .after = std::move(after)};
  if (!final && random_.Percent(options_.fail_percent)) plan.fate = Fate::kFailure;
  if (!final && random_.Percent(options_.endless_percent)) plan.fate = Fate::kEndless;
  if (options_.workflows > 0) {
    plan.author = Author{.workflow = WorkflowName(workflow), .run_id = plan.run_id, .info = IdFields(plan.run_id)};
  }
  std::vector<size_t> order{0, 1, 2};
  if (random_.Percent(50)) random_.Shuffle(order);
  for (const size_t table : order) {
    for (int64_t n = random_.Between(1, options_.commits_per_table_max); n > 0; --n) plan.writes.push_back(table);
  }
  if (plan.fate != Fate::kSuccess) {
    const auto kept = static_cast<size_t>(random_.Below(static_cast<int64_t>(plan.writes.size())));
    plan.writes.resize(kept);
  }
  Record(plan, RunState::kRunning);
  timeline_->At(timeline_->now() + Pause(Millis(1), Millis(4'000)), 0,
                [this, plan = std::move(plan)]() mutable { Step(std::move(plan)); });
}

void SourceWorld::Record(const RunPlan& plan, RunState state) {
  if (options_.workflows == 0) return;
  const auto& runs = ledger_.runs();
  const auto known = runs.find(std::pair(WorkflowName(plan.workflow), plan.run_id));
  Run run{.workflow = WorkflowName(plan.workflow),
          .run_id = plan.run_id,
          .start = ledger_.TimeAt(timeline_->now()),
          .end = {},
          .state = state};
  if (known != runs.end()) run.start = known->second.start;
  if (state != RunState::kRunning) {
    run.end = ledger_.TimeAt(timeline_->now());
    run.end_slack = ledger_.end_slack();
  }
  trace_->Note(timeline_->now(), "world", fmt::format("run {} {}", run.run_id, RunStateName(state)));
  ledger_.Put(std::move(run));
}

void SourceWorld::WriteTo(SourceTable& table, const Author& author) {
  table.CommitAny(timeline_->now(), author);
  trace_->Note(timeline_->now(), "world",
               fmt::format("commit {} version {} by '{}'", table.name(), table.newest(), author.run_id));
}

void SourceWorld::Maintain() {
  SourceTable& table = tables_[static_cast<size_t>(random_.Below(3))];
  if (!table.exists()) return;
  if (table.kind().checkpoints && random_.Percent(60)) {
    table.Checkpoint();
    if (random_.Percent(50)) table.CleanLog();
    trace_->Note(timeline_->now(), "world", "checkpoint " + table.name());
    return;
  }
  if (options_.vacuum && random_.Percent(50)) {
    table.Vacuum();
    trace_->Note(timeline_->now(), "world", "vacuum " + table.name());
    return;
  }
  table.Commit(timeline_->now(), Author{}, SourceTable::Change::kOptimize);
  trace_->Note(timeline_->now(), "world", fmt::format("optimize {} version {}", table.name(), table.newest()));
}

void SourceWorld::Step(RunPlan plan) {
  if (plan.writes.empty()) return EndRun(std::move(plan));
  if (random_.Percent(options_.maintenance_percent)) {
    Maintain();
  } else {
    WriteTo(tables_[plan.writes.front()], plan.author);
    plan.writes.pop_front();
  }
  timeline_->At(timeline_->now() + Pause(Millis(2), Millis(3'000)), 0,
                [this, next = std::move(plan)]() mutable { Step(std::move(next)); });
}

void SourceWorld::EndRun(RunPlan plan) {
  const std::function<void()> after = plan.after;
  if (plan.fate == Fate::kEndless) {
    timeline_->At(timeline_->now() + Millis(1'800'000), 0, [this, dead = std::move(plan)] {
      Record(dead, RunState::kFailed);
      --unfinished_;
    });
  } else {
    Record(plan, plan.fate == Fate::kSuccess ? RunState::kSuccess : RunState::kFailed);
    --unfinished_;
  }
  after();
}

}  // namespace lakeferry::sim
