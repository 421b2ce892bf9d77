// Credentials are asked for before they end, once for all, and kept while they are good.
#include "storage/cloud/refreshing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/task_group.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"

namespace lakeferry {
namespace {

using namespace std::chrono_literals;

struct Ticket {
  int number = 0;
  std::optional<TimeMs> ends;
};

class RefreshingTest : public testing::Test {
 protected:
  Result<Ticket> Get(Call call = {}) { return RunTask(tickets_.Get(std::move(call)), loop_); }
  int NumberNow() {
    const auto ticket = Get();
    return ticket ? ticket->number : -1;
  }
  Task<Result<Ticket>> Fetch(Call call) {
    ++fetched_;
    deadline_ = call.deadline;
    if (gate_ != nullptr) {
      const std::shared_ptr<Event> gate = gate_;
      co_await gate->Wait();
    }
    if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "stopped");
    if (error_) co_return std::unexpected(*error_);
    co_return Ticket{.number = fetched_, .ends = life_ ? std::optional(clock_.WallTime() + *life_) : std::nullopt};
  }
  void FailFromHere() { error_ = Fail(ErrorCode::kUnavailable, "the service is away").error(); }

  boost::asio::io_context loop_;
  ManualClock clock_;
  int fetched_ = 0;
  std::optional<Millis> life_ = 1h;
  std::optional<Error> error_;
  std::optional<Millis> deadline_;
  std::shared_ptr<Event> gate_;
  Refreshing<Ticket> tickets_{loop_.get_executor(), clock_, [this](Call call) { return Fetch(std::move(call)); }};
};

TEST_F(RefreshingTest, WhatIsGoodIsNotAskedForAgain) {
  EXPECT_EQ(NumberNow(), 1);
  clock_.Advance(54min);
  EXPECT_EQ(NumberNow(), 1);
  clock_.Advance(1min);
  EXPECT_EQ(NumberNow(), 2);
  clock_.Advance(10min);
  EXPECT_EQ(NumberNow(), 2);
}

TEST_F(RefreshingTest, WhatLivesShortIsAskedForInTheMiddleOfItsLife) {
  life_ = 4min;
  EXPECT_EQ(NumberNow(), 1);
  clock_.Advance(119s);
  EXPECT_EQ(NumberNow(), 1);
  clock_.Advance(1s);
  EXPECT_EQ(NumberNow(), 2);
}

TEST_F(RefreshingTest, WhatLastsIsAskedForOnce) {
  life_.reset();
  EXPECT_EQ(NumberNow(), 1);
  clock_.Advance(std::chrono::years(1));
  EXPECT_EQ(NumberNow(), 1);
}

TEST_F(RefreshingTest, WhatIsStillGoodServesWhileNoOtherCanBeHad) {
  EXPECT_EQ(NumberNow(), 1);
  clock_.Advance(56min);
  FailFromHere();
  EXPECT_EQ(NumberNow(), 1);
  EXPECT_EQ(fetched_, 2);
  // Not at every call: the service is away.
  EXPECT_EQ(NumberNow(), 1);
  EXPECT_EQ(fetched_, 2);
  clock_.Advance(kRefreshPause);
  EXPECT_EQ(NumberNow(), 1);
  EXPECT_EQ(fetched_, 3);
  // To their end, and no longer.
  clock_.Advance(4min);
  const auto none = Get();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kUnavailable);
  error_.reset();
  EXPECT_EQ(NumberNow(), 5);
}

TEST_F(RefreshingTest, WhatWasDroppedServesNoLonger) {
  EXPECT_EQ(NumberNow(), 1);
  tickets_.Drop([](const Ticket& kept) { return kept.number == 7; });
  EXPECT_EQ(NumberNow(), 1);
  tickets_.Drop([](const Ticket& kept) { return kept.number == 1; });
  EXPECT_EQ(NumberNow(), 2);
  tickets_.Drop([](const Ticket& kept) { return kept.number == 2; });
  FailFromHere();
  EXPECT_FALSE(Get());
}

TEST_F(RefreshingTest, AnAttemptHasAnEnd) {
  ASSERT_TRUE(Get());
  EXPECT_EQ(deadline_, clock_.Monotonic() + kRefreshLongest);
}

// Waits for several at once.
class WaitersTest : public RefreshingTest {
 protected:
  static Task<void> Note(Refreshing<Ticket>& tickets, Call call, std::vector<Result<Ticket>>& got) {
    Result<Ticket> ticket = co_await tickets.Get(std::move(call));
    got.push_back(std::move(ticket));
  }
  // All of them begin, then the gate opens.
  static Task<void> Meet(WaitersTest& test, std::vector<Call> calls, std::vector<Result<Ticket>>& got,
                         std::function<void()> meanwhile) {
    const auto executor = co_await boost::asio::this_coro::executor;
    TaskGroup tasks(executor);
    for (Call& call : calls) tasks.Spawn(Note(test.tickets_, std::move(call), got));
    tasks.Spawn(Open(test, std::move(meanwhile)));
    co_await tasks.Join();
  }
  static Task<void> Open(WaitersTest& test, std::function<void()> meanwhile) {
    meanwhile();
    const std::shared_ptr<Event> gate = std::exchange(test.gate_, nullptr);
    gate->Set();
    co_return;
  }
  std::vector<Result<Ticket>> Together(std::vector<Call> calls, std::function<void()> meanwhile = [] {}) {
    gate_ = std::make_shared<Event>(loop_.get_executor());
    std::vector<Result<Ticket>> got;
    RunTask(Meet(*this, std::move(calls), got, std::move(meanwhile)), loop_);
    return got;
  }
};

TEST_F(WaitersTest, OneAsksForAll) {
  const auto got = Together({{}, {}, {}});
  ASSERT_EQ(got.size(), 3U);
  for (const auto& ticket : got) EXPECT_EQ(ticket.value().number, 1);
  EXPECT_EQ(fetched_, 1);
}

TEST_F(WaitersTest, AFailureIsThatOfAllWhoWaited) {
  FailFromHere();
  const auto got = Together({{}, {}, {}});
  ASSERT_EQ(got.size(), 3U);
  for (const auto& ticket : got) EXPECT_EQ(ticket.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(fetched_, 1);
}

TEST_F(WaitersTest, WhatIsGoodIsNotWaitedFor) {
  ASSERT_EQ(NumberNow(), 1);
  clock_.Advance(56min);
  const auto got = Together({{}, {}, {}});
  ASSERT_EQ(got.size(), 3U);
  EXPECT_EQ(got[0].value().number, 1);
  EXPECT_EQ(got[1].value().number, 1);
  EXPECT_EQ(got[2].value().number, 2);  // the one who asked
  EXPECT_EQ(fetched_, 2);
}

TEST_F(WaitersTest, AStopOfTheOneWhoAsksIsNotThatOfTheOthers) {
  std::stop_source stop;
  const auto got = Together({{.stop = stop.get_token()}, {}, {}}, [&] { stop.request_stop(); });
  ASSERT_EQ(got.size(), 3U);
  int stopped = 0;
  for (const auto& ticket : got) {
    stopped += !ticket ? 1 : 0;
    if (ticket) EXPECT_EQ(ticket->number, 2);
    if (!ticket) EXPECT_EQ(ticket.error().code, ErrorCode::kCancelled);
  }
  EXPECT_EQ(stopped, 1);
  EXPECT_EQ(fetched_, 2);
}

TEST_F(WaitersTest, WhoIsStoppedWhileWaitingGetsNothing) {
  std::stop_source stop;
  const auto got = Together({{}, {.stop = stop.get_token()}}, [&] { stop.request_stop(); });
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ((got[0] ? 1 : 0) + (got[1] ? 1 : 0), 1);
}

}  // namespace
}  // namespace lakeferry
