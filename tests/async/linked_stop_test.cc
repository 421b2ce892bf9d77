#include "async/linked_stop.h"

#include "tests/async/loop.h"

namespace lakeferry {
namespace {

Task<Status> EndWith(Status status) { co_return status; }

TEST(LinkedStop, IsAskedForWithTheOuterOne) {
  std::stop_source outer;
  const LinkedStop stop(outer.get_token());
  EXPECT_FALSE(stop.token().stop_requested());
  outer.request_stop();
  EXPECT_TRUE(stop.token().stop_requested());
}

TEST(LinkedStop, OfAnOuterOneThatWasAskedForBeforeIsAskedFor) {
  std::stop_source outer;
  outer.request_stop();
  const LinkedStop stop(outer.get_token());
  EXPECT_TRUE(stop.token().stop_requested());
}

TEST(LinkedStop, IsAskedForByTheFirstErrorWhichItKeeps) {
  Loop here;
  std::stop_source outer;
  LinkedStop stop(outer.get_token());
  EXPECT_THAT(here.Run(stop.Watch(EndWith({}))), Succeeded());
  EXPECT_FALSE(stop.token().stop_requested());
  EXPECT_THAT(here.Run(stop.Watch(EndWith(Fail(ErrorCode::kNotFound, "one")))),
              FailedWith(ErrorCode::kNotFound, "one"));
  EXPECT_TRUE(stop.token().stop_requested());
  EXPECT_FALSE(outer.stop_requested());
  EXPECT_FALSE(here.Run(stop.Watch(EndWith(Fail(ErrorCode::kCancelled, "other")))));
  EXPECT_THAT(stop.first(), FailedWith(ErrorCode::kNotFound, "one"));
}

}  // namespace
}  // namespace lakeferry
