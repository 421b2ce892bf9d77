// How long what a probe found is good for, and for whom.
#include "storage/s3/s3_store_factory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/storage/s3/s3_service.h"
#include "tests/support/run_task.h"

namespace lakeferry::s3 {
namespace {

class MemoryBook final : public ProbeBook {
 public:
  std::optional<Probed> Find(const std::string& place) override {
    const auto found = kept.find(place);
    return found == kept.end() ? std::nullopt : std::optional(found->second);
  }
  void Keep(const std::string& place, const Probed& probed) override { kept[place] = probed; }

  std::map<std::string, Probed> kept;
};

class S3StoreFactoryTest : public ::testing::Test, public BucketDirectory {
 protected:
  Result<BucketAccess> Find(const Location& location, const std::string&) override {
    BucketAddress address = world_.client->address();
    address.bucket = location.bucket();
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

}  // namespace
}  // namespace lakeferry::s3
