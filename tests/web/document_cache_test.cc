// Documents that are made once for many.
#include "daemon/web/document_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "async/task_group.h"
#include "tests/support/real_time.h"
#include "tests/support/run_task.h"

namespace lakeferry::web {
namespace {

using testing::ElementsAre;

class DocumentCacheTest : public testing::Test {
 protected:
  // Takes some time to be made.
  Task<void> Ask(std::string text, Millis age) {
    DocumentCache::Make make = [this, text]() -> Task<Result<std::string>> {
      ++made_;
      co_await clock_.SleepFor({}, Millis(30));
      co_return text;
    };
    const Result<Document> document = co_await cache_.Get("name", age, std::move(make));
    got_.push_back(*document->text);
  }
  void AskAtOnce(const std::vector<std::string>& texts, Millis age) {
    TaskGroup tasks(loop_.get_executor());
    for (const std::string& text : texts) tasks.Spawn(Ask(text, age));
    RunTask(tasks.Join(), loop_);
  }
  boost::asio::io_context loop_;
  RealClock clock_;
  DocumentCache cache_{clock_};
  std::vector<std::string> got_;
  int made_ = 0;
};

TEST_F(DocumentCacheTest, WhoAsksWhileTheFirstIsMadeGetsIt) {
  AskAtOnce({"a", "b", "c"}, Millis(1'000));
  EXPECT_THAT(got_, ElementsAre("a", "a", "a"));
  EXPECT_EQ(made_, 1);
}

TEST_F(DocumentCacheTest, WhileANewerOneIsMadeTheLastOneIsShown) {
  AskAtOnce({"old"}, Millis(0));
  RunTask(clock_.SleepFor({}, Millis(5)), loop_);
  AskAtOnce({"new", "x", "y"}, Millis(0));
  EXPECT_THAT(got_, ElementsAre("old", "old", "old", "new")) << "one of three waits";
  EXPECT_EQ(made_, 2);
}

TEST_F(DocumentCacheTest, NamesWithoutEndTakeNoMemoryWithoutEnd) {
  DocumentCache::Make make = []() -> Task<Result<std::string>> { co_return "text"; };
  for (size_t i = 0; i < 2 * DocumentCache::kDocumentsMax; ++i) {
    ASSERT_TRUE(RunTask(cache_.Get(std::to_string(i), Millis(1'000), make), loop_));
  }
  EXPECT_EQ(cache_.size(), DocumentCache::kDocumentsMax);
}

}  // namespace
}  // namespace lakeferry::web
