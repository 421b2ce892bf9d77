// SourceWorld: the primary region's life: workflows whose runs write all three tables, maintenance between them, and
// the ledger that knows the runs. Between runs the tables carry equal run numbers; during a run they do not. One
// thread.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "tests/sim/world/sim_state.h"
#include "tests/sim/world/source_table.h"

namespace lakeferry::sim {

struct WorldOptions {
  int workflows = 1;           // 0: nobody records runs
  int runs = 4;                // of each workflow
  bool ids_in_commits = true;  // false: only times tell whose a commit is
  bool tables_made_by_run = false;
  int64_t fail_percent = 0;
  int64_t endless_percent = 0;      // runs whose end nobody records for half an hour
  int64_t adjoining_percent = 0;    // runs that start in the millisecond in which the one before ended
  int64_t maintenance_percent = 0;  // commits of nobody's run between two of a run
  bool vacuum = false;
  Millis run_clock_offset{0};          // of the scheduler's clock
  bool runs_in_whole_seconds = false;  // its times have the fraction cut off
  TableKind kind;
  Millis gap_min{30'000};
  Millis gap_max{120'000};
  int64_t commits_per_table_max = 3;
};

class SourceWorld {
 public:
  // `open` gives the store of a table's root; `store_clock` dates what is written there.
  SourceWorld(Timeline* timeline, Trace* trace, uint64_t seed, WorldOptions options,
              const std::function<MemoryStore&(const std::string&)>& open);

  // Begins the workflows' lives.
  void Start();
  // True once every run has ended and been recorded.
  [[nodiscard]] bool Finished() const { return unfinished_ == 0; }
  // One last successful run of every workflow, one after another, from now on.
  void StartFinalRuns();

  [[nodiscard]] static std::vector<std::string> TableNames() { return {"raw.bronze", "core.silver", "mart.gold"}; }
  [[nodiscard]] static std::string SourceUri(const std::string& table) { return "mem://primary/lake/" + table; }
  [[nodiscard]] static std::string TargetUri(const std::string& table) { return "mem://secondary/lake/" + table; }
  [[nodiscard]] static std::string WorkflowName(int number) { return "workflow_" + std::to_string(number); }

  [[nodiscard]] const std::vector<SourceTable>& tables() const { return tables_; }
  [[nodiscard]] const SourceTable& table(const std::string& name) const;
  [[nodiscard]] const SimLedger& ledger() const { return ledger_; }

 private:
  enum class Fate { kSuccess, kFailure, kEndless };
  struct RunPlan {
    int workflow = 1;
    std::string run_id;
    Author author;
    Fate fate = Fate::kSuccess;
    std::deque<size_t> writes;  // tables, in the order of the commits
    std::function<void()> after;
  };
  void StartRun(int workflow, int number, bool final, std::function<void()> after);
  void Step(RunPlan plan);
  void EndRun(RunPlan plan);
  void Record(const RunPlan& plan, RunState state);
  void WriteTo(SourceTable& table, const Author& author);
  void Maintain();
  void Script(int workflow, int number);
  void FinalRun(int workflow);
  [[nodiscard]] std::string IdFields(const std::string& run_id);
  Millis Pause(Millis low, Millis high);

  Timeline* timeline_;
  Trace* trace_;
  WorldOptions options_;
  SimRandom random_;
  SimLedger ledger_;
  std::vector<SourceTable> tables_;
  int unfinished_ = 0;
  int final_number_ = 1'000;
};

}  // namespace lakeferry::sim
