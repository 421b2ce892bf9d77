// What azurite does not answer as Azure does: hierarchical namespaces, policies, copies that take time, blocks that
// were lost.
#include "storage/azure/azure_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crc64.h"
#include "env/store_calls.h"
#include "storage/azure/azure_writer.h"
#include "tests/storage/azure/blob_service.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry::azure {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class AzureStoreTest : public testing::Test {
 protected:
  static ObjectPath Path(std::string_view text) { return ObjectPath::Of(text); }
  Result<CopyOutcome> Copy(Call call = {}) {
    const ObjectAddress from{.service = store_.traits().copies_from, .place = "/c/from", .etag = "\"e\""};
    return RunTask(store_.CopyIfAbsent(std::move(call), from, Path("to")));
  }
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    for (const HttpRequest& one : service_.asked)
      lines.push_back(std::string(MethodName(one.method)) + " " + one.target);
    return lines;
  }
  static BlobService::Answer CopyIs(std::string status, int code = 200) {
    return BlobService::Says(code,
                             {{"x-ms-copy-id", "id"}, {"x-ms-copy-status", std::move(status)}, {"ETag", "\"n\""}});
  }

  AzureWorld world_;
  BlobService& service_ = world_.service;
  AzureStore store_{"az://c/t", "t", world_.client};
};

TEST_F(AzureStoreTest, DirectoryOfAHierarchicalNamespaceIsNoObject) {
  for (const Headers& headers :
       {Headers{{"x-ms-resource-type", "directory"}}, Headers{{"x-ms-meta-hdi_isfolder", "true"}}}) {
    service_.script = {BlobService::Says(200, headers), BlobService::Says(200, headers)};
    EXPECT_EQ(RunTask(store_.Head({}, Path("d"))).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(RunTask(store_.Get({}, Path("d"), 10)).error().code, ErrorCode::kNotFound);
  }
  service_.script = {BlobService::Fault(409, "DirectoryIsNotEmpty")};
  EXPECT_THAT(RunTask(store_.Delete({}, {Path("d")})).value(), IsEmpty());
}

TEST_F(AzureStoreTest, WhoeverMayOnlyCreateIsToldThatItExists) {
  for (const auto& answer :
       {BlobService::Fault(409, "BlobAlreadyExists"), BlobService::Fault(412, "ConditionNotMet"),
        BlobService::Fault(403, "UnauthorizedBlobOverwrite"), BlobService::Fault(409, "BlobImmutableDueToPolicy")}) {
    service_.script = {answer};
    EXPECT_EQ(RunTask(store_.PutIfAbsent({}, Path("a"), "x")).value(), PutOutcome::kExisted);
  }
  service_.script = {BlobService::Fault(403, "AuthorizationPermissionMismatch")};
  EXPECT_EQ(RunTask(store_.PutIfAbsent({}, Path("a"), "x")).error().code, ErrorCode::kUnauthorized);
}

TEST_F(AzureStoreTest, ChecksumIsThatOfAzureAndNoneIsBelieved) {
  EXPECT_EQ(ContentCrc64(Crc64Of("Hello Azure!")), "DtjZpL9/o8c=");
  service_.script = {BlobService::Says(201),
                     BlobService::Says(200, {{"Content-Length", "1"},
                                             {"ETag", "\"e\""},
                                             {"Content-MD5", "9dS5bd1IoxAHVyR5kNmiOQ=="},
                                             {"x-ms-meta-lakeferrycrc64nvme", "0000000000000000"}})};
  ASSERT_TRUE(RunTask(store_.PutIfAbsent({}, Path("a"), "Hello Azure!")).has_value());
  EXPECT_EQ(service_.asked[0].headers.Find("x-ms-content-crc64"), "DtjZpL9/o8c=");
  EXPECT_EQ(RunTask(store_.Head({}, Path("a")))->checksums, ObjectChecksums());
}

TEST_F(AzureStoreTest, NamesThatTheServiceWouldChangeAreRefused) {
  for (const char* name : {"a.", "a./b", "a\\b"}) {
    EXPECT_EQ(RunTask(store_.PutIfAbsent({}, Path(name), "x")).error().code, ErrorCode::kInvalidArgument) << name;
  }
  EXPECT_THAT(service_.asked, IsEmpty());
  service_.script = {BlobService::Says(201)};
  EXPECT_TRUE(RunTask(store_.PutIfAbsent({}, Path(".a/b.c"), "x")).has_value());
}

TEST_F(AzureStoreTest, CopyOfOneRequestEndsWithIt) {
  service_.script = {CopyIs("success", 202)};
  EXPECT_EQ(Copy().value(), CopyOutcome::kCreated);
  EXPECT_THAT(Lines(), ElementsAre("PUT /c/t/to"));
  const Headers& sent = service_.asked[0].headers;
  EXPECT_EQ(sent.Find("x-ms-copy-source"), "https://acct.blob.net/c/from");
  EXPECT_EQ(sent.Find("x-ms-source-if-match"), "\"e\"");
  EXPECT_EQ(sent.Find("If-None-Match"), "*");
  EXPECT_EQ(sent.Find("x-ms-requires-sync"), "true");
}

TEST_F(AzureStoreTest, CopyThatTakesTimeIsWaitedFor) {
  service_.script = {BlobService::Fault(409, "CopyTooLarge"), CopyIs("pending", 202), CopyIs("pending"),
                     CopyIs("success")};
  EXPECT_EQ(Copy().value(), CopyOutcome::kCreated);
  EXPECT_EQ(service_.asked[1].headers.Find("x-ms-requires-sync"), std::nullopt);
  EXPECT_THAT(Lines(), ElementsAre("PUT /c/t/to", "PUT /c/t/to", "HEAD /c/t/to", "HEAD /c/t/to"));
}

TEST_F(AzureStoreTest, CopyThatFailsOrHasNoTimeLeavesNothing) {
  service_.script = {BlobService::Fault(409, "CopyTooLarge"),           CopyIs("pending", 202), CopyIs("failed"),
                     BlobService::Fault(409, "NoPendingCopyOperation"), CopyIs("failed"),       BlobService::Says(202)};
  EXPECT_EQ(Copy().value(), CopyOutcome::kNotPossible);
  EXPECT_EQ(Lines().back(), "DELETE /c/t/to");
  EXPECT_EQ(service_.asked.back().headers.Find("If-Match"), "\"n\"");

  service_.asked.clear();
  service_.script = {BlobService::Fault(409, "CopyTooLarge"), CopyIs("pending", 202), BlobService::Says(204),
                     CopyIs("aborted"), BlobService::Says(202)};
  EXPECT_EQ(Copy({.deadline = world_.clock.Monotonic() + Millis(100)}).error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(Lines(), ElementsAre("PUT /c/t/to", "PUT /c/t/to", "PUT /c/t/to?comp=copy&copyid=id", "HEAD /c/t/to",
                                   "DELETE /c/t/to"));
}

TEST_F(AzureStoreTest, BlobThatAnotherMadeIsNotDeletedWithACopy) {
  service_.script = {BlobService::Fault(409, "CopyTooLarge"), CopyIs("pending", 202), BlobService::Says(200),
                     BlobService::Fault(409, "NoPendingCopyOperation"), BlobService::Says(200, {{"ETag", "\"x\""}})};
  EXPECT_EQ(Copy().value(), CopyOutcome::kNotPossible);
  EXPECT_EQ(Lines().back(), "HEAD /c/t/to");
}

TEST_F(AzureStoreTest, CopyThatIsRefusedTellsWhoseConditionItWas) {
  service_.script = {BlobService::Fault(409, "BlobAlreadyExists")};
  EXPECT_EQ(Copy().value(), CopyOutcome::kExisted);
  service_.script = {BlobService::Fault(412, "SourceConditionNotMet")};
  EXPECT_EQ(Copy().value(), CopyOutcome::kNotPossible);
  service_.script = {BlobService::Fault(412, "ConditionNotMet"), BlobService::Says(200)};
  EXPECT_EQ(Copy().value(), CopyOutcome::kExisted);
  service_.script = {BlobService::Fault(403, "CannotVerifyCopySource")};
  EXPECT_EQ(Copy().value(), CopyOutcome::kNotPossible);
}

TEST_F(AzureStoreTest, BlocksThatAnotherBlobOfTheNameTookAreNoSurprise) {
  for (const bool there : {true, false}) {
    const auto writer = RunTask(store_.Begin({}, Path("a"), {})).value();
    service_.script = {BlobService::Says(201), BlobService::Fault(400, "InvalidBlockList"),
                       there ? BlobService::Says(200) : BlobService::Fault(404, "BlobNotFound")};
    ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("x"))).has_value());
    const auto outcome = RunTask(writer->CommitIfAbsent({}, 1, {}));
    EXPECT_EQ(outcome.has_value(), there);
    if (!there) EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
  }
}

TEST_F(AzureStoreTest, KnownSizeThatFitsIntoAPartIsOneRequest) {
  const auto writer = RunTask(store_.Begin({}, Path("a"), {.size_bytes = 1})).value();
  service_.script = {BlobService::Says(201)};
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("x"))).has_value());
  EXPECT_THAT(service_.asked, IsEmpty());
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, 1, {.crc64 = Crc64Of("x")})).value(), PutOutcome::kCreated);
  EXPECT_THAT(Lines(), ElementsAre("PUT /c/t/a"));
  EXPECT_EQ(PartBytesFor(int64_t{1} << 40, 1 << 20), size_t{21} << 20);
}

TEST_F(AzureStoreTest, TouchKeepsTheMetadataOfOthers) {
  service_.script = {BlobService::Says(200, {{"ETag", "\"e\""}, {"x-ms-meta-theirs", "v"}, {"x-ms-version", "1"}}),
                     BlobService::Says(200)};
  EXPECT_TRUE(RunTask(store_.Touch({}, Path("a"))).value());
  EXPECT_THAT(Lines(), ElementsAre("HEAD /c/t/a", "PUT /c/t/a?comp=metadata"));
  EXPECT_EQ(service_.asked[1].headers.Find("x-ms-meta-theirs"), "v");
  EXPECT_EQ(service_.asked[1].headers.Find("If-Match"), "\"e\"");
}

}  // namespace
}  // namespace lakeferry::azure
