// A source that goes away between two cuts is noticed by the next pass, whether or not there is anything to cut.
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

class SourceLookTest : public ::testing::Test {
 protected:
  SourceLookTest() {
    world_.FirstEpoch();
    EXPECT_THAT(world_.Send(), Succeeded());
  }
  World world_{{"a", "b"}};
};

TEST_F(SourceLookTest, OneThatIsGoneIsNamedThoughNothingIsDue) {
  world_.source("b").objects().clear();
  const Result<PassResult> pass = world_.Send();
  EXPECT_THAT(pass, FailedWith(ErrorCode::kNotFound, "its log holds nothing of version 1"));
  EXPECT_THAT(pass, FailedWith(ErrorCode::kNotFound, "mem://west/b"));
}

TEST_F(SourceLookTest, OneThatDoesNotAnswerIsNamed) {
  world_.source("a").set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "not mounted");
  }});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "not mounted"));
}

TEST_F(SourceLookTest, ACheckpointIsEnoughWhereTheLogWasCleaned) {
  world_.table("a").CleanLog();
  world_.source("a").objects().erase(TestTable::LogName(world_.table("a").newest().value()));
  EXPECT_THAT(world_.Send(), Succeeded());
}

TEST_F(SourceLookTest, EachTableIsAskedOnce) {
  int requests = 0;
  for (const char* table : {"a", "b"}) {
    world_.source(table).set_hooks({.before_effect = [&](std::string, StoreOperation, ObjectPath) -> Task<Status> {
      ++requests;
      co_return Status{};
    }});
  }
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(requests, 2);
  // So it is where the cut is old, and how far the sources are ahead of it is a question too.
  world_.clock.Advance(std::chrono::hours(13));
  requests = 0;
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(requests, 2);
}

TEST_F(SourceLookTest, APassAsksTheSourceOfRunsOnce) {
  world_.workflows.deadlines.clear();
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_THAT(world_.workflows.deadlines, ::testing::SizeIs(1));
}

}  // namespace
}  // namespace lakeferry::engine
