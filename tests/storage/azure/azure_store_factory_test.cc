// Which endpoints of Azure are tried before anything is written, and what follows from what was found.
#include "storage/azure/azure_store_factory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/azure/azure_probe.h"
#include "tests/storage/azure/blob_service.h"
#include "tests/storage/cloud/memory_book.h"
#include "tests/support/run_task.h"

namespace lakeferry::azure {
namespace {

class AzureStoreFactoryTest : public ::testing::Test, public ContainerDirectory {
 protected:
  Result<ContainerAccess> Find(const Location& location, const StoreLogin&) override {
    return ContainerAccess{
        .address = {.account = "acct", .container = location.bucket(), .endpoint = {.host = host_}, .base = base_},
        .signer = world_.signer};
  }
  std::shared_ptr<ObjectStore> Open() {
    const StoreRef ref{.uri = "az://c/t", .right = StoreRight::kWriteTarget};
    return factory_.Make(Location::Parse(ref.uri).value(), ref).value();
  }
  Result<PutOutcome> Write() { return RunTask(Open()->PutIfAbsent({}, ObjectPath::Of("a"), "x"), loop_); }
  std::string Target(size_t number) const { return world_.service.asked.at(number).target; }

  boost::asio::io_context loop_;
  AzureWorld world_;
  MemoryBook book_;
  std::string host_ = "localhost";
  std::string base_ = "/acct";
  AzureStoreFactory factory_{loop_.get_executor(), *this, world_.service, book_, world_.clock, world_.random};
};

constexpr Probed kSafe{.refuses_second_put = true, .one_of_two_puts = true, .shows_what_it_took = true};

TEST_F(AzureStoreFactoryTest, AzuresOwnEndpointsAreNotTried) {
  base_ = "";
  for (const char* host :
       {"acct.blob.core.windows.net", "acct.privatelink.blob.core.windows.net", "acct.blob.core.usgovcloudapi.net",
        "acct.z1.blob.storage.azure.net", "onelake.blob.fabric.microsoft.com"}) {
    host_ = host;
    world_.service.asked.clear();
    world_.service.script = {BlobService::Says(201)};
    EXPECT_EQ(Write(), PutOutcome::kCreated) << host;
    EXPECT_EQ(world_.service.asked.size(), 1U) << host;
  }
}

TEST_F(AzureStoreFactoryTest, AnyOtherIsTriedBelowItsRootBeforeTheFirstWrite) {
  world_.service.script = {BlobService::Fault(403, "AuthorizationPermissionMismatch")};
  const auto written = Write();
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().code, ErrorCode::kUnauthorized);
  EXPECT_EQ(Target(0), "/acct/c/t/_lakeferry_probe/0000000000000000/put-0");
  for (const HttpRequest& one : world_.service.asked) EXPECT_THAT(one.target, testing::HasSubstr("_lakeferry_probe"));
  // A name that only looks like Azure's, or an emulator's path on such a host.
  for (const auto& [host, base] : {std::pair("acct.blob.core.windows.net.evil.example", ""),
                                   std::pair("core.windows.net", ""), std::pair("x.core.windows.net", "/acct")}) {
    EXPECT_FALSE(IsAzure({.account = "acct", .container = "c", .endpoint = {.host = host}, .base = base})) << host;
  }
}

TEST_F(AzureStoreFactoryTest, WhatIsKeptIsNotTriedAgain) {
  book_.kept["azure https://localhost/acct c"] = kSafe;
  world_.service.script = {BlobService::Says(201, {{"ETag", "\"e\""}})};
  EXPECT_EQ(Write(), PutOutcome::kCreated);
  EXPECT_EQ(world_.service.asked.size(), 1U);
}

TEST_F(AzureStoreFactoryTest, WhatIsNotSafeIsRefusedForEveryWriteAndCanBeRead) {
  book_.kept["azure https://localhost/acct c"] = {.one_of_two_puts = true, .shows_what_it_took = true};
  const auto store = Open();
  const ObjectPath path = ObjectPath::Of("a");
  const ObjectAddress from{.service = store->traits().copies_from, .place = "/c/x", .etag = "\"e\""};
  EXPECT_EQ(Write().error().code, ErrorCode::kRefused);
  EXPECT_EQ(RunTask(store->Begin({}, path, {}), loop_).error().code, ErrorCode::kRefused);
  EXPECT_EQ(RunTask(store->CopyIfAbsent({}, from, path), loop_).error().code, ErrorCode::kRefused);
  EXPECT_TRUE(world_.service.asked.empty());
  world_.service.script = {BlobService::Says(200, {}, "content")};
  EXPECT_EQ(RunTask(store->Get({}, path, 10), loop_), "content");
}

TEST_F(AzureStoreFactoryTest, NothingIsCopiedWhereACopyMayReplaceAndNoEtagIsToldWhereNothingIsCompared) {
  for (const bool keeps : {false, true}) {
    Probed probed = kSafe;
    probed.refuses_second_copy = keeps;
    probed.checks_checksums = keeps;
    book_.kept["azure https://localhost/acct c"] = probed;
    AzureStoreFactory factory(loop_.get_executor(), *this, world_.service, book_, world_.clock, world_.random);
    const StoreRef ref{.uri = "az://c/t", .right = StoreRight::kWriteTarget};
    const auto store = factory.Make(Location::Parse(ref.uri).value(), ref).value();
    world_.service.script = {BlobService::Says(201, {{"ETag", "\"e\""}}), BlobService::Says(202)};
    EXPECT_EQ(RunTask(store->Create({}, ObjectPath::Of("a"), "x"), loop_).value().etag, keeps ? "\"e\"" : "");
    const ObjectAddress from = store->AddressOf(ObjectPath::Of("a"), "\"e\"").value();
    EXPECT_EQ(RunTask(store->CopyIfAbsent({}, from, ObjectPath::Of("b")), loop_).value(),
              keeps ? CopyOutcome::kCreated : CopyOutcome::kNotPossible);
    world_.service.script = {BlobService::Says(201, {{"ETag", "\"w\""}})};
    const auto writer = RunTask(store->Begin({}, ObjectPath::Of("w"), {}), loop_).value();
    ASSERT_EQ(RunTask(writer->CommitIfAbsent({}, 0, {})).value(), PutOutcome::kCreated);
    EXPECT_EQ(writer->etag(), keeps ? "\"w\"" : "");
  }
}

}  // namespace
}  // namespace lakeferry::azure
