// A group that starts anew is forgotten in one role, and nothing else is.
#include "state/forget_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/thread_pool.hpp>

#include "state/sqlite_state_store.h"
#include "tests/state/state_samples.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class ForgetGroupTest : public testing::Test {
 protected:
  ~ForgetGroupTest() override { pool_.join(); }
  void SetUp() override {
    Result<std::unique_ptr<SqliteStateStore>> store = SqliteStateStore::Open(path_, pool_.get_executor());
    ASSERT_TRUE(store);
    store_ = *std::move(store);
    StateChange change;
    for (const Role role : {Role::kSender, Role::kReceiver}) {
      for (const char* group : {"orders", "prices"}) {
        change.groups.push_back(SampleGroup(role, group));
        EpochRecord epoch;
        epoch.role = role;
        epoch.group = group;
        epoch.epoch = Epoch(1);
        epoch.run_ids = {"r1"};
        change.epochs.push_back(epoch);
      }
    }
    change.journals = {{.group = "orders", .content = "half"}, {.group = "prices", .content = "half"}};
    change.runs = {{.workflow = "nightly", .run_id = "r1", .start = FromEpochMs(1), .end = FromEpochMs(2)}};
    ASSERT_TRUE(RunTask(store_->Save({}, change)));
  }
  auto Epochs(Role role, const std::string& group) { return RunTask(store_->Epochs({}, role, group, 10)).value(); }

  TempFolder folder_;
  const std::string path_ = folder_ / "metadata.db";
  boost::asio::thread_pool pool_{1};
  std::unique_ptr<SqliteStateStore> store_;
};

TEST_F(ForgetGroupTest, OfOneRoleWithItsEpochsAndJournalAndNeitherRunsNorOthers) {
  ASSERT_TRUE(ForgetGroup(path_, Role::kReceiver, "orders"));
  EXPECT_FALSE(RunTask(store_->Group({}, Role::kReceiver, "orders")).value());
  EXPECT_THAT(Epochs(Role::kReceiver, "orders"), IsEmpty());
  EXPECT_EQ(RunTask(store_->Journal({}, "orders")).value(), "");
  EXPECT_TRUE(RunTask(store_->Group({}, Role::kSender, "orders")).value());
  EXPECT_THAT(Epochs(Role::kSender, "orders"), SizeIs(1));
  EXPECT_THAT(Epochs(Role::kReceiver, "prices"), SizeIs(1));
  EXPECT_EQ(RunTask(store_->Journal({}, "prices")).value(), "half");
  EXPECT_THAT(RunTask(store_->Runs({}, "nightly", FromEpochMs(0))).value(), SizeIs(1));
}

TEST_F(ForgetGroupTest, ASenderHasNoJournalToForgetAndWhatIsNotKnownIsNoError) {
  ASSERT_TRUE(ForgetGroup(path_, Role::kSender, "orders"));
  EXPECT_THAT(Epochs(Role::kSender, "orders"), IsEmpty());
  EXPECT_EQ(RunTask(store_->Journal({}, "orders")).value(), "half");
  EXPECT_TRUE(ForgetGroup(path_, Role::kSender, "orders"));
}

}  // namespace
}  // namespace lakeferry
