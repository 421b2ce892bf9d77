// Which endpoints of GCS are tried before anything is written.
#include "storage/gcs/gcs_store_factory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage/cloud/memory_book.h"
#include "tests/storage/cloud/memory_uploads.h"
#include "tests/storage/gcs/gcs_service.h"
#include "tests/support/run_task.h"

namespace lakeferry::gcs {
namespace {

class GcsStoreFactoryTest : public ::testing::Test, public BucketDirectory {
 protected:
  Result<BucketAccess> Find(const Location& location, const StoreLogin&) override {
    return BucketAccess{.address = {.bucket = location.bucket(), .endpoint = endpoint_}, .signer = world_.signer};
  }
  Result<PutOutcome> Write() {
    const StoreRef ref{.uri = "gs://b/t", .right = StoreRight::kWriteTarget};
    const auto store = factory_.Make(Location::Parse(ref.uri).value(), ref).value();
    return RunTask(store->PutIfAbsent({}, ObjectPath::Of("a"), "x"), loop_);
  }

  boost::asio::io_context loop_;
  GcsScript world_;
  MemoryBook book_;
  MemoryUploads uploads_;
  std::optional<Origin> endpoint_ = Origin{.tls = false, .host = "h", .port = 1};
  GcsStoreFactory factory_{loop_.get_executor(), *this,        world_.service, {.probes = book_, .uploads = uploads_},
                           world_.clock,         world_.random};
};

TEST_F(GcsStoreFactoryTest, GooglesOwnEndpointsAreNotTried) {
  for (const auto& endpoint : {std::optional<Origin>(), std::optional(Origin{.host = "private.googleapis.com"})}) {
    endpoint_ = endpoint;
    world_.service.asked.clear();
    world_.service.script = {{}};
    EXPECT_EQ(Write(), PutOutcome::kCreated);
    EXPECT_EQ(world_.service.asked.size(), 1U);
  }
}

TEST_F(GcsStoreFactoryTest, AnyOtherIsTriedBelowItsRootBeforeTheFirstWrite) {
  world_.service.script = {{.status = 403}};
  EXPECT_EQ(Write().error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(world_.service.asked.at(0).body, testing::HasSubstr(R"("t/_lakeferry_probe/0000000000000000/put-0")"));
}

TEST_F(GcsStoreFactoryTest, WhatIsKeptIsNotTriedAgainAndWhatIsNotSafeIsRefused) {
  book_.kept["gcs http://h:1 b"] = {.refuses_second_put = true, .one_of_two_puts = true, .shows_what_it_took = true};
  world_.service.script = {{}};
  EXPECT_EQ(Write(), PutOutcome::kCreated);
  EXPECT_EQ(world_.service.asked.size(), 1U);
  MemoryBook unsafe;
  unsafe.kept["gcs http://h:1 b"] = {.refuses_second_put = true, .shows_what_it_took = true};
  GcsStoreFactory factory(loop_.get_executor(), *this, world_.service, {.probes = unsafe, .uploads = uploads_},
                          world_.clock, world_.random);
  const StoreRef ref{.uri = "gs://b/t", .right = StoreRight::kWriteTarget};
  const auto store = factory.Make(Location::Parse(ref.uri).value(), ref).value();
  EXPECT_EQ(RunTask(store->PutIfAbsent({}, ObjectPath::Of("a"), "x"), loop_).error().code, ErrorCode::kRefused);
  EXPECT_EQ(world_.service.asked.size(), 1U);
}

}  // namespace
}  // namespace lakeferry::gcs
