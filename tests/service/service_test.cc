#include "daemon/service/service.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>

#include "daemon/config/load_config.h"
#include "state/role_lock.h"
#include "tests/service/notify_socket.h"

namespace lakeferry::service {
namespace {

using testing::HasSubstr;

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
              .snapshot = [] { return engine::ReplicatorSnapshot{}; }};
    };
  }

  void Keep(const std::vector<plan::Duty>& duties) {
    told_.emplace_back();
    for (const plan::Duty& duty : duties) told_.back().push_back(duty.group.name);
  }

  std::string folder_;
  std::vector<std::vector<std::string>> told_;  // the groups' names, at the start and at each reload
};

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

}  // namespace
}  // namespace lakeferry::service
