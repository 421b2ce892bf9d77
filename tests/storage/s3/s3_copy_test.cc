// Copies in ranges that broke off, and those that go on with what they left, which nobody reads.
#include "storage/s3/s3_copy.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crc64.h"
#include "storage/s3/checksum_text.h"
#include "tests/storage/s3/s3_service.h"
#include "tests/support/run_task.h"

namespace lakeferry::s3 {
namespace {

using testing::ElementsAre;

constexpr int64_t kRange = int64_t{256} << 20;
constexpr int64_t kLast = 3;
constexpr uint64_t kFirstCrc = 11;
constexpr uint64_t kLastCrc = 22;

std::string HeldXml(int number, int64_t size, std::optional<uint64_t> crc64) {
  return fmt::format("<Part><PartNumber>{}</PartNumber><ETag>e{}</ETag><Size>{}</Size>{}</Part>", number, number, size,
                     crc64 ? "<ChecksumCRC64NVME>" + ChecksumText(*crc64) + "</ChecksumCRC64NVME>" : "");
}

// An object of two ranges, which the service takes for too large to be copied at once.
class S3CopyTest : public testing::Test {
 protected:
  static S3Service::Answer Says(const std::string& text) { return S3Service::Status(200, text); }
  static S3Service::Answer CopiedPart(uint64_t crc64) {
    return Says("<CopyPartResult><ETag>new</ETag><ChecksumCRC64NVME>" + ChecksumText(crc64) +
                "</ChecksumCRC64NVME></CopyPartResult>");
  }
  static S3Service::Answer Uploads() {
    return Says(
        "<ListMultipartUploadsResult><Upload><Key>to</Key><UploadId>old</UploadId></Upload>"
        "</ListMultipartUploadsResult>");
  }
  static S3Service::Answer Begun() {
    return Says("<InitiateMultipartUploadResult><UploadId>new</UploadId></InitiateMultipartUploadResult>");
  }
  static S3Service::Answer Refused(int status, const std::string& code) {
    return S3Service::Status(status, "<Error><Code>" + code + "</Code><Message>m</Message></Error>");
  }
  // Notes what is named and promised.
  S3Service::Answer Completed() {
    return [this](const HttpRequest& request, ReplyBody& body) -> Result<HttpReply> {
      completion_.assign(request.body.data(), request.body.size());
      checksum_ = request.headers.Find("x-amz-checksum-crc64nvme").value_or("none");
      body.text = "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>";
      return HttpReply{.status = 200};
    };
  }
  // Behind the attempt at once and the look at the source.
  Result<CopyOutcome> Run(std::vector<S3Service::Answer> answers, bool resumes = true, bool told = true) {
    Headers source{{"ETag", "\"e\""}, {"Content-Length", std::to_string(kRange + kLast)}};
    if (told) source.Add("x-amz-checksum-crc64nvme", ChecksumText(whole_));
    world_.service.script = {Refused(400, "InvalidRequest"), S3Service::Status(200, {}, source)};
    world_.service.script.insert(world_.service.script.end(), answers.begin(), answers.end());
    world_.service.asked.clear();
    const Probed probed{.refuses_second_put = true, .refuses_second_completion = true, .refuses_second_copy = true};
    S3Copy copy(world_.client, "to", "s3://b/to", probed, resumes);
    auto outcome = RunTask(copy.Run({}, {.service = "s3", .place = "/c/from", .etag = "\"e\""}));
    EXPECT_TRUE(world_.service.script.empty()) << world_.service.script.size() << " answers were not asked for";
    asked_ = copy.asked();
    return outcome;
  }
  // From the third request on.
  std::vector<std::string> Asked() {
    std::vector<std::string> lines;
    for (size_t i = 2; i < world_.service.asked.size(); ++i) {
      const HttpRequest& one = world_.service.asked[i];
      lines.push_back(std::string(MethodName(one.method)) + " " + one.target);
    }
    return lines;
  }

  S3World world_;
  uint64_t whole_ = Crc64OfBoth(kFirstCrc, kLastCrc, kLast);
  std::string completion_;
  std::string checksum_;
  Status asked_;
};

constexpr const char* kUploadsOfKey = "GET /b?uploads=&encoding-type=url&prefix=to";
constexpr const char* kPartsOfOld = "GET /b/to?uploadId=old";

TEST_F(S3CopyTest, RangesThatAreThereAreNotCopiedAgainAndTheServiceProvesTheWhole) {
  EXPECT_EQ(Run({Uploads(), Says("<ListPartsResult>" + HeldXml(1, kRange, kFirstCrc) + "</ListPartsResult>"),
                 CopiedPart(kLastCrc), Completed()}),
            CopyOutcome::kCreated);
  EXPECT_THAT(Asked(), ElementsAre(kUploadsOfKey, kPartsOfOld, "PUT /b/to?partNumber=2&uploadId=old",
                                   "POST /b/to?uploadId=old"));
  EXPECT_EQ(world_.service.asked[1].headers.Find("x-amz-checksum-mode"), "ENABLED");
  EXPECT_EQ(checksum_, ChecksumText(whole_));
  EXPECT_THAT(completion_, testing::AllOf(testing::HasSubstr("e1"), testing::HasSubstr("new")));
}

// The name had been meant for another object, or for another state of this one.
TEST_F(S3CopyTest, RangesOfAnotherObjectAreThrownAwayAndAllIsCopied) {
  EXPECT_EQ(
      Run({Uploads(), Says("<ListPartsResult>" + HeldXml(1, kRange, 99) + "</ListPartsResult>"), CopiedPart(kLastCrc),
           S3Service::Status(204), Begun(), CopiedPart(kFirstCrc), CopiedPart(kLastCrc), Completed()}),
      CopyOutcome::kCreated);
  EXPECT_THAT(Asked(),
              ElementsAre(kUploadsOfKey, kPartsOfOld, "PUT /b/to?partNumber=2&uploadId=old",
                          "DELETE /b/to?uploadId=old", "POST /b/to?uploads=", "PUT /b/to?partNumber=1&uploadId=new",
                          "PUT /b/to?partNumber=2&uploadId=new", "POST /b/to?uploadId=new"));
  EXPECT_EQ(checksum_, "none") << "all were copied on condition of the source";
}

TEST_F(S3CopyTest, WholeThatTheServiceRefusesIsThrownAwayToo) {
  EXPECT_EQ(Run({Uploads(),
                 Says("<ListPartsResult>" + HeldXml(1, kRange, kFirstCrc) + HeldXml(2, kLast, kLastCrc) +
                      "</ListPartsResult>"),
                 Refused(400, "BadDigest"), S3Service::Status(204), Begun(), CopiedPart(kFirstCrc),
                 CopiedPart(kLastCrc), Completed()}),
            CopyOutcome::kCreated);
}

TEST_F(S3CopyTest, RangesOfOtherLengthsOrWithoutChecksumAreCopiedAgain) {
  EXPECT_EQ(
      Run({Uploads(),
           Says("<ListPartsResult>" + HeldXml(1, kRange - 1, kFirstCrc) + HeldXml(2, kLast, {}) + "</ListPartsResult>"),
           CopiedPart(kFirstCrc), CopiedPart(kLastCrc), Completed()}),
      CopyOutcome::kCreated);
  EXPECT_THAT(Asked(), testing::Contains("PUT /b/to?partNumber=1&uploadId=old"));
  EXPECT_THAT(Asked(), testing::Contains("PUT /b/to?partNumber=2&uploadId=old"));
}

// A range that was copied now and of which no checksum is told: then nothing tells that the rest is of this object.
TEST_F(S3CopyTest, WhereTheWholeCannotBeToldAllIsCopiedAnew) {
  EXPECT_EQ(Run({Uploads(), Says("<ListPartsResult>" + HeldXml(1, kRange, kFirstCrc) + "</ListPartsResult>"),
                 Says("<CopyPartResult><ETag>p</ETag></CopyPartResult>"), S3Service::Status(204), Begun(),
                 CopiedPart(kFirstCrc), CopiedPart(kLastCrc), Completed()}),
            CopyOutcome::kCreated);
}

TEST_F(S3CopyTest, NothingIsAskedWhereNothingCouldBeBelieved) {
  for (const bool resumes : {true, false}) {
    EXPECT_EQ(Run({Begun(), CopiedPart(kFirstCrc), CopiedPart(kLastCrc), Completed()}, resumes, !resumes),
              CopyOutcome::kCreated);
    EXPECT_THAT(Asked(), testing::Contains("POST /b/to?uploads=").Times(1));
    EXPECT_EQ(world_.service.asked.size(), 6U);
    EXPECT_TRUE(asked_.has_value());
  }
}

TEST_F(S3CopyTest, WhoMayNotAskCopiesAllAndSaysSo) {
  EXPECT_EQ(Run({Refused(403, "AccessDenied"), Begun(), CopiedPart(kFirstCrc), CopiedPart(kLastCrc), Completed()}),
            CopyOutcome::kCreated);
  ASSERT_FALSE(asked_.has_value());
  EXPECT_EQ(asked_.error().code, ErrorCode::kUnauthorized);
}

TEST_F(S3CopyTest, WhatBreaksOffIsLeftToTheNextAttemptIfThatCanGoOn) {
  const std::string none = "<ListMultipartUploadsResult></ListMultipartUploadsResult>";
  const auto fails = S3Service::Fails(ErrorCode::kUnauthorized);
  EXPECT_EQ(Run({Says(none), Begun(), CopiedPart(kFirstCrc), fails}).error().code, ErrorCode::kUnauthorized);
  EXPECT_EQ(Asked().back(), "PUT /b/to?partNumber=2&uploadId=new");
  EXPECT_EQ(Run({Says(none), Begun(), CopiedPart(kFirstCrc), CopiedPart(kLastCrc), fails}).error().code,
            ErrorCode::kUnauthorized);
  EXPECT_EQ(Asked().back(), "POST /b/to?uploadId=new");
  for (const bool resumes : {true, false}) {
    EXPECT_FALSE(Run({Begun(), CopiedPart(kFirstCrc), fails, S3Service::Status(204)}, resumes, !resumes).has_value());
    EXPECT_EQ(Asked().back(), "DELETE /b/to?uploadId=new") << "nobody goes on with it";
  }
}

// Whoever had it before has ended it: no reason to send the object through this process.
TEST_F(S3CopyTest, UploadThatEndedMeanwhilePasses) {
  const auto copied = Run({Uploads(), Says("<ListPartsResult>" + HeldXml(1, kRange, kFirstCrc) + "</ListPartsResult>"),
                           Refused(404, "NoSuchUpload")});
  EXPECT_EQ(copied.error().code, ErrorCode::kUnavailable);
}

TEST_F(S3CopyTest, OtherUploadsOfTheNameEndWithIt) {
  const std::string two =
      "<ListMultipartUploadsResult><Upload><Key>to</Key><UploadId>old</UploadId></Upload><Upload><Key>to</Key>"
      "<UploadId>older</UploadId></Upload></ListMultipartUploadsResult>";
  EXPECT_EQ(
      Run({Says(two), Says("<ListPartsResult>" + HeldXml(1, kRange, kFirstCrc) + "</ListPartsResult>"),
           Says("<ListPartsResult></ListPartsResult>"), CopiedPart(kLastCrc), Completed(), S3Service::Status(204)}),
      CopyOutcome::kCreated);
  EXPECT_EQ(Asked().back(), "DELETE /b/to?uploadId=older");
}

}  // namespace
}  // namespace lakeferry::s3
