// Each call that a pass makes, failed once: the error of any of them is the error of the pass, and once it is gone the
// pass comes to what it would have come to.
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "engine/inquire/verifier.h"
#include "engine/run/pass_runner.h"
#include "tests/engine/world.h"
#include "tests/support/slow_build.h"

namespace lakeferry::engine {
namespace {

using delta::ReplicationMode;

// What decides is tried call by call in a build as it is delivered; under a sanitizer some of them show the rest.
constexpr int64_t kStep = kSlowBuild ? 19 : 1;

// How a call fails: with an error, or because nothing of that size can be allocated.
enum class Failing { kWithAnError, kForLackOfMemory };

// Fails the `nth` call of any store or either metadata store, from its making on.
class Fault {
 public:
  Fault(World& world, int64_t nth, Failing failing = Failing::kWithAnError)
      : world_(world), state_(std::make_shared<State>(State{.nth = nth})) {
    auto count = [state = state_, failing](std::string what) -> Status {
      if (++state->count != state->nth) return {};
      state->what = std::move(what);
      if (failing == Failing::kForLackOfMemory) throw std::bad_alloc();
      return Fail(ErrorCode::kUnavailable, "planted");
    };
    auto call = [count](std::string uri, StoreOperation operation, ObjectPath path) -> Task<Status> {
      co_return count(std::string(StoreOperationName(operation)) + " " + uri + "/" + path.text());
    };
    world_.stores.set_hooks({.before_effect = call, .after_effect = {}});
    auto save = [count]() -> Task<Status> { co_return count("save"); };
    auto read = [count]() -> Task<Status> { co_return count("read"); };
    const MemoryStateStore::Hooks hooks{.before_save = save, .after_save = {}, .before_read = read};
    world_.west_state.set_hooks(hooks);
    world_.east_state.set_hooks(hooks);
  }
  ~Fault() { Lift(); }
  Fault(const Fault&) = delete;
  Fault& operator=(const Fault&) = delete;

  void Lift() {
    world_.stores.set_hooks({});
    world_.west_state.set_hooks({});
    world_.east_state.set_hooks({});
  }
  // What failed; empty for nothing, because there were not so many calls.
  [[nodiscard]] const std::string& what() const { return state_->what; }

 private:
  struct State {
    int64_t nth = 0;
    int64_t count = 0;
    std::string what;
  };
  World& world_;
  std::shared_ptr<State> state_;
};

std::string ErrorText(const Error& error) { return ToString(error); }

// A life of the group up to a pass, and that pass.
struct Story {
  std::string name;
  std::function<void(World&)> before;
  std::function<Status(World&)> pass;
};

Status SenderPass(World& world) {
  const auto sent = world.Send();
  return sent ? Status{} : Status(std::unexpected(sent.error()));
}
Status ReceiverPass(World& world) {
  const auto received = world.Receive();
  return received ? Status{} : Status(std::unexpected(received.error()));
}
Status PlanPass(World& world) {
  const auto planned = world.Run(world.sender->Plan({}));
  return planned ? Status{} : Status(std::unexpected(planned.error()));
}
Status VerifyPass(World& world) {
  Verifier verifier(world.east, world.spec);
  const auto report = world.Run(verifier.Verify({}, true));
  return report ? Status{} : Status(std::unexpected(report.error()));
}

// Both tables get all kinds of lines: a file more, one less, a transaction, a domain.
void ChangeBoth(World& world, const std::string& run) {
  world.InRun(run, [&] {
    for (const auto* name : {"a", "b"}) {
      TestTable& table = world.table(name);
      table.Commit({table.Add(run), table.Add(run + "-more")});
      table.Commit({TestTable::Remove(run + "-more"), TestTable::Remove("f0"),
                    table.AddAgain("g0", R"(,"tags":{"of":")" + run + "\"}"),
                    R"({"txn":{"appId":"stream","version":7}})",
                    R"({"domainMetadata":{"domain":"d","configuration":"{}","removed":false}})"});
    }
  });
}

// Small parts, so that there are several of them, and pieces of a commit.
void MakeSmall(World& world) {
  world.west.limits.manifest_part_bytes = 200;
  world.west.limits.copy_buffer_bytes = 300;
  world.east.limits.copy_buffer_bytes = 300;
  world.Restart();
}

void CreateBoth(World& world) {
  MakeSmall(world);
  world.InRun("r0", [&] {
    for (const auto* name : {"a", "b"}) {
      TestTable& table = world.table(name);
      table.Create("", R"({"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["domainMetadata"]})");
      table.Commit({table.Add("f0"), table.Add("g0")});
    }
  });
}

void Must(const Status& done) { EXPECT_THAT(done, Succeeded()); }

// One epoch everywhere, and a change at the source.
void OneEpoch(World& world) {
  CreateBoth(world);
  Must(SenderPass(world));
  Must(ReceiverPass(world));
  ChangeBoth(world, "r1");
}

void OneStaged(World& world) {
  OneEpoch(world);
  Must(SenderPass(world));
}

void LoseMemory(World& world) {
  world.west_state.Clear();
  world.east_state.Clear();
  world.Restart();
}

// The receiver died between the tables' commits.
void HalfApplied(World& world) {
  OneStaged(world);
  auto crash = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kCommit) co_return Fail(ErrorCode::kUnavailable, "crash");
    co_return Status{};
  };
  auto place = [](std::string, StoreOperation, ObjectPath) -> Task<Status> { co_return Status{}; };
  world.target("b").set_hooks({.before_effect = crash, .after_effect = place});
  EXPECT_FALSE(ReceiverPass(world));
  world.target("b").set_hooks({});
  world.Restart();
}

// The receiver refused an epoch whose data was damaged.
void RefusedEpoch(World& world) {
  OneStaged(world);
  for (auto& [path, object] : world.staging().objects()) {
    if (path.starts_with("orders/data/") && path.ends_with("/r1")) {
      object.bytes = std::make_shared<const std::string>(*object.bytes + "!");
    }
  }
  EXPECT_THAT(ReceiverPass(world), FailedWith(ErrorCode::kCorruptData, "not what left"));
  world.Restart();
  ChangeBoth(world, "r2");
}

void GoneTarget(World& world) {
  OneStaged(world);
  world.target("b").objects().clear();
}

// What was asked for whole, at a replica that stands.
void RestagedWhole(World& world) {
  OneStaged(world);
  Must(ReceiverPass(world));
  for (const auto* name : {"a", "b"}) world.target(name).objects().erase("g0");
  world.InRun("r2", [&] { world.table("a").Commit({world.table("a").AddAgain("g0", R"(,"tags":{"x":"y"})")}); });
  Must(SenderPass(world));
  EXPECT_THAT(ReceiverPass(world), FailedWith(ErrorCode::kCorruptData, "lost an object"));
  world.Restart();
  world.InRun("r3", [&] { world.table("a").Commit({world.table("a").Add("h")}); });
  Must(SenderPass(world));
}

// A replica was gone, and its table comes whole.
void GoneThenWhole(World& world) {
  GoneTarget(world);
  Must(ReceiverPass(world));  // which asks for it
  world.Restart();
  world.InRun("r2", [&] { world.table("b").Commit({world.table("b").Add("h")}); });
  Must(SenderPass(world));
}

// A journal came back with an older copy of the metadata store; what it begins was completed since.
void OlderCopyWithAJournal(World& world) {
  HalfApplied(world);
  const MemoryStateStore older = world.east_state;
  Must(ReceiverPass(world));
  world.east_state = older;
  world.Restart();
}

void FromCheckpoint(World& world) {
  CreateBoth(world);
  for (const auto* name : {"a", "b"}) world.table(name).CleanLog();
  ChangeBoth(world, "r1");
}

void DueCheckpoint(World& world) {
  world.InRun("r0", [&] {
    for (const auto* name : {"a", "b"}) {
      TestTable& table = world.table(name);
      table.Create(R"("delta.checkpointInterval":"2")",
                   R"({"minReaderVersion":1,"minWriterVersion":7,"writerFeatures":["domainMetadata"]})");
      table.Commit({table.Add("f0"), table.Add("g0")});
    }
  });
  for (const auto* run : {"c1", "c2"}) {
    Must(SenderPass(world));
    Must(ReceiverPass(world));
    ChangeBoth(world, run);
  }
  Must(SenderPass(world));
}

std::vector<Story> Stories() {
  const auto then = [](void (*first)(World&), void (*second)(World&)) {
    return [=](World& world) {
      first(world);
      second(world);
    };
  };
  const auto send = [](World& world) { Must(SenderPass(world)); };
  return {{"SendsTheFirst", CreateBoth, SenderPass},
          {"SendsFromACheckpoint", FromCheckpoint, SenderPass},
          {"SendsAChange", OneEpoch, SenderPass},
          {"SendsAChangeWithoutMemory", then(OneEpoch, LoseMemory), SenderPass},
          {"SendsBehindARefusal", RefusedEpoch, SenderPass},
          {"Plans", OneEpoch, PlanPass},
          {"AppliesTheFirst", then(CreateBoth, send), ReceiverPass},
          {"AppliesFromACheckpoint", then(FromCheckpoint, send), ReceiverPass},
          {"AppliesAChange", OneStaged, ReceiverPass},
          {"AppliesAChangeWithoutMemory", then(OneStaged, LoseMemory), ReceiverPass},
          {"RollsForward", HalfApplied, ReceiverPass},
          {"RefusesForAGoneTarget", GoneTarget, ReceiverPass},
          {"AppliesAWholeTableOverAReplica", RestagedWhole, ReceiverPass},
          {"MakesAReplicaAnew", GoneThenWhole, ReceiverPass},
          {"FindsWhatItJournaledDone", OlderCopyWithAJournal, ReceiverPass},
          {"Verifies", OneStaged, VerifyPass}};
}

struct Case {
  ReplicationMode mode = ReplicationMode::kClone;
  Story story;
};

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (const auto mode : {ReplicationMode::kClone, ReplicationMode::kMirror}) {
    for (const Story& story : Stories()) cases.push_back({.mode = mode, .story = story});
  }
  cases.push_back({.mode = ReplicationMode::kClone, .story = {"KeepsCheckpoints", DueCheckpoint, ReceiverPass}});
  return cases;
}

std::string NameOfCase(const ::testing::TestParamInfo<Case>& info) {
  return std::string(info.param.mode == ReplicationMode::kMirror ? "Mirror" : "Clone") + info.param.story.name;
}

class EveryCall : public ::testing::TestWithParam<Case> {
 protected:
  // A fresh life up to the pass.
  static std::unique_ptr<World> Begin() {
    auto world = std::make_unique<World>(std::vector<std::string>{"a", "b"}, GetParam().mode);
    GetParam().story.before(*world);
    return world;
  }
  // The pass by a new process, whatever came before.
  static std::string Again(World& world) {
    world.Restart();
    const Status done = GetParam().story.pass(world);
    return done ? "" : ErrorText(done.error());
  }
};

// The pass as the loop of a role makes it, by the worker that made the one before.
Status PassByTheSame(World& world, bool sends) {
  TaskGroup mails(world.loop.get_executor());
  PassRunner runner(sends ? world.west : world.east, mails);
  GroupWorker& worker = sends ? static_cast<GroupWorker&>(*world.sender) : *world.receiver;
  const RunOutcome outcome = world.Run(runner.Run({}, worker));
  world.Run(mails.Join());
  return outcome.result ? Status{} : Status(std::unexpected(outcome.result.error()));
}

// The names of all that lies at the targets, but for what may come later.
std::vector<std::string> Targets(World& world) {
  std::vector<std::string> names;
  for (const auto* table : {"a", "b"}) {
    for (const auto& [name, object] : world.target(table).objects()) {
      if (!name.contains("checkpoint")) names.push_back(std::string(table) + "/" + name);
    }
  }
  return names;
}

// What may fail without the pass: a hint, and the checkpoint of a clone, which comes after the answer.
bool IsTolerated(World& world, const std::string& what) {
  if (what.contains("_last_checkpoint")) return true;
  return world.log.Has("checkpoint of a replica could not be written");
}

TEST_P(EveryCall, IsTheErrorOfThePassAndMendsWithIt) {
  const auto clean = Begin();
  const Status expected = GetParam().story.pass(*clean);
  const std::string answer = expected ? "" : ErrorText(expected.error());
  for (int64_t nth = 1;; nth += kStep) {
    const auto world = Begin();
    if (HasFailure()) return;
    Fault fault(*world, nth);
    const Status done = GetParam().story.pass(*world);
    fault.Lift();
    if (fault.what().empty()) break;
    if (!IsTolerated(*world, fault.what())) {
      EXPECT_FALSE(done) << "call " << nth << ", " << fault.what();
      if (!done) EXPECT_THAT(ErrorText(done.error()), ::testing::HasSubstr("planted")) << nth << ", " << fault.what();
    }
    const std::string again = Again(*world);
    // What was answered before it failed is not answered twice.
    if (!done) EXPECT_THAT(again, ::testing::AnyOf(answer, "")) << "call " << nth << ", " << fault.what();
    if (HasFailure()) return;
  }
}

TEST_P(EveryCall, OutOfMemoryIsAnErrorOfTheGroupAndTheSameWorkerGoesOn) {
  const auto* const pass = GetParam().story.pass.target<Status (*)(World&)>();
  const bool sends = pass != nullptr && *pass == SenderPass;
  if (!sends && (pass == nullptr || *pass != ReceiverPass)) return;  // no pass of a role
  const auto clean = Begin();
  const Status expected = PassByTheSame(*clean, sends);
  const std::string answer = expected ? "" : ErrorText(expected.error());
  for (int64_t nth = 1;; nth += kStep) {
    const auto world = Begin();
    if (HasFailure()) return;
    Fault fault(*world, nth, Failing::kForLackOfMemory);
    const Status done = PassByTheSame(*world, sends);
    fault.Lift();
    if (fault.what().empty()) break;
    SCOPED_TRACE(testing::Message() << "call " << nth << ", " << fault.what());
    const auto is_told = ::testing::AnyOf(::testing::HasSubstr("not enough memory"), answer);
    if (!done) EXPECT_THAT(ErrorText(done.error()), is_told);
    const Status again = PassByTheSame(*world, sends);
    EXPECT_THAT(again ? "" : ErrorText(again.error()), ::testing::AnyOf(answer, ""));
    if (again && expected) EXPECT_EQ(Targets(*world), Targets(*clean));
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Passes, EveryCall, ::testing::ValuesIn(AllCases()), NameOfCase);

}  // namespace
}  // namespace lakeferry::engine
