#include "storage/s3/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/s3/s3_store.h"
#include "tests/storage/s3/s3_service.h"
#include "tests/support/run_task.h"

namespace lakeferry::s3 {
namespace {

class ProbeTest : public testing::Test {
 protected:
  Probed Probe() { return RunTask(ProbeBucket({}, world_.client, "t/probe-")).value(); }
  // A store that finds out by itself.
  std::shared_ptr<S3Store> Store() {
    auto probe = std::make_shared<StoreProbe>(loop_.get_executor(), world_.clock, [this](Call call) {
      return ProbeBucket(std::move(call), world_.client, "t/probe-");
    });
    return std::make_shared<S3Store>("s3://b/t", "t", world_.client, std::move(probe));
  }

  boost::asio::io_context loop_;
  S3World world_;
};

TEST_F(ProbeTest, ServiceThatKeepsConditionsIsSafeAndNothingIsLeft) {
  const Probed probed = Probe();
  EXPECT_TRUE(probed.safe());
  EXPECT_TRUE(probed.refuses_second_completion && probed.refuses_second_copy && probed.checks_checksums);
  EXPECT_TRUE(probed.checks_signatures);
  EXPECT_EQ(world_.signer->distrusted, 0) << "its refusal says nothing against the credentials";
  EXPECT_TRUE(CheckSafe(probed, "s3://b").has_value());
  EXPECT_TRUE(world_.service.objects.empty());
}

TEST_F(ProbeTest, ServiceThatOverlooksConditionsIsRefusedForEveryWrite) {
  world_.service.keeps_conditions = false;
  EXPECT_FALSE(Probe().safe());
  const auto store = Store();
  EXPECT_EQ(RunTask(store->PutIfAbsent({}, ObjectPath::Of("a"), "x"), loop_).error().code, ErrorCode::kRefused);
  EXPECT_EQ(RunTask(store->Begin({}, ObjectPath::Of("a"), {}), loop_).error().code, ErrorCode::kRefused);
  const ObjectAddress address{.service = store->traits().copies_from, .place = "/b/x", .etag = "\"e\""};
  EXPECT_EQ(RunTask(store->CopyIfAbsent({}, address, ObjectPath::Of("a")), loop_).error().code, ErrorCode::kRefused);
  EXPECT_TRUE(world_.service.objects.empty());
}

TEST_F(ProbeTest, OnePromiseThatIsNotKeptIsSeen) {
  world_.service.keeps_copy_conditions = false;
  Probed probed = Probe();
  EXPECT_TRUE(probed.safe());
  EXPECT_FALSE(probed.refuses_second_copy);
  world_.service.keeps_copy_conditions = true;
  world_.service.checks_checksums = false;
  probed = Probe();
  EXPECT_TRUE(probed.safe());
  EXPECT_FALSE(probed.checks_checksums);
  world_.service.checks_signatures = false;
  probed = Probe();
  EXPECT_TRUE(probed.safe());
  EXPECT_FALSE(probed.checks_signatures);
  world_.service.lists = false;
  probed = Probe();
  EXPECT_FALSE(probed.shows_what_it_took);
  EXPECT_FALSE(probed.safe());
}

TEST_F(ProbeTest, AmazonsOwnEndpointsAreNotAskedAboutSignatures) {
  world_.service.checks_signatures = false;
  BucketAddress own = world_.client->address();
  own.endpoint.reset();
  const auto probed = RunTask(ProbeBucket({}, world_.client->At(own), "t/probe-")).value();
  EXPECT_TRUE(probed.checks_signatures);
}

TEST_F(ProbeTest, WhatIsDeniedIsNoVerdict) {
  world_.service.script = {S3Service::Status(403, "<Error><Code>AccessDenied</Code></Error>")};
  EXPECT_EQ(RunTask(ProbeBucket({}, world_.client, "t/probe-")).error().code, ErrorCode::kUnauthorized);
}

// Missing evidence speaks neither for a service nor against it: the step is taken once more.
TEST_F(ProbeTest, LostAnswerIsNoVerdict) {
  (void)Probe();
  const size_t all = world_.service.asked.size();
  for (size_t lost = 0; lost < all; ++lost) {
    world_.service.asked.clear();
    world_.service.lost = lost;
    const auto probed = RunTask(ProbeBucket({}, world_.client, "t/probe-"));
    ASSERT_TRUE(probed.has_value()) << lost << ToString(probed.error());
    EXPECT_TRUE(probed->safe() && probed->refuses_second_copy && probed->refuses_second_completion) << lost;
  }
}

TEST_F(ProbeTest, IsMadeOnceForAllWhoWait) {
  const auto store = Store();
  ASSERT_TRUE(RunTask(store->PutIfAbsent({}, ObjectPath::Of("a"), "x"), loop_).has_value());
  const size_t asked = world_.service.asked.size();
  ASSERT_TRUE(RunTask(store->PutIfAbsent({}, ObjectPath::Of("b"), "x"), loop_).has_value());
  EXPECT_EQ(world_.service.asked.size(), asked + 1);
}

}  // namespace
}  // namespace lakeferry::s3
