// What azurite does not answer as Azure does: hierarchical namespaces, policies, copies that take time, blocks that
// were lost.
#include "storage/azure/azure_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crc64.h"
#include "env/store_calls.h"
#include "http/origin.h"
#include "storage/azure/azure_blocks.h"
#include "storage/azure/azure_object.h"
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

// Where every prefix is a directory of its own, which stays when what it held is gone.
TEST_F(AzureStoreTest, DirectoriesThatBecameEmptyGoWithWhatTheyHeld) {
  const std::vector<ObjectPath> paths{Path("a/b/1"), Path("a/b/2")};
  const auto gone = BlobService::Says(202);
  service_.script = {gone, gone};
  EXPECT_THAT(RunTask(store_.Delete({}, paths)).value(), IsEmpty());
  EXPECT_EQ(service_.asked.size(), 2U) << "nothing has shown that there are directories";
  service_.script = {BlobService::Says(200, {},
                                       "<EnumerationResults><Blobs><BlobPrefix><Name>t/a/</Name><Properties>"
                                       "<ResourceType>directory</ResourceType></Properties></BlobPrefix></Blobs>"
                                       "</EnumerationResults>")};
  ASSERT_TRUE(RunTask(store_.List({}, {})).has_value());
  service_.asked.clear();
  service_.script = {gone, gone, gone, BlobService::Fault(409, "DirectoryIsNotEmpty")};
  EXPECT_THAT(RunTask(store_.Delete({}, paths)).value(), IsEmpty());
  EXPECT_THAT(Lines(), ElementsAre("DELETE /c/t/a/b/1", "DELETE /c/t/a/b/2", "DELETE /c/t/a/b", "DELETE /c/t/a"));
  service_.asked.clear();
  service_.script = {gone, gone};
  EXPECT_THAT(RunTask(store_.Delete({}, {Path("x/1")})).value(), IsEmpty());
  EXPECT_THAT(Lines(), ElementsAre("DELETE /c/t/x/1", "DELETE /c/t/x")) << "the store's own root stays";
}

// A client of another account, whose proof goes along.
class TwoAccountsTest : public AzureStoreTest {
 protected:
  class Proof final : public RequestSigner {
   public:
    Task<Result<Distrust>> Sign(Call, HttpRequest&) override {
      co_return Distrust([] {});
    }
    Task<Status> SignSource(Call, HttpRequest& request, std::string url, std::string path) override {
      request.headers.Set("x-ms-copy-source", url + "?proof-of=" + path);
      co_return Status();
    }
  };

  Result<CopyOutcome> CopyFromOther(const std::string& host = "other.blob.net") { return CopyInto(store_, host); }
  Result<CopyOutcome> CopyInto(AzureStore& store, const std::string& host) {
    const auto client = std::make_shared<AzureClient>(
        ContainerAddress{.account = host.substr(0, host.find('.')), .container = "o", .endpoint = {.host = host}},
        AzureClient::Parts{
            .http = service_, .signer = std::make_shared<Proof>(), .clock = world_.clock, .random = world_.random});
    const AzureObject object(client, "from", {.path = Path("from"), .etag = "\"e\""}, "az://o/from");
    return RunTask(store.CopyIfAbsent({}, object.address(), Path("to")));
  }
};

// What is good for one folder alone says nothing of the other folders of its account.
TEST_F(TwoAccountsTest, BlobOfTheSameAccountIsCopiedWithItsOwnProofWhereOursIsGoodForOnePlace) {
  AzureStore closed("az://c/t", "t", world_.client, {.closed = true});
  service_.script = {CopyIs("success", 202)};
  EXPECT_EQ(CopyInto(closed, "acct.blob.net").value(), CopyOutcome::kCreated);
  EXPECT_EQ(service_.asked[0].headers.Find("x-ms-copy-source"), "https://acct.blob.net/o/from?proof-of=/o/from");
}

TEST_F(TwoAccountsTest, BlobOfAnotherAccountIsCopiedWithItsOwnProof) {
  service_.script = {CopyIs("success", 202)};
  EXPECT_EQ(CopyFromOther().value(), CopyOutcome::kCreated);
  EXPECT_EQ(service_.asked[0].origin.host, "acct.blob.net");
  EXPECT_EQ(service_.asked[0].headers.Find("x-ms-copy-source"), "https://other.blob.net/o/from?proof-of=/o/from");
}

TEST_F(TwoAccountsTest, LargeBlobOfAnotherAccountIsLookedAtThere) {
  service_.script = {BlobService::Fault(409, "CopySourceTooLarge"), BlobService::Says(200, {{"Content-Length", "5"}}),
                     BlobService::Says(201), BlobService::Says(201)};
  EXPECT_EQ(CopyFromOther().value(), CopyOutcome::kCreated);
  EXPECT_EQ(service_.asked[1].origin.host, "other.blob.net");
  EXPECT_EQ(service_.asked[2].origin.host, "acct.blob.net");
  EXPECT_EQ(service_.asked[2].headers.Find("x-ms-copy-source"), "https://other.blob.net/o/from?proof-of=/o/from");
}

// A firewall, or a policy of the other account.
TEST_F(TwoAccountsTest, AccountThatLetsNobodyInIsAskedOnce) {
  service_.script = {BlobService::Fault(403, "CannotVerifyCopySource")};
  EXPECT_EQ(CopyFromOther().value(), CopyOutcome::kNotPossible);
  EXPECT_EQ(CopyFromOther().value(), CopyOutcome::kNotPossible);
  EXPECT_EQ(service_.asked.size(), 1U);
  service_.script = {CopyIs("success", 202)};
  EXPECT_EQ(Copy().value(), CopyOutcome::kCreated) << "its own account is another matter";
}

TEST_F(TwoAccountsTest, AnotherCloudIsNoPlaceToCopyFrom) {
  EXPECT_EQ(CopyFromOther("other.blob.cn").value(), CopyOutcome::kNotPossible);
  EXPECT_THAT(service_.asked, IsEmpty());
  EXPECT_EQ(CloudOf({.account = "a", .container = "c", .endpoint = {.host = "a.blob.net"}}), "azure blob.net");
  EXPECT_EQ(
      CloudOf({.account = "a", .container = "c", .endpoint = {.tls = false, .host = "h", .port = 1}, .base = "/a"}),
      "azure http://h:1/a");
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
                                             {"Last-Modified", "Sun, 29 Nov 2026 12:00:00 GMT"},
                                             {"ETag", "\"e\""},
                                             {"Content-MD5", "9dS5bd1IoxAHVyR5kNmiOQ=="},
                                             {"x-ms-meta-lakeferrycrc64nvme", "0000000000000000"}})};
  ASSERT_TRUE(RunTask(store_.PutIfAbsent({}, Path("a"), "Hello Azure!")).has_value());
  EXPECT_EQ(service_.asked[0].headers.Find("x-ms-content-crc64"), "DtjZpL9/o8c=");
  EXPECT_EQ(RunTask(store_.Head({}, Path("a")))->checksums, ObjectChecksums());
}

TEST_F(AzureStoreTest, WhatAHeadDoesNotSayIsNoEmptyBlob) {
  const std::vector<std::pair<std::string, std::string>> whole{
      {"Content-Length", "1"}, {"Last-Modified", "Sun, 29 Nov 2026 12:00:00 GMT"}, {"ETag", "\"e\""}};
  for (size_t absent = 0; absent <= whole.size(); ++absent) {
    Headers said;
    for (size_t i = 0; i < whole.size(); ++i) {
      if (i != absent) said.Add(whole[i].first, whole[i].second);
    }
    service_.script = {BlobService::Says(200, said)};
    const auto info = RunTask(store_.Head({}, Path("a")));
    EXPECT_EQ(info.has_value(), absent == whole.size()) << absent;
    if (!info) EXPECT_EQ(info.error().code, ErrorCode::kCorruptData) << absent;
  }
}

TEST_F(AzureStoreTest, PartOfABlobIsReadOnlyAsTheBlobThatWasOpened) {
  service_.script = {BlobService::Says(
      200, {{"Content-Length", "9"}, {"Last-Modified", "Sun, 29 Nov 2026 12:00:00 GMT"}, {"ETag", "\"e\""}})};
  const auto object = RunTask(store_.Open({}, Path("a"))).value();
  std::string room(4, '?');
  bool other_taken = true;
  service_.script = {[&](const HttpRequest& request, ReplyBody& body) -> Result<HttpReply> {
    EXPECT_EQ(request.headers.Find("If-Match"), "\"e\"");
    other_taken = body.room_for(HttpReply{.status = 206, .headers = {{"ETag", "\"other\""}}});
    HttpReply reply{.status = 206, .headers = {{"ETag", "\"e\""}}};
    if (body.room_for(reply)) {
      std::ranges::copy(std::string_view("part"), body.room.begin());
      body.received = 4;
    }
    return reply;
  }};
  EXPECT_EQ(RunTask(object->Read({}, 2, room)).value(), 4U);
  EXPECT_EQ(room, "part");
  EXPECT_FALSE(other_taken);
}

TEST_F(AzureStoreTest, StopEndsADeletionAndAFailureKeepsNoOther) {
  service_.script = {BlobService::Fault(403, "AuthorizationPermissionMismatch"), BlobService::Says(202)};
  const auto stayed = RunTask(store_.Delete({}, {Path("a"), Path("b")})).value();
  ASSERT_EQ(stayed.size(), 1U);
  EXPECT_EQ(stayed[0].error.code, ErrorCode::kUnauthorized);
  service_.script = {BlobService::Fails(ErrorCode::kCancelled)};
  EXPECT_EQ(RunTask(store_.Delete({}, {Path("a")})).error().code, ErrorCode::kCancelled);
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

TEST_F(AzureStoreTest, CopyThatIsTooLargeIsMadeBlockByBlockAndSeenWhole) {
  const int64_t size = (int64_t{200} << 20) + 1;
  service_.script = {
      BlobService::Fault(409, "CopySourceTooLarge"),
      BlobService::Says(200,
                        {{"Content-Length", std::to_string(size)}, {"Content-Type", "a/b"}, {"x-ms-meta-theirs", "v"}}),
      BlobService::Fault(404, "BlobNotFound"),
      BlobService::Says(201),
      BlobService::Says(201),
      BlobService::Says(201),
      BlobService::Says(201)};
  EXPECT_EQ(Copy().value(), CopyOutcome::kCreated);
  EXPECT_EQ(Lines()[1], "HEAD /c/from");
  EXPECT_EQ(service_.asked[1].headers.Find("If-Match"), "\"e\"");
  EXPECT_EQ(Lines()[2], "GET /c/t/to?comp=blocklist&blocklisttype=uncommitted");
  std::vector<std::string> ranges;
  for (size_t i = 3; i < 6; ++i) {
    const Headers& sent = service_.asked[i].headers;
    ranges.emplace_back(sent.Find("x-ms-source-range").value_or(""));
    EXPECT_EQ(sent.Find("x-ms-copy-source"), "https://acct.blob.net/c/from");
    EXPECT_EQ(sent.Find("x-ms-source-if-match"), "\"e\"");
  }
  EXPECT_THAT(ranges, testing::UnorderedElementsAre("bytes=0-104857599", "bytes=104857600-209715199",
                                                    "bytes=209715200-209715200"));
  EXPECT_EQ(Lines()[6], "PUT /c/t/to?comp=blocklist");
  EXPECT_EQ(service_.asked[6].headers.Find("If-None-Match"), "*");
  EXPECT_EQ(service_.asked[6].headers.Find("x-ms-meta-theirs"), "v");
  EXPECT_EQ(service_.asked[6].headers.Find("x-ms-blob-content-type"), "a/b");
}

// Of a state of the source each block has one name, and only that state gives it.
TEST_F(AzureStoreTest, CopyGoesOnWithTheBlocksThatOneBeforeHasLeftOfTheSameState) {
  const int64_t size = (int64_t{200} << 20) + 1;
  const auto source = BlobService::Says(200, {{"Content-Length", std::to_string(size)}});
  const auto too_large = BlobService::Fault(409, "CopySourceTooLarge");
  const auto names = [this] {
    std::vector<std::string> all;
    for (const std::string& line : Lines()) {
      const size_t at = line.find("blockid=");
      if (at != std::string::npos) all.push_back(PercentDecode(line.substr(at + 8)));
    }
    std::ranges::sort(all);
    service_.asked.clear();
    return all;
  };
  const auto listed = [](const std::vector<std::string>& ids, int64_t last) {
    std::string xml = "<BlockList><CommittedBlocks/><UncommittedBlocks>";
    for (size_t i = 0; i < ids.size(); ++i) {
      xml += fmt::format("<Block><Name>{}</Name><Size>{}</Size></Block>", ids[i], i == 2 ? last : 100 << 20);
    }
    return BlobService::Says(200, {}, xml + "</UncommittedBlocks></BlockList>");
  };
  const auto run = [&](ObjectAddress from, const BlobService::Answer& left, int sent) {
    service_.script = {too_large, source, left};
    for (int i = 0; i <= sent; ++i) service_.script.push_back(BlobService::Says(201));
    EXPECT_EQ(RunTask(store_.CopyIfAbsent({}, std::move(from), Path("to"))).value(), CopyOutcome::kCreated);
    EXPECT_TRUE(service_.script.empty());
    return names();
  };
  const ObjectAddress from{.service = store_.traits().copies_from, .place = "/c/from", .etag = "\"e\""};
  const std::vector<std::string> all = run(from, listed({}, 0), 3);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(run(from, listed({all[0], all[1]}, 0), 1), std::vector{all[2]});
  EXPECT_EQ(run(from, listed(all, 1), 0), std::vector<std::string>());
  EXPECT_EQ(run(from, listed(all, 2), 1), std::vector{all[2]}) << "it is of another length";
  EXPECT_EQ(run(from, BlobService::Fault(403, "AuthorizationFailure"), 3), all) << "who may not ask copies all";
  ObjectAddress other = from;
  other.etag = "\"f\"";
  const std::vector<std::string> of_other = run(other, listed(all, 1), 3);
  for (const std::string& name : all) EXPECT_THAT(of_other, testing::Not(testing::Contains(name)));
}

TEST_F(AzureStoreTest, CopyOfWhatSomebodyMayForgeGoesOnWithNothing) {
  const ObjectAddress from{
      .service = store_.traits().copies_from, .place = "/c/from", .etag = "\"e\"", .resume = false};
  service_.script = {BlobService::Fault(409, "CopySourceTooLarge"),
                     BlobService::Says(200, {{"Content-Length", std::to_string((100 << 20) + 1)}}),
                     BlobService::Says(201), BlobService::Says(201), BlobService::Says(201)};
  EXPECT_EQ(RunTask(store_.CopyIfAbsent({}, from, Path("to"))).value(), CopyOutcome::kCreated);
  for (const std::string& line : Lines()) EXPECT_FALSE(line.contains("uncommitted")) << line;
}

TEST_F(AzureStoreTest, CopyOfBlocksThatCannotBeIsStreamedAndNothingIsSeen) {
  const auto too_large = BlobService::Fault(409, "CopySourceTooLarge");
  const auto source = BlobService::Says(200, {{"Content-Length", "5"}});
  for (const auto& script : {std::deque{too_large, BlobService::Fault(412, "ConditionNotMet")},
                             std::deque{too_large, BlobService::Says(200)},
                             std::deque{too_large, source, BlobService::Fault(403, "CannotVerifyCopySource")}}) {
    service_.asked.clear();
    service_.script = script;
    EXPECT_EQ(Copy().value(), CopyOutcome::kNotPossible);
    EXPECT_TRUE(service_.script.empty());
    for (const std::string& line : Lines()) EXPECT_FALSE(line.ends_with("blocklist")) << line;
  }
  service_.script = {too_large, source, BlobService::Says(201), BlobService::Fault(409, "BlobAlreadyExists")};
  EXPECT_EQ(Copy().value(), CopyOutcome::kExisted);
}

TEST_F(AzureStoreTest, CopyThatTheServiceDoesLaterIsNotTakenForDone) {
  service_.script = {CopyIs("pending", 202)};
  EXPECT_EQ(Copy().error().code, ErrorCode::kOutcomeUnknown);
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
    const std::string part(writer->part_bytes(), 'x');
    ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf(part))).has_value());
    const auto outcome = RunTask(writer->CommitIfAbsent({}, static_cast<int64_t>(part.size()), {}));
    EXPECT_EQ(outcome.has_value(), there);
    if (!there) EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable);
  }
}

// A block's name says what is in it, so that whoever comes next need only compare names and lengths.
TEST_F(AzureStoreTest, BlocksThatAWriterLeftAreTakenOverByTheirNames) {
  const size_t part = size_t{1} << 20;
  AzureStore store("az://c/t", "t", world_.client, {.part_bytes_min = part});
  const std::string a(part, 'a');
  const std::string b(part, 'b');
  const auto size = static_cast<int64_t>(2 * part + 3);
  const auto id = [](std::string_view bytes, int64_t number) { return BlockId(Crc64Of(bytes), number); };
  const auto block = [&id](std::string_view bytes, int64_t number, size_t length) {
    return fmt::format("<Block><Name>{}</Name><Size>{}</Size></Block>", id(bytes, number), length);
  };
  service_.script = {BlobService::Says(200, {},
                                       "<BlockList><CommittedBlocks/><UncommittedBlocks>" + block(a, 0, part) +
                                           block("other", 1, part) + block("ccc", 2, 4) + block(a, 7, part) +
                                           "<Block><Name>c29tZW9uZSdz</Name><Size>7</Size></Block>"
                                           "</UncommittedBlocks></BlockList>")};
  const auto writer = RunTask(store.Begin({}, Path("a"), {.size_bytes = size, .resume = true})).value();
  EXPECT_TRUE(writer->TakeOver(0, BufferOf(a)));
  EXPECT_TRUE(writer->MayHave(1));
  EXPECT_FALSE(writer->TakeOver(1, BufferOf(b))) << "it is another";
  EXPECT_FALSE(writer->TakeOver(2, BufferOf("ccc"))) << "it is longer";
  EXPECT_FALSE(writer->MayHave(3));
  service_.script = {BlobService::Says(201), BlobService::Says(201), BlobService::Says(201, {{"ETag", "e"}})};
  ASSERT_TRUE(RunTask(writer->Write({}, 1, BufferOf(b))).has_value());
  ASSERT_TRUE(RunTask(writer->Write({}, 2, BufferOf("ccc"))).has_value());
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, size, {.crc64 = Crc64Of(a + b + "ccc")})).value(), PutOutcome::kCreated);
  EXPECT_THAT(Lines(),
              ElementsAre("GET /c/t/a?comp=blocklist&blocklisttype=uncommitted",
                          "PUT /c/t/a?comp=block&blockid=" + PercentEncode(id(b, 1)),
                          "PUT /c/t/a?comp=block&blockid=" + PercentEncode(id("ccc", 2)), "PUT /c/t/a?comp=blocklist"));
  EXPECT_EQ(service_.bodies.back(), WriteBlockList({id(a, 0), id(b, 1), id("ccc", 2)}));
}

TEST_F(AzureStoreTest, BlobIsSentFromItsBeginningWhereNothingIsSaidOfItsBlocks) {
  const size_t part = size_t{1} << 20;
  AzureStore store("az://c/t", "t", world_.client, {.part_bytes_min = part});
  for (const auto& answer : {BlobService::Fault(404, "BlobNotFound"), BlobService::Fault(403, "AuthorizationFailure"),
                             BlobService::Says(200, {}, "<html/>")}) {
    service_.script = {answer};
    const auto writer = RunTask(store.Begin({}, Path("a"), {.size_bytes = 3 << 20, .resume = true}));
    ASSERT_TRUE(writer.has_value());
    EXPECT_FALSE((*writer)->MayHave(0));
    EXPECT_FALSE((*writer)->TakeOver(0, BufferOf(std::string(part, 'a'))));
  }
  service_.asked.clear();
  for (const WriteHints& hints :
       {WriteHints{.size_bytes = 5, .resume = true}, WriteHints{.size_bytes = 3 << 20}, WriteHints{.resume = true}}) {
    ASSERT_TRUE(RunTask(store.Begin({}, Path("a"), hints)).has_value());
  }
  EXPECT_THAT(service_.asked, IsEmpty());
}

TEST_F(AzureStoreTest, WhatFitsIntoAPartIsOneRequestWhetherItsSizeWasSaidOrNot) {
  for (const std::optional<int64_t> said : {std::optional<int64_t>(1), std::optional<int64_t>()}) {
    const auto writer = RunTask(store_.Begin({}, Path("a"), {.size_bytes = said})).value();
    service_.asked.clear();
    service_.script = {BlobService::Says(201)};
    ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("x"))).has_value());
    EXPECT_THAT(service_.asked, IsEmpty());
    EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, 1, {.crc64 = Crc64Of("x")})).value(), PutOutcome::kCreated);
    EXPECT_THAT(Lines(), ElementsAre("PUT /c/t/a"));
  }
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

TEST_F(AzureStoreTest, TouchOfWhatWasReplacedMeanwhileIsDone) {
  for (const auto& [answer, done] : {std::pair(BlobService::Fault(412, "ConditionNotMet"), true),
                                     std::pair(BlobService::Fault(403, "AuthorizationFailure"), false)}) {
    service_.script = {BlobService::Says(200, {{"ETag", "\"e\""}}), answer};
    EXPECT_EQ(RunTask(store_.Touch({}, Path("a"))).value(), done);
  }
}

TEST_F(AzureStoreTest, TouchThatTheServiceCannotDoIsNoRefusal) {
  service_.script = {BlobService::Says(200, {{"ETag", "\"e\""}}), BlobService::Says(501)};
  EXPECT_EQ(RunTask(store_.Touch({}, Path("a"))).error().code, ErrorCode::kInternal);
}

TEST_F(AzureStoreTest, FolderThatHasAnEntryOfItsOwnIsNoObjectOfAListing) {
  const std::string properties =
      "<Properties><Last-Modified>Sun, 29 Nov 2026 12:00:00 GMT</Last-Modified><Content-Length>0</Content-Length>";
  service_.script = {
      BlobService::Says(200, {},
                        "<EnumerationResults><Blobs><Blob><Name>t/d</Name>" + properties +
                            "<ResourceType>directory</ResourceType></Properties></Blob><Blob><Name>t/o</Name>" +
                            properties + "</Properties></Blob></Blobs></EnumerationResults>")};
  const ListPage page = RunTask(store_.List({}, {})).value();
  ASSERT_EQ(page.listing.objects.size(), 1U);
  EXPECT_EQ(page.listing.objects[0].path, Path("o"));
}

TEST_F(AzureStoreTest, DirectoryHasNoFront) {
  service_.script = {BlobService::Says(206,
                                       {{"x-ms-resource-type", "directory"},
                                        {"Content-Range", "bytes 0-0/1"},
                                        {"Last-Modified", "Sun, 29 Nov 2026 12:00:00 GMT"},
                                        {"ETag", "\"e\""}},
                                       "x"),
                     BlobService::Says(200, {{"x-ms-resource-type", "directory"}})};
  EXPECT_EQ(RunTask(store_.OpenFront({}, Path("d"), 1)).error().code, ErrorCode::kNotFound);
}

// However the service says that it is not there.
TEST_F(AzureStoreTest, WhatIsNotThereIsDeletedAndAContainerThatIsNotThereIsAnError) {
  for (const auto& gone :
       {BlobService::Says(404), BlobService::Fault(404, "ResourceNotFound"), BlobService::Fault(404, "BlobNotFound")}) {
    service_.script = {gone};
    EXPECT_THAT(RunTask(store_.Delete({}, {Path("a")})).value(), IsEmpty());
  }
  service_.script = {BlobService::Fault(404, "ContainerNotFound")};
  const auto stayed = RunTask(store_.Delete({}, {Path("a")})).value();
  ASSERT_EQ(stayed.size(), 1U);
  EXPECT_EQ(stayed[0].error.code, ErrorCode::kInvalidArgument);
}

TEST_F(AzureStoreTest, DirectoryThatSomebodyElseTookAwayDoesNotKeepThoseAbove) {
  service_.script = {BlobService::Says(200, {},
                                       "<EnumerationResults><Blobs><BlobPrefix><Name>t/a/</Name><Properties>"
                                       "<ResourceType>directory</ResourceType></Properties></BlobPrefix></Blobs>"
                                       "</EnumerationResults>"),
                     BlobService::Says(202), BlobService::Fault(404, "BlobNotFound"), BlobService::Says(202)};
  ASSERT_TRUE(RunTask(store_.List({}, {})).has_value());
  EXPECT_THAT(RunTask(store_.Delete({}, {Path("a/b/1")})).value(), IsEmpty());
  EXPECT_EQ(Lines().back(), "DELETE /c/t/a");
  service_.script = {BlobService::Says(202), BlobService::Fails(ErrorCode::kCancelled)};
  EXPECT_EQ(RunTask(store_.Delete({}, {Path("a/b/1")})).error().code, ErrorCode::kCancelled);
}

TEST_F(AzureStoreTest, WhetherATargetIsThereHasToBeKnown) {
  service_.script = {BlobService::Fault(412, "ConditionNotMet"),
                     BlobService::Fault(403, "AuthorizationPermissionMismatch")};
  EXPECT_EQ(Copy().error().code, ErrorCode::kUnauthorized);
}

TEST_F(AzureStoreTest, CopyOfBlocksThatFailsForTheServicesOwnReasonsIsAnError) {
  const auto too_large = BlobService::Fault(409, "CopySourceTooLarge");
  service_.script = {too_large, BlobService::Says(400)};
  EXPECT_EQ(Copy().error().code, ErrorCode::kInternal) << "the source does not tell what it is";
  service_.script = {too_large, BlobService::Says(200, {{"Content-Length", "5"}}), BlobService::Says(501)};
  EXPECT_EQ(Copy().error().code, ErrorCode::kInternal) << "a block of it";
  service_.asked.clear();
  service_.script = {too_large, BlobService::Says(200, {{"Content-Length", "0"}})};
  EXPECT_EQ(Copy().value(), CopyOutcome::kNotPossible) << "nothing has no blocks";
  EXPECT_EQ(service_.asked.size(), 2U);
}

TEST_F(AzureStoreTest, RefusedBlockListIsNobodyElsesBlob) {
  const auto writer = RunTask(store_.Begin({}, Path("a"), {})).value();
  const std::string part(writer->part_bytes(), 'x');
  service_.script = {BlobService::Says(201), BlobService::Fault(403, "AuthorizationPermissionMismatch")};
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf(part))).has_value());
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, static_cast<int64_t>(part.size()), {})).error().code,
            ErrorCode::kUnauthorized);
  EXPECT_EQ(service_.asked.size(), 2U);
}

TEST_F(AzureStoreTest, BlobLongerThanItWasSaidToBeIsCorrupt) {
  const auto writer = RunTask(store_.Begin({}, Path("a"), {.size_bytes = 1})).value();
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("x"))).has_value());
  EXPECT_EQ(RunTask(writer->Write({}, 1, BufferOf("y"))).error().code, ErrorCode::kCorruptData);
  EXPECT_THAT(service_.asked, IsEmpty());
}

TEST_F(AzureStoreTest, WhatIsNotTheWholePartOfTheOpenedBlobIsCorrupt) {
  service_.script = {BlobService::Says(
      200, {{"Content-Length", "9"}, {"Last-Modified", "Sun, 29 Nov 2026 12:00:00 GMT"}, {"ETag", "\"e\""}})};
  const auto object = RunTask(store_.Open({}, Path("a"))).value();
  const auto answers = [](int status, size_t received) -> BlobService::Answer {
    return [=](const HttpRequest&, ReplyBody& body) -> Result<HttpReply> {
      body.received = received;
      return HttpReply{.status = status, .headers = {{"ETag", "\"e\""}}};
    };
  };
  std::string room(4, '?');
  for (const auto& answer : {BlobService::Fault(404, "BlobNotFound"), BlobService::Fault(412, "ConditionNotMet"),
                             answers(200, 4), answers(206, 3)}) {
    service_.script = {answer};
    EXPECT_EQ(RunTask(object->Read({}, 2, room)).error().code, ErrorCode::kCorruptData);
  }
  service_.script = {answers(206, 4)};
  EXPECT_EQ(RunTask(object->Read({}, 2, room)).value(), 4U);
}

TEST_F(AzureStoreTest, EtagOfWhatWasCreatedIsSaidHoweverItWasWritten) {
  service_.script = {BlobService::Says(201, {{"ETag", "\"p\""}}), BlobService::Fault(409, "BlobAlreadyExists")};
  EXPECT_EQ(RunTask(store_.Create({}, Path("a"), "x")).value().etag, "\"p\"");
  const Created existed = RunTask(store_.Create({}, Path("a"), "x")).value();
  EXPECT_EQ(existed.outcome, PutOutcome::kExisted);
  EXPECT_EQ(existed.etag, "");
  const auto writer = RunTask(store_.Begin({}, Path("b"), {})).value();
  const std::string part(writer->part_bytes(), 'x');
  service_.script = {BlobService::Says(201, {{"ETag", "\"block\""}}), BlobService::Says(201, {{"ETag", "\"l\""}})};
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf(part))).has_value());
  ASSERT_EQ(RunTask(writer->CommitIfAbsent({}, static_cast<int64_t>(part.size()), {})).value(), PutOutcome::kCreated);
  EXPECT_EQ(writer->etag(), "\"l\"");
  const ObjectAddress address = store_.AddressOf(Path("a"), "\"p\"").value();
  EXPECT_EQ(address.service, store_.traits().copies_from);
  EXPECT_EQ(address.place, "/c/t/a");
  EXPECT_EQ(address.etag, "\"p\"");
  EXPECT_NE(address.held, nullptr) << "an account's own proof";
}

}  // namespace
}  // namespace lakeferry::azure
