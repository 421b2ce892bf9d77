// World: two regions in memory with one clock, for tests of the engine: source tables with a small Delta writer, a
// group over them, and both roles' workers. One thread, but under ThreadSanitizer, where what the daemon gives to a
// pool is given to one.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "delta/snapshot.h"
#include "engine/receive/group_receiver.h"
#include "engine/send/group_sender.h"
#include "tests/delta/delta_matchers.h"
#include "tests/support/line_checkpoints.h"
#include "tests/support/memory_scratch.h"
#include "tests/support/memory_state_store.h"
#include "tests/support/memory_store.h"
#include "tests/support/run_task.h"
#include "tests/support/snapshot_builder.h"

namespace lakeferry::engine {

#if __has_feature(thread_sanitizer)
inline constexpr bool kRealPools = true;
#else
inline constexpr bool kRealPools = false;  // the order of effects is one, test by test
#endif

using delta::FailedWith;
using delta::Succeeded;

// Time that tests move. A sleep passes at once, and time with it, and is noted.
class TestClock : public Clock {
 public:
  void Advance(Millis duration) { now_ += duration; }
  void Set(TimeMs now) { now_ = now; }
  std::vector<Millis> sleeps;
  std::function<void()> on_sleep;

  [[nodiscard]] TimeMs WallTime() const override { return now_; }
  [[nodiscard]] Millis Monotonic() const override { return now_.time_since_epoch(); }
  Task<void> SleepFor(Call call, Millis duration) override;

 private:
  TimeMs now_ = FromEpochMs(1'700'000'000'000);
};

// Of every group.
class TestWorkflows : public WorkflowSource, public WorkflowSources {
 public:
  std::set<std::string> asked_for;               // groups
  std::vector<std::optional<Millis>> deadlines;  // of the calls
  std::map<std::string, std::vector<Run>> runs;
  std::optional<Error> failure;
  // What its clock says; absent: that of the world.
  std::function<std::optional<TimeMs>()> present;
  Task<Result<std::vector<Run>>> RunsSince(Call call, std::string workflow, TimeMs since) override;
  Task<Result<std::optional<TimeMs>>> PresentTime(Call call) override;
  [[nodiscard]] WorkflowSource& Of(const std::string& group) override;
  [[nodiscard]] std::string_view name() const override { return "test runs"; }
  [[nodiscard]] std::string HowToCorrect(const Run& run) const override { return "ask who runs " + run.run_id; }
  [[nodiscard]] std::string HowToEnter(const std::string& workflow) const override { return "run " + workflow; }
};

// Keeps what was told, in the words of a mail.
class TestNotifier : public Notifier {
 public:
  struct Told {
    std::vector<std::string> to;
    std::string subject;
    std::string body;
  };
  std::vector<Told> sent;
  std::optional<Error> failure;
  int attempts = 0;
  Task<Status> Send(Call call, Incident incident) override;
  Task<Status> Ready(Call call) override;
};

class TestLogger : public Logger {
 public:
  std::vector<std::string> lines;  // "event key=value key=value"
  void Write(LogLevel level, std::string_view event, std::vector<LogField> fields) override;
  [[nodiscard]] bool Has(std::string_view text) const;
};

// A table in one store, and what a Delta writer does to it. Each commit moves the clock by a second before and after.
class TestTable {
 public:
  TestTable(MemoryStore* store, TestClock* clock) : store_(store), clock_(clock) {}

  // Version 0 with protocol and metadata. `properties` and `protocol` as in the log.
  void Create(std::string_view properties = "", std::string_view protocol = "");
  // Writes the next version: a commitInfo that names `run` (unless empty), then `lines`.
  Version Commit(const std::vector<std::string>& lines, const std::string& run = {});
  // Writes a data file and returns its add line.
  std::string Add(const std::string& path, const std::string& more = "");
  // An add line of a file that is there already: it keeps its time, as writers do.
  std::string AddAgain(const std::string& path, const std::string& more = "");
  static std::string Remove(const std::string& path, const std::string& more = "");
  // What log clean-up leaves: a checkpoint at the newest version, and no commit before it.
  void CleanLog();

  [[nodiscard]] MemoryStore& store() { return *store_; }
  [[nodiscard]] Version newest() const { return Version(next_ - 1); }
  [[nodiscard]] static std::string LogName(int64_t version);
  int64_t next_ = 0;
  std::map<std::string, TimeMs> written_;  // by path: the modification time its adds say

 private:
  MemoryStore* store_;
  TestClock* clock_;
};

class World {
 public:
  // A group "orders" of these tables; `mode` of both roles. `copies`: at once; absent: few.
  explicit World(std::vector<std::string> tables = {"t"}, delta::ReplicationMode mode = delta::ReplicationMode::kClone,
                 std::optional<int> copies = {});

  // Runs one coroutine on the world's loop until it ends, and whatever else is ready with it.
  template <typename T>
  T Run(Task<T> task) {
    return RunTask(std::move(task), loop);
  }

  MemoryStore& source(const std::string& table = "t") { return stores.At("mem://west/" + table); }
  MemoryStore& target(const std::string& table = "t") { return stores.At("mem://east/" + table); }
  MemoryStore& staging() { return stores.At("mem://east/staging"); }
  TestTable& table(const std::string& name = "t") { return tables_.at(name); }

  // A run of the workflow "nightly" that begins, writes and ends now.
  void InRun(const std::string& run_id, const std::function<void()>& write, RunState state = RunState::kSuccess);
  // A run that creates every table, or adds the file `path` to every table.
  void CreateAll(const std::string& run_id = "r0");
  void AppendAll(const std::string& run_id, const std::string& path);

  // One pass of either role, by a worker that lives until Restart.
  Result<PassResult> Send();
  Result<PassResult> Receive(std::stop_token stop = {});
  // What a new process would know.
  void Restart();
  // CreateAll, one epoch sent and received.
  void FirstEpoch();

  // Paths of the live files of a table, with "#vector" where they have one.
  std::vector<std::string> Live(MemoryStore& store);
  delta::FullSnapshot SnapshotOf(MemoryStore& store);
  // Every live file of the source is live at the target, with the same bytes there.
  void ExpectSame(const std::string& table = "t");
  std::string Text(MemoryStore& store, const std::string& path);
  // Objects below a prefix of staging.
  std::vector<std::string> Staged(const std::string& prefix);
  plan::Manifest ManifestOf(int64_t epoch);
  std::optional<plan::Receipt> ReceiptOf(int64_t epoch);

  boost::asio::io_context loop;
  TestClock clock;
  MemoryStoreFactory stores{&clock};
  MemoryStateStore west_state;
  MemoryStateStore east_state;
  TestWorkflows workflows;
  TestNotifier notifier;
  TestLogger log;
  MemoryScratch scratch;
  plan::GroupSpec spec;  // of workers that are made after it is changed
  Environment west;
  Environment east;
  std::unique_ptr<GroupSender> sender;
  std::unique_ptr<GroupReceiver> receiver;

 private:
  class Dice : public Random {
   public:
    uint64_t Next() override { return 0; }
  };
  class Utc : public plan::ZoneRules, public plan::ZoneSource {
   public:
    [[nodiscard]] plan::LocalMs ToLocal(TimeMs time) const override { return plan::LocalMs(time.time_since_epoch()); }
    [[nodiscard]] TimeMs ToUtc(plan::LocalMs local) const override { return TimeMs(local.time_since_epoch()); }
    [[nodiscard]] Result<std::shared_ptr<const plan::ZoneRules>> Find(const std::string& name) const override;
  };

  Dice dice_;
  LineCheckpointReader checkpoints_;
  LineCheckpointWriter checkpoint_writer_;
  Utc zones_;
  CopySlots slots_;
  std::map<std::string, TestTable> tables_;
  std::optional<boost::asio::thread_pool> pool_;
  std::optional<boost::asio::thread_pool> cores_;
};

}  // namespace lakeferry::engine
