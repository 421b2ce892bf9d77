#include "storage/s3/s3_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crc64.h"
#include "storage/s3/checksum_text.h"
#include "storage/s3/s3_writer.h"
#include "tests/storage/s3/s3_service.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry::s3 {
namespace {

using testing::HasSubstr;

constexpr int64_t kMib = int64_t{1} << 20;

TEST(S3WriterTest, ObjectHasAtMostTenThousandParts) {
  EXPECT_EQ(PartBytesFor({}, 8 * kMib), static_cast<size_t>(8 * kMib));
  EXPECT_EQ(PartBytesFor(0, 8 * kMib), static_cast<size_t>(8 * kMib));
  EXPECT_EQ(PartBytesFor(80'000 * kMib, 8 * kMib), static_cast<size_t>(8 * kMib));
  EXPECT_EQ(PartBytesFor(80'000 * kMib + 1, 8 * kMib), static_cast<size_t>(9 * kMib));
  const int64_t largest = 5 * kMib * kMib;
  EXPECT_LE(largest / static_cast<int64_t>(PartBytesFor(largest, 8 * kMib)), 10'000);
}

// What is said of it was taken before it came here: the store is to compare with that.
TEST(S3WriterTest, PartGoesWithTheChecksumThatItCameWith) {
  S3World world;
  S3Writer writer(world.client, "k", "w", 4, {}, true);
  world.service.script = {
      S3Service::Status(200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"),
      S3Service::Status(200, {}, {{"ETag", "e"}}), S3Service::Status(200, {}, {{"ETag", "e"}})};
  Buffer part = BufferOf("text");
  part.set_crc64(7);
  ASSERT_TRUE(RunTask(writer.Write({}, 0, std::move(part))));
  ASSERT_TRUE(RunTask(writer.Write({}, 1, BufferOf("more"))));
  ASSERT_EQ(world.service.asked.size(), 3U);
  EXPECT_EQ(world.service.asked[1].headers.Find("x-amz-checksum-crc64nvme"), ChecksumText(7));
  EXPECT_EQ(world.service.asked[2].headers.Find("x-amz-checksum-crc64nvme"), ChecksumText(Crc64Of("more")));
}

// Missing evidence is no empty object.
TEST(S3StoreTest, HeadThatDoesNotSayWhatIsThereIsNoAnswer) {
  S3World world;
  boost::asio::io_context loop;
  auto unasked = std::make_shared<StoreProbe>(loop.get_executor(), world.clock,
                                              [](Call) -> Task<Result<Probed>> { co_return Probed(); });
  S3Store store("s3://b", "", world.client, std::move(unasked));
  const Headers whole{{"Content-Length", "5"}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"ETag", "e"}};
  world.service.script = {S3Service::Status(200, {}, whole)};
  EXPECT_EQ(RunTask(store.Head({}, ObjectPath::Of("a"))).value().size_bytes, 5);
  for (const auto* wrong : {"Content-Length", "Last-Modified"}) {
    Headers headers = whole;
    headers.Set(wrong, "?");
    world.service.script = {S3Service::Status(200, {}, headers)};
    EXPECT_EQ(RunTask(store.Head({}, ObjectPath::Of("a"))).error().code, ErrorCode::kCorruptData) << wrong;
  }
}

std::string RefusalXml(const std::string& code, const std::string& message) {
  return "<Error><Code>" + code + "</Code><Message>" + message + "</Message></Error>";
}

// A store whose bucket is known to keep all conditions, or whichever a test says.
class ProbedS3Test : public testing::Test {
 protected:
  S3Store Store(Probed probed = {.refuses_second_put = true,
                                 .one_of_two_puts = true,
                                 .refuses_second_completion = true,
                                 .refuses_second_copy = true,
                                 .checks_checksums = true,
                                 .shows_what_it_took = true},
                S3StoreOptions options = {}) {
    auto probe = std::make_shared<StoreProbe>(loop_.get_executor(), world_.clock,
                                              [probed](Call) -> Task<Result<Probed>> { co_return probed; });
    return {"s3://b", "", world_.client, std::move(probe), options};
  }
  static ObjectAddress From() { return {.service = "s3 http://h:9000", .place = "/c/from", .etag = "\"e\""}; }
  // Method and target of each request.
  std::vector<std::string> Asked() const {
    std::vector<std::string> asked;
    for (const HttpRequest& one : world_.service.asked) {
      asked.push_back(std::string(MethodName(one.method)) + " " + one.target);
    }
    return asked;
  }

  S3World world_;
  boost::asio::io_context loop_;
};

Headers FrontHeaders(const std::string& range) {
  return {{"Content-Range", range}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"ETag", "\"e\""}};
}

TEST_F(ProbedS3Test, OneRequestBringsWhatAnObjectBeginsWithAndTellsOfIt) {
  S3Store store = Store();
  world_.service.script = {S3Service::Status(206, "0123", FrontHeaders("bytes 0-3/10"))};
  const auto object = RunTask(store.OpenFront({}, ObjectPath::Of("a"), 4), loop_).value();
  EXPECT_EQ(object->size_bytes(), 10);
  EXPECT_EQ(object->info().etag, "\"e\"");
  EXPECT_EQ(object->address().etag, "\"e\"");
  std::string buffer(2, '?');
  EXPECT_EQ(RunTask(object->Read({}, 2, buffer), loop_).value(), 2U);
  EXPECT_EQ(buffer, "23");
  EXPECT_THAT(Asked(), testing::ElementsAre("GET /b/a"));
  EXPECT_EQ(world_.service.asked[0].headers.Find("Range"), "bytes=0-3");
  world_.service.script = {S3Service::Status(206, {}, {{"ETag", "\"e\""}})};
  std::string beyond(4, '?');
  EXPECT_FALSE(RunTask(object->Read({}, 3, beyond), loop_).has_value()) << "nothing came";
  ASSERT_EQ(world_.service.asked.size(), 2U);
  EXPECT_EQ(world_.service.asked[1].headers.Find("If-Match"), "\"e\"");
}

// Whatever the answer to that is, it is taken for no more than it is.
TEST_F(ProbedS3Test, ObjectWhoseFrontIsNotToldIsOpenedAsAnyOther) {
  const Headers head{{"Content-Length", "5"}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"ETag", "\"e\""}};
  for (const auto& answer :
       {S3Service::Status(416), S3Service::Status(200, "whole", head),
        S3Service::Status(206, "0123", FrontHeaders("bytes 1-4/10")), S3Service::Status(206, "0123", FrontHeaders("?")),
        S3Service::Status(206, "0123", FrontHeaders("bytes 0-3/2"))}) {
    S3Store store = Store();
    world_.service.asked.clear();
    world_.service.script = {answer, S3Service::Status(200, {}, head)};
    const auto object = RunTask(store.OpenFront({}, ObjectPath::Of("a"), 4), loop_);
    ASSERT_TRUE(object.has_value()) << ToString(object.error());
    EXPECT_EQ((*object)->size_bytes(), 5);
    EXPECT_THAT(Asked(), testing::ElementsAre("GET /b/a", "HEAD /b/a"));
  }
}

TEST_F(ProbedS3Test, EtagIsSaidWhereTheServiceComparesChecksumsAndNowhereElse) {
  Probed compares_none{.refuses_second_put = true, .one_of_two_puts = true, .refuses_second_completion = true};
  compares_none.shows_what_it_took = true;
  for (const bool compares : {true, false}) {
    S3Store store = compares ? Store() : Store(compares_none);
    world_.service.script = {S3Service::Status(200, {}, {{"ETag", "\"new\""}})};
    EXPECT_EQ(RunTask(store.Create({}, ObjectPath::Of("a"), "x"), loop_).value().etag, compares ? "\"new\"" : "");
    const auto writer = RunTask(store.Begin({}, ObjectPath::Of("b"), {}), loop_).value();
    world_.service.script = {S3Service::Status(200, {}, {{"ETag", "\"new\""}})};
    ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("x")), loop_).has_value());
    ASSERT_TRUE(RunTask(writer->CommitIfAbsent({}, 1, {}), loop_).has_value());
    EXPECT_EQ(writer->etag(), compares ? "\"new\"" : "");
  }
}

TEST_F(ProbedS3Test, LittleOfUnknownSizeIsOneRequestAndAnUploadBeginsWithItsFirstPart) {
  S3Store store = Store();
  const auto little = RunTask(store.Begin({}, ObjectPath::Of("a"), {}), loop_).value();
  ASSERT_TRUE(RunTask(little->Write({}, 0, BufferOf("x")), loop_).has_value());
  EXPECT_THAT(Asked(), testing::IsEmpty());
  ASSERT_TRUE(RunTask(little->CommitIfAbsent({}, 1, {}), loop_).has_value());
  EXPECT_THAT(Asked(), testing::ElementsAre("PUT /b/a"));
  world_.service.asked.clear();
  const auto large = RunTask(store.Begin({}, ObjectPath::Of("b"), {}), loop_).value();
  const std::string part(large->part_bytes(), 'p');
  const auto created = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
  world_.service.script = {S3Service::Status(200, created), S3Service::Status(200, {}, {{"ETag", "1"}}),
                           S3Service::Status(200, {}, {{"ETag", "2"}})};
  ASSERT_TRUE(RunTask(large->Write({}, 1, BufferOf("rest")), loop_).has_value());
  ASSERT_TRUE(RunTask(large->Write({}, 0, BufferOf(part)), loop_).has_value());
  EXPECT_THAT(Asked(), testing::ElementsAre("POST /b/b?uploads=", "PUT /b/b?partNumber=2&uploadId=u",
                                            "PUT /b/b?partNumber=1&uploadId=u"));
}

// HEAD has no body, and 400 means many things.
TEST_F(ProbedS3Test, ObjectThatWantsItsReadersKeyIsNamedWithTheWayOut) {
  S3Store store = Store();
  world_.service.script = {
      S3Service::Status(400),
      S3Service::Status(400, RefusalXml("InvalidRequest",
                                        "The object was stored using a form of Server Side Encryption. "
                                        "The correct parameters must be provided to retrieve the "
                                        "object."))};
  const auto opened = RunTask(store.Open({}, ObjectPath::Of("a")), loop_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(ToString(opened.error()),
              testing::AllOf(HasSubstr("SSE-C"), HasSubstr("s3://b/a"), HasSubstr("SSE-KMS")));
}

TEST_F(ProbedS3Test, ArchivedObjectIsNamedWithTheWayOut) {
  S3Store store = Store();
  world_.service.script = {S3Service::Status(403, RefusalXml("InvalidObjectState", "The operation is not valid"))};
  const auto got = RunTask(store.Get({}, ObjectPath::Of("t/a"), 10), loop_);
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(ToString(got.error()),
              testing::AllOf(HasSubstr("archived"), HasSubstr("s3://b/t/a"), HasSubstr("restore-object")));
}

// A policy that demands If-None-Match or If-Match of every write.
TEST_F(ProbedS3Test, HintIsWrittenOnConditionWhereThePolicyWantsOne) {
  S3Store store = Store();
  const auto denied = S3Service::Status(403, RefusalXml("AccessDenied", "Access Denied"));
  world_.service.script = {denied};
  EXPECT_TRUE(RunTask(store.Put({}, ObjectPath::Of("hint"), "1"), loop_).has_value());
  EXPECT_EQ(world_.service.objects.at("hint"), "1");
  EXPECT_EQ(world_.service.asked.back().headers.Find("If-None-Match"), "*");
  world_.service.script = {denied};
  EXPECT_TRUE(RunTask(store.Put({}, ObjectPath::Of("hint"), "2"), loop_).has_value());
  EXPECT_EQ(world_.service.objects.at("hint"), "2");
  EXPECT_EQ(world_.service.asked.back().headers.Find("If-Match"), "\"e\"");
  world_.service.script = {denied, S3Service::Status(404), denied};
  EXPECT_EQ(RunTask(store.Put({}, ObjectPath::Of("hint"), "3"), loop_).error().code, ErrorCode::kUnauthorized);
}

TEST_F(ProbedS3Test, WhatARetentionKeepsIsNamed) {
  S3Store store = Store();
  world_.service.script = {
      S3Service::Status(200,
                        "<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code><Message>Access Denied because "
                        "object protected by object lock.</Message></Error></DeleteResult>")};
  const auto stayed = RunTask(store.Delete({}, {ObjectPath::Of("a"), ObjectPath::Of("b")}), loop_).value();
  ASSERT_EQ(stayed.size(), 1U);
  EXPECT_EQ(stayed[0].error.code, ErrorCode::kUnauthorized);
  EXPECT_THAT(ToString(stayed[0].error), HasSubstr("retention"));
}

TEST_F(ProbedS3Test, CopyThatIsTooLargeForOneRequestIsMadeOfRanges) {
  S3Store store = Store();
  const int64_t size = int64_t{6} << 30;
  world_.service.script = {
      S3Service::Status(400, RefusalXml("InvalidRequest", "The specified copy source is larger than the maximum")),
      S3Service::Status(200, {}, {{"ETag", "\"e\""}, {"Content-Length", std::to_string(size)}}),
      S3Service::Status(200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")};
  for (int i = 0; i < 24; ++i) {
    world_.service.script.push_back(S3Service::Status(200, "<CopyPartResult><ETag>p</ETag></CopyPartResult>"));
  }
  EXPECT_EQ(RunTask(store.CopyIfAbsent({}, From(), ObjectPath::Of("to")), loop_).value(), CopyOutcome::kCreated);
  const auto asked = Asked();
  ASSERT_EQ(asked.size(), 28U);
  EXPECT_EQ(asked[0], "PUT /b/to");
  EXPECT_EQ(asked[1], "HEAD /c/from");
  EXPECT_EQ(world_.service.asked[1].headers.Find("If-Match"), "\"e\"");
  EXPECT_EQ(asked[3], "PUT /b/to?partNumber=1&uploadId=u");
  EXPECT_EQ(world_.service.asked[3].headers.Find("x-amz-copy-source-range"), "bytes=0-268435455");
  EXPECT_EQ(world_.service.asked[26].headers.Find("x-amz-copy-source-range"), "bytes=6174015488-6442450943");
  EXPECT_EQ(world_.service.asked[26].headers.Find("x-amz-copy-source-if-match"), "\"e\"");
  EXPECT_EQ(world_.service.asked[27].headers.Find("If-None-Match"), "*");
}

TEST_F(ProbedS3Test, RangesThatAreRefusedAreStreamedInstead) {
  S3Store store = Store();
  world_.service.script = {
      S3Service::Status(400, RefusalXml("InvalidRequest", "too large")),
      S3Service::Status(200, {}, {{"ETag", "\"e\""}, {"Content-Length", "10"}}),
      S3Service::Status(200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"),
      S3Service::Status(412, RefusalXml("PreconditionFailed", "m"))};
  EXPECT_EQ(RunTask(store.CopyIfAbsent({}, From(), ObjectPath::Of("to")), loop_).value(), CopyOutcome::kNotPossible);
  EXPECT_EQ(Asked().back(), "DELETE /b/to?uploadId=u") << "nothing is left of it";
}

TEST_F(ProbedS3Test, WhereCredentialsAreGoodForOnePlaceNothingIsCopied) {
  S3Store store =
      Store({.refuses_second_put = true, .one_of_two_puts = true, .refuses_second_copy = true}, {.closed = true});
  EXPECT_EQ(RunTask(store.CopyIfAbsent({}, From(), ObjectPath::Of("to")), loop_).value(), CopyOutcome::kNotPossible);
  EXPECT_TRUE(Asked().empty());
  EXPECT_EQ(store.traits().copies_from, "");
}

// The end of an upload would replace.
TEST_F(ProbedS3Test, LargeCopyIsStreamedWhereNoCompletionIsOnCondition) {
  S3Store store = Store(
      {.refuses_second_put = true, .one_of_two_puts = true, .refuses_second_copy = true, .shows_what_it_took = true});
  world_.service.script = {S3Service::Status(400, RefusalXml("InvalidRequest", "too large"))};
  EXPECT_EQ(RunTask(store.CopyIfAbsent({}, From(), ObjectPath::Of("to")), loop_).value(), CopyOutcome::kNotPossible);
  EXPECT_EQ(Asked().size(), 1U);
}

}  // namespace
}  // namespace lakeferry::s3
