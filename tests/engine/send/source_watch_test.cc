// A source that goes away between two cuts is noticed by the next pass, whether or not there is anything to cut.
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

class SourceWatchTest : public ::testing::Test {
 protected:
  SourceWatchTest() {
    world_.FirstEpoch();
    EXPECT_THAT(world_.Send(), Succeeded());
  }
  World world_{{"a", "b"}};
};

TEST_F(SourceWatchTest, OneThatIsGoneIsNamedThoughNothingIsDue) {
  world_.source("b").objects().clear();
  const Result<PassResult> pass = world_.Send();
  EXPECT_THAT(pass, FailedWith(ErrorCode::kNotFound, "its log holds nothing of version 1"));
  EXPECT_THAT(pass, FailedWith(ErrorCode::kNotFound, "mem://west/b"));
}

TEST_F(SourceWatchTest, OneThatDoesNotAnswerIsNamed) {
  world_.source("a").set_hooks({.before_effect = [](std::string, StoreOperation, ObjectPath) -> Task<Status> {
    co_return Fail(ErrorCode::kUnavailable, "not mounted");
  }});
  EXPECT_THAT(world_.Send(), FailedWith(ErrorCode::kUnavailable, "not mounted"));
}

TEST_F(SourceWatchTest, ACheckpointIsEnoughWhereTheLogWasCleaned) {
  world_.table("a").CleanLog();
  world_.source("a").objects().erase(TestTable::LogName(world_.table("a").newest().value()));
  EXPECT_THAT(world_.Send(), Succeeded());
}

TEST_F(SourceWatchTest, EachTableIsAskedOnce) {
  int requests = 0;
  for (const char* table : {"a", "b"}) {
    world_.source(table).set_hooks({.before_effect = [&](std::string, StoreOperation, ObjectPath) -> Task<Status> {
      ++requests;
      co_return Status{};
    }});
  }
  ASSERT_THAT(world_.Send(), Succeeded());
  EXPECT_EQ(requests, 2);
}

}  // namespace
}  // namespace lakeferry::engine
