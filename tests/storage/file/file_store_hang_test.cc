// FileStore while its device does not answer: the one thread of its pool is held, as by a server that is gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <future>
#include <stop_token>
#include <thread>

#include "env/store_calls.h"
#include "storage/file/file_store.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

const ObjectPath kOld = ObjectPath::Of("f/old");
const ObjectPath kNew = ObjectPath::Of("f/new");

class FileStoreHang : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Run(store_.PutIfAbsent({}, kOld, "old")));
    opened_ = *Run(store_.Open({}, kOld));
    writer_ = *Run(store_.Begin({}, kNew, {}));
    boost::asio::post(pool_, [until = hang_.get_future().share()] { until.wait(); });
  }
  void TearDown() override {
    if (!released_) Release();
    opened_.reset();
    writer_.reset();
    pool_.join();
    loop_.restart();
    loop_.poll();
  }
  void Release() {
    released_ = true;
    hang_.set_value();
  }
  template <typename T>
  T Run(Task<T> task) {
    loop_.restart();
    return RunTask(std::move(task), loop_);
  }
  // One that is over soon.
  static Call Soon() {
    const auto now = std::chrono::floor<Millis>(std::chrono::steady_clock::now().time_since_epoch());
    return Call{}.Within(now, Millis(20));
  }
  template <typename T>
  static ErrorCode CodeOf(const Result<T>& result) {
    return result ? ErrorCode::kInternal : result.error().code;
  }

  TempFolder folder_;
  boost::asio::io_context loop_;
  boost::asio::thread_pool pool_{1};
  FileStore store_{"file://" + folder_.path(), folder_.path(), pool_.get_executor()};
  std::promise<void> hang_;
  bool released_ = false;
  std::unique_ptr<OpenObject> opened_;
  std::unique_ptr<ObjectWriter> writer_;
};

TEST_F(FileStoreHang, ReadsEndAtTheirDeadlineWithAnError) {
  using enum ErrorCode;
  EXPECT_EQ(CodeOf(Run(store_.List(Soon(), {}))), kUnavailable);
  EXPECT_EQ(CodeOf(Run(store_.Head(Soon(), kOld))), kUnavailable);
  EXPECT_EQ(CodeOf(Run(store_.Get(Soon(), kOld, 10))), kUnavailable);
  EXPECT_EQ(CodeOf(Run(store_.GetEach(Soon(), {kOld}, 10)).front()), kUnavailable);
  EXPECT_EQ(CodeOf(Run(store_.Open(Soon(), kOld))), kUnavailable);
  Release();
  EXPECT_EQ(Run(store_.Get({}, kOld, 10)).value_or(""), "old");
}

TEST_F(FileStoreHang, ARequestedStopEndsAReadAndNamesIt) {
  std::stop_source stop;
  const std::jthread later([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop.request_stop();
  });
  const auto head = Run(store_.Head({.stop = stop.get_token()}, kOld));
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(head.error().where, folder_.path() + "/f/old");
}

TEST_F(FileStoreHang, AReadThatComesLateTouchesNoMemoryOfWhoGaveUp) {
  std::string buffer(3, '.');
  EXPECT_EQ(CodeOf(Run(opened_->Read(Soon(), 0, buffer))), ErrorCode::kUnavailable);
  Release();
  pool_.join();
  EXPECT_EQ(buffer, "...");
}

TEST_F(FileStoreHang, AWriteMayHaveHappenedAndIsWholeIfItDid) {
  const auto put = Run(store_.PutIfAbsent(Soon(), ObjectPath::Of("f/late"), "late"));
  EXPECT_EQ(CodeOf(put), ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(CodeOf(Run(writer_->CommitIfAbsent(Soon(), 0, {}))), ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(CodeOf(Run(store_.Delete(Soon(), {kOld}))), ErrorCode::kUnavailable);
  Release();
  EXPECT_EQ(Run(store_.Get({}, ObjectPath::Of("f/late"), 10)).value_or(""), "late");
  EXPECT_EQ(Run(store_.Get({}, kNew, 10)).value_or("?"), "");
}

TEST_F(FileStoreHang, AStopWaitsForAWrite) {
  std::stop_source stop;
  const std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop.request_stop();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    Release();
  });
  const auto put = Run(store_.PutIfAbsent({.stop = stop.get_token()}, ObjectPath::Of("f/late"), "late"));
  EXPECT_EQ(put.value_or(PutOutcome::kExisted), PutOutcome::kCreated);
}

}  // namespace
}  // namespace lakeferry
