#include "daemon/service/service.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "daemon/config/load_config.h"
#include "daemon/control/control_client.h"
#include "daemon/control/control_message.h"
#include "daemon/control/control_place.h"
#include "state/role_lock.h"
#include "tests/service/notify_socket.h"

namespace lakeferry::service {
namespace {

using testing::HasSubstr;

Task<Status> Succeed(std::stop_token) { co_return Status(); }

// Looks at the world every millisecond until `done`, then asks for a stop as a person would.
Task<Status> WaitThenStop(std::function<bool()> done, std::stop_token stop) {
  boost::asio::steady_timer turn(co_await boost::asio::this_coro::executor);
  bool asked = false;
  while (!stop.stop_requested()) {
    if (!asked && done()) {
      asked = true;
      kill(getpid(), SIGTERM);
    }
    turn.expires_after(Millis(1));
    co_await turn.async_wait(boost::asio::use_awaitable);
  }
  co_return Status();
}

// A folder with a configuration, and what the engine of a test was asked to do.
class RunServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/lakeferry-service-XXXXXX";
    folder_ = mkdtemp(folder);
    WriteConfig("orders");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void WriteConfig(const std::string& group, const std::string& more = {}) {
    std::ofstream file(path());
    file << "region: west\n"
         << "metadata_store: " << folder_ << "/metadata.db\n"
         << more
         << "workspaces:\n"
            "  - workspace_name: demo\n"
            "    sync_location_secondary: file://"
         << folder_
         << "/staging\n"
            "    sync_interval: 30s\n"
            "    sync_groups:\n"
            "      - group_name: "
         << group
         << "\n"
            "        tables:\n"
            "          - { name: raw.bronze, source: file://"
         << folder_ << "/lake, target: file://" << folder_ << "/dr }\n";
  }

  std::string path() const { return folder_ + "/lakeferry.yaml"; }

  ServiceRequest Request(bool once) {
    Result<Config> config = LoadConfigFile(path());
    EXPECT_TRUE(config) << ToString(config.error());
    return {.config_path = path(), .config = std::move(*config), .role = Role::kSender, .once = once};
  }

  // An engine that runs `run` and keeps what it is told.
  ServiceEngineFactory Factory(std::function<Task<Status>(std::stop_token)> run) {
    return [this, run](boost::asio::any_io_executor, const engine::Environment&,
                       std::vector<plan::Duty> duties) -> ServiceEngine {
      Keep(duties);
      return {.run_once = [run](Call call) { return run(call.stop); },
              .run = [run](Call call) -> Task<void> {
                const Status ignored = co_await run(call.stop);
                EXPECT_TRUE(ignored);
              },
              .reload = [this](std::vector<plan::Duty> changed) { Keep(changed); },
              .sync = [this](std::vector<std::string> groups, engine::Claim) { return Sync(std::move(groups)); },
              .instruct = [](Instruction) -> Task<Result<GroupRecord>> { co_return GroupRecord{}; },
              .snapshot = [] { return engine::ReplicatorSnapshot{}; }};
    };
  }

  // Passes that begin and end when a test says so.
  Task<std::vector<engine::GroupOutcome>> Sync(std::vector<std::string> groups) {
    asked_ = true;
    boost::asio::steady_timer turn(co_await boost::asio::this_coro::executor);
    while (!may_answer_()) {
      turn.expires_after(Millis(1));
      co_await turn.async_wait(boost::asio::use_awaitable);
    }
    std::vector<engine::GroupOutcome> outcomes;
    for (const std::string& group : groups) outcomes.push_back({.group = group, .result = sync_result_});
    co_return outcomes;
  }
  // What the service answers to the request, once somebody listens.
  void AskInThread(std::string request) {
    asker_ = std::jthread([this, request = std::move(request)] {
      while (!answer_) {
        auto answer = control::AskService(control::ControlPlace(folder_ + "/metadata.db", Role::kSender), request);
        answer_ = answer.value_or("no answer");
        if (!answer_) std::this_thread::sleep_for(Millis(1));
      }
      answered_ = true;
    });
  }
  // The service runs until the request has its answer.
  std::string AskWhileItRuns(std::string request) {
    AskInThread(std::move(request));
    EXPECT_TRUE(RunService(Request(false), Factory([this](std::stop_token stop) {
                             return WaitThenStop([this] { return answered_.load(); }, stop);
                           })));
    asker_.join();
    return answer_.value_or("");
  }

  void Keep(const std::vector<plan::Duty>& duties) {
    told_.emplace_back();
    for (const plan::Duty& duty : duties) told_.back().push_back(duty.group.name);
  }

  std::function<bool()> may_answer_ = [] { return true; };
  Result<engine::PassResult> sync_result_ = engine::PassResult{.epoch = Epoch(3), .reason = {}};
  std::atomic<bool> asked_ = false;  // for passes
  std::atomic<bool> answered_ = false;
  std::optional<std::string> answer_;
  std::jthread asker_;
  std::string folder_;
  std::vector<std::vector<std::string>> told_;  // the groups' names, at the start and at each reload
};

TEST_F(RunServiceTest, OncePassesAndEnds) {
  EXPECT_TRUE(RunService(Request(true), Factory(Succeed)));
  EXPECT_EQ(told_, (std::vector<std::vector<std::string>>{{"orders"}}));
}

TEST_F(RunServiceTest, LeavesNoCoreFile) {
  ASSERT_EQ(::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 0);
  int dumpable = 1;
  EXPECT_TRUE(RunService(Request(true), Factory([&dumpable](std::stop_token) -> Task<Status> {
                           dumpable = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
                           co_return Status();
                         })));
  EXPECT_EQ(dumpable, 0);
}

TEST_F(RunServiceTest, OnceReturnsTheErrorOfThePass) {
  const Status ended = RunService(Request(true), Factory([](std::stop_token) -> Task<Status> {
                                    co_return Fail(ErrorCode::kDiverged, "somebody wrote to the replica");
                                  }));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kDiverged);
}

TEST_F(RunServiceTest, OnceCutShortBySignalIsCancelled) {
  const auto at_once = [](std::stop_token stop) { return WaitThenStop([] { return true; }, stop); };
  const Status ended = RunService(Request(true), Factory(at_once));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kCancelled);
}

TEST_F(RunServiceTest, DrainAfterSignalIsSuccess) {
  const auto at_once = [](std::stop_token stop) { return WaitThenStop([] { return true; }, stop); };
  EXPECT_TRUE(RunService(Request(false), Factory(at_once)));
}

TEST_F(RunServiceTest, EngineThatEndsByItselfIsAnError) {
  const Status ended = RunService(Request(false), Factory(Succeed));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kInternal);
}

TEST_F(RunServiceTest, SecondProcessOfTheRoleIsRefused) {
  const ServiceRequest request = Request(true);
  const Result<RoleLock> other = RoleLock::Acquire(request.config.metadata_store, Role::kSender);
  ASSERT_TRUE(other);
  const Status ended = RunService(request, Factory(Succeed));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kRefused);
  EXPECT_TRUE(told_.empty());
}

TEST_F(RunServiceTest, RoleThatTheHostIsNotConfiguredForIsRefused) {
  WriteConfig("orders", "role: receiver\n");
  const Status ended = RunService(Request(true), Factory(Succeed));
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::kRefused);
  EXPECT_THAT(ended.error().message, HasSubstr("receiver"));
}

TEST_F(RunServiceTest, SighupTakesOverTheNewGroups) {
  const auto run = [this](std::stop_token stop) {
    WriteConfig("invoices");
    kill(getpid(), SIGHUP);
    return WaitThenStop([this] { return told_.size() == 2; }, stop);
  };
  EXPECT_TRUE(RunService(Request(false), Factory(run)));
  EXPECT_EQ(told_, (std::vector<std::vector<std::string>>{{"orders"}, {"invoices"}}));
}

TEST_F(RunServiceTest, SighupReadsTheIncludedFilesAgain) {
  std::filesystem::create_directory(folder_ + "/teams");
  WriteConfig("orders", "include: teams/*.yaml\n");
  const auto run = [this](std::stop_token stop) {
    std::ofstream(folder_ + "/teams/a.yaml")
        << "workspace_name: demo\n"
           "sync_groups:\n"
           "  - group_name: invoices\n"
           "    tables: [{ name: t, source: file:///lake/t, target: file:///dr/t }]\n";
    kill(getpid(), SIGHUP);
    return WaitThenStop([this] { return told_.size() == 2; }, stop);
  };
  EXPECT_TRUE(RunService(Request(false), Factory(run)));
  EXPECT_EQ(told_, (std::vector<std::vector<std::string>>{{"orders"}, {"orders", "invoices"}}));
}

TEST_F(RunServiceTest, InvalidFileAtSighupKeepsTheOldGroupsAndIsInTheStatusLine) {
  NotifySocket manager;
  const auto told = [&manager] {
    for (const std::string& said : manager.Rest()) {
      if (said.find("the new configuration is not in use") != std::string::npos) return true;
    }
    return false;
  };
  const auto run = [&](std::stop_token stop) {
    std::ofstream(path()) << "workspaces: 7\n";
    kill(getpid(), SIGHUP);
    return WaitThenStop(told, stop);
  };
  EXPECT_TRUE(RunService(Request(false), Factory(run)));
  EXPECT_EQ(told_.size(), 1u);
}

TEST_F(RunServiceTest, AnswersCommandsOverItsControlSocket) {
  const auto outcomes =
      control::ReadSyncAnswer(AskWhileItRuns(control::WriteRequest({.name = "sync", .groups = {"orders"}})));
  ASSERT_TRUE(outcomes) << ToString(outcomes.error());
  ASSERT_EQ(outcomes->size(), 1U);
  EXPECT_EQ(outcomes->front().group, "orders");
  EXPECT_EQ(outcomes->front().result->epoch, Epoch(3));
}

TEST_F(RunServiceTest, NamesARequestThatItDoesNotKnow) {
  EXPECT_THAT(AskWhileItRuns(control::WriteRequest({.name = "dance"})), HasSubstr("knows no request 'dance'"));
  EXPECT_FALSE(asked_);
}

TEST_F(RunServiceTest, ReloadWhileACommandWaitsTakesNothingFromIt) {
  may_answer_ = [this] {
    if (told_.size() == 1) kill(getpid(), SIGHUP);
    return told_.size() >= 2;
  };
  EXPECT_THAT(AskWhileItRuns(control::WriteRequest({.name = "sync", .groups = {"orders"}})), HasSubstr(R"("epoch":3)"));
}

TEST_F(RunServiceTest, StopWhileACommandWaitsIsItsAnswer) {
  bool stopped = false;
  sync_result_ = Fail(ErrorCode::kCancelled, "the service was stopped");
  may_answer_ = [&stopped] { return stopped; };
  AskInThread(control::WriteRequest({.name = "sync", .groups = {"orders"}}));
  const auto run = [&](std::stop_token stop) -> Task<Status> {
    const Status ended = co_await WaitThenStop([this] { return asked_.load(); }, stop);
    stopped = true;
    co_return ended;
  };
  EXPECT_TRUE(RunService(Request(false), Factory(run)));
  asker_.join();
  EXPECT_THAT(answer_.value(), HasSubstr("the service was stopped"));
}

TEST_F(RunServiceTest, WorksWithoutAControlSocketWhereNoneCanBe) {
  std::filesystem::create_directory(folder_ + "/metadata.db.sender.sock");
  const auto at_once = [](std::stop_token stop) { return WaitThenStop([] { return true; }, stop); };
  EXPECT_TRUE(RunService(Request(false), Factory(at_once)));
}

}  // namespace
}  // namespace lakeferry::service
