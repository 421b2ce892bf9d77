// How long what a probe found is good for, and for whom.
#include "storage/s3/s3_store_factory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage/cloud/memory_book.h"
#include "tests/storage/s3/s3_service.h"
#include "tests/support/run_task.h"

namespace lakeferry::s3 {
namespace {

class S3StoreFactoryTest : public ::testing::Test, public BucketDirectory {
 protected:
  Result<BucketAccess> Find(const Location& location, const StoreLogin&) override {
    BucketAddress address = world_.client->address();
    address.bucket = location.bucket();
    address.terms.lock = lock_;
    return BucketAccess{.address = address, .signer = world_.signer};
  }
  // By a process of its own; how many requests it took.
  size_t Write(const std::string& name, const std::string& credential = "") {
    world_.service.asked.clear();
    S3StoreFactory factory(loop_.get_executor(), *this, world_.service, book_, world_.clock, world_.random);
    const StoreRef ref{.uri = "s3://b/t", .credential = credential, .right = StoreRight::kWriteTarget};
    const auto store = factory.Make(Location::Parse(ref.uri).value(), ref).value();
    written_ = RunTask(store->PutIfAbsent({}, ObjectPath::Of(name), "x"), loop_);
    return world_.service.asked.size();
  }

  boost::asio::io_context loop_;
  S3World world_;
  MemoryBook book_;
  std::optional<ObjectLock> lock_;
  Result<PutOutcome> written_ = PutOutcome::kExisted;
};

TEST_F(S3StoreFactoryTest, WhatWasTriedIsNotTriedByTheNextProcess) {
  EXPECT_GT(Write("a"), 10);
  EXPECT_EQ(written_, PutOutcome::kCreated);
  EXPECT_EQ(Write("b"), 1);
  EXPECT_EQ(written_, PutOutcome::kCreated);
  ASSERT_EQ(book_.kept.size(), 1);
  EXPECT_EQ(book_.kept.begin()->second.ends, world_.clock.WallTime() + std::chrono::hours(24));
  EXPECT_EQ(Write("c", "another"), 1) << "a service does the same for everybody";
}

// By a process that has only read.
TEST_F(S3StoreFactoryTest, ChecksumsAreToldWhereTheServiceIsKnownToCompareThem) {
  Write("a");
  const auto told = [this] {
    S3StoreFactory factory(loop_.get_executor(), *this, world_.service, book_, world_.clock, world_.random);
    const StoreRef ref{.uri = "s3://b/t", .right = StoreRight::kReadStaging};
    const auto store = factory.Make(Location::Parse(ref.uri).value(), ref).value();
    return RunTask(store->Head({}, ObjectPath::Of("a")), loop_).value().checksums.crc64.has_value();
  };
  EXPECT_TRUE(told());
  book_.kept.begin()->second.checks_checksums = false;
  EXPECT_FALSE(told());
  book_.kept.clear();
  EXPECT_FALSE(told()) << "nobody has tried";
}

TEST_F(S3StoreFactoryTest, WhatIsNotSafeIsTriedAnew) {
  world_.service.keeps_conditions = false;
  EXPECT_GT(Write("a"), 10);
  EXPECT_EQ(written_.error().code, ErrorCode::kRefused);
  EXPECT_TRUE(book_.kept.empty());
  world_.service.keeps_conditions = true;
  Write("a");
  EXPECT_EQ(written_, PutOutcome::kCreated);
}

TEST_F(S3StoreFactoryTest, RulesAreThoseOfTheBucket) {
  S3StoreFactory factory(loop_.get_executor(), *this, world_.service, book_, world_.clock, world_.random);
  const auto rules_at = [&](const std::string& uri) {
    return RunTask(factory.RulesOf({}, Location::Parse(uri).value(), {}), loop_).value();
  };
  const auto rules = S3Service::Status(
      200,
      "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Filter><Prefix>dr/</Prefix></Filter>"
      "<Expiration><Days>7</Days></Expiration></Rule></LifecycleConfiguration>");
  world_.service.script = {rules, S3Service::Status(404, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>"),
                           S3Service::Status(403)};
  EXPECT_EQ(rules_at("s3://b/drill").size(), 1U) << "whomever it concerns";
  EXPECT_EQ(world_.service.asked.back().target, "/b?lifecycle=");
  EXPECT_TRUE(rules_at("s3://b/dr").empty()) << "it has none";
  EXPECT_TRUE(rules_at("s3://b/dr").empty()) << "it does not tell";
}

// What is only tried is deleted again.
TEST_F(S3StoreFactoryTest, ProbeAsksForNoRetention) {
  lock_ = ObjectLock{.mode = "COMPLIANCE", .until = std::chrono::days(1)};
  Write("a");
  const auto locked = [](const HttpRequest& one) { return one.headers.Find("x-amz-object-lock-mode").has_value(); };
  EXPECT_EQ(std::ranges::count_if(world_.service.asked, locked), 1);
  EXPECT_TRUE(locked(world_.service.asked.back())) << "the object itself";
}

}  // namespace
}  // namespace lakeferry::s3
