// Uploads that are taken up: what a service says of them, and what is made of that.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crc64.h"
#include "base/digest.h"
#include "storage/s3/checksum_text.h"
#include "storage/s3/s3_store.h"
#include "tests/storage/s3/s3_service.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry::s3 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr size_t kPart = size_t{1} << 20;
constexpr int64_t kSize = 2 * kPart + 3;

std::string A() { return std::string(kPart, 'a'); }
std::string B() { return std::string(kPart, 'b'); }

std::string UploadXml(const std::string& key, const std::string& id, const std::string& begun) {
  return fmt::format("<Upload><Key>{}</Key><UploadId>{}</UploadId><Initiated>{}</Initiated></Upload>", key, id, begun);
}

std::string UploadsXml(const std::string& uploads, const std::string& more = {}) {
  return "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>" + more + uploads +
         "</ListMultipartUploadsResult>";
}

std::string PartXml(int number, std::string_view bytes, bool with_crc64 = true) {
  return fmt::format("<Part><PartNumber>{}</PartNumber><ETag>&quot;{}&quot;</ETag><Size>{}</Size>{}</Part>", number,
                     Md5Hex(bytes), bytes.size(),
                     with_crc64 ? "<ChecksumCRC64NVME>" + ChecksumText(Crc64Of(bytes)) + "</ChecksumCRC64NVME>" : "");
}

std::string PartsXml(const std::string& parts, const std::string& more = {}) {
  return "<ListPartsResult>" + more + parts + "</ListPartsResult>";
}

class S3ResumeTest : public testing::Test {
 protected:
  static constexpr Probed kGood{.refuses_second_put = true,
                                .one_of_two_puts = true,
                                .refuses_second_completion = true,
                                .refuses_second_copy = true,
                                .checks_checksums = true,
                                .shows_what_it_took = true};

  S3Store Store(Probed probed = kGood) {
    auto probe = std::make_shared<StoreProbe>(loop_.get_executor(), world_.clock,
                                              [probed](Call) -> Task<Result<Probed>> { co_return probed; });
    return {"s3://b", "t", world_.client, std::move(probe), {.part_bytes_min = kPart}};
  }
  // Of an object of these two parts and "ccc".
  std::unique_ptr<ObjectWriter> GoOn(S3Store& store) {
    auto writer = RunTask(store.Begin({}, ObjectPath::Of("k"), {.size_bytes = kSize, .resume = true}), loop_);
    EXPECT_TRUE(writer.has_value());
    return writer ? *std::move(writer) : nullptr;
  }
  // Method and target of each request.
  std::vector<std::string> Asked() {
    std::vector<std::string> asked;
    for (const HttpRequest& one : std::exchange(world_.service.asked, {})) {
      asked.push_back(std::string(MethodName(one.method)) + " " + one.target);
    }
    return asked;
  }
  void Script(std::vector<S3Service::Answer> answers) { world_.service.script.assign(answers.begin(), answers.end()); }
  static S3Service::Answer Says(std::string text) { return S3Service::Status(200, std::move(text)); }

  S3World world_;
  boost::asio::io_context loop_;
};

constexpr const char* kListed = "GET /b?uploads=&encoding-type=url&prefix=t%2Fk";

TEST_F(S3ResumeTest, UploadIsTakenUpAndOnlyWhatItLacksIsSent) {
  S3Store store = Store();
  Script({Says(UploadsXml(UploadXml("t/k", "u", "2026-11-30T10:00:00Z"))),
          Says(PartsXml(PartXml(1, A()) + PartXml(3, "ccc")))});
  const auto writer = GoOn(store);
  EXPECT_THAT(Asked(), ElementsAre(kListed, "GET /b/t/k?uploadId=u"));
  EXPECT_TRUE(writer->TakeOver(0, BufferOf(A())));
  EXPECT_FALSE(writer->TakeOver(1, BufferOf(B())));
  EXPECT_TRUE(writer->TakeOver(2, BufferOf("ccc")));
  Script({S3Service::Status(200, {}, {{"ETag", "\"new\""}})});
  ASSERT_TRUE(RunTask(writer->Write({}, 1, BufferOf(B())), loop_).has_value());
  std::string completed;
  Script({[&completed](const HttpRequest& request, ReplyBody& body) -> Result<HttpReply> {
    completed.assign(request.body.data(), request.body.size());
    EXPECT_EQ(request.headers.Find("x-amz-checksum-crc64nvme"), ChecksumText(Crc64Of(A() + B() + "ccc")));
    EXPECT_EQ(request.headers.Find("If-None-Match"), "*");
    body.text = "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>";
    return HttpReply{.status = 200};
  }});
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, kSize, {}), loop_).value(), PutOutcome::kCreated);
  EXPECT_THAT(Asked(), ElementsAre("PUT /b/t/k?partNumber=2&uploadId=u", "POST /b/t/k?uploadId=u"));
  for (const std::string& part : {Md5Hex(A()), std::string("new"), Md5Hex("ccc"), ChecksumText(Crc64Of("ccc"))}) {
    EXPECT_THAT(completed, testing::HasSubstr(part));
  }
}

TEST_F(S3ResumeTest, PartWithoutChecksumIsComparedByTheMd5ThatItsEtagMayBe) {
  S3Store store = Store();
  Script({Says(UploadsXml(UploadXml("t/k", "u", "2026-11-30T10:00:00Z"))),
          Says(PartsXml(PartXml(1, A(), false) + PartXml(2, std::string(kPart, 'o'), false) +
                        "<Part><PartNumber>3</PartNumber><ETag>opaque</ETag><Size>3</Size></Part>"))});
  const auto writer = GoOn(store);
  EXPECT_TRUE(writer->TakeOver(0, BufferOf(A())));
  EXPECT_FALSE(writer->TakeOver(1, BufferOf(B())));
  EXPECT_FALSE(writer->TakeOver(2, BufferOf("ccc"))) << "nothing proves it";
}

// A checksum that is told decides, whatever the ETag is.
TEST_F(S3ResumeTest, PartOfAnotherChecksumIsAnother) {
  S3Store store = Store();
  const std::string lies = fmt::format(
      "<Part><PartNumber>1</PartNumber><ETag>{}</ETag><Size>{}</Size><ChecksumCRC64NVME>{}</ChecksumCRC64NVME></Part>",
      Md5Hex(A()), kPart, ChecksumText(Crc64Of(B())));
  Script({Says(UploadsXml(UploadXml("t/k", "u", "2026-11-30T10:00:00Z"))), Says(PartsXml(lies))});
  EXPECT_FALSE(GoOn(store)->TakeOver(0, BufferOf(A())));
}

TEST_F(S3ResumeTest, OfSeveralTheOneWithMostIsTakenAndTheOthersEndWithIt) {
  S3Store store = Store();
  Script({Says(UploadsXml(UploadXml("t/k", "old", "2026-11-29T10:00:00Z") +
                          UploadXml("t/k", "new", "2026-11-30T10:00:00Z") +
                          UploadXml("t/kk", "another", "2026-11-30T11:00:00Z"))),
          Says(PartsXml(PartXml(1, A()))), Says(PartsXml(PartXml(1, A()) + PartXml(2, B())))});
  const auto writer = GoOn(store);
  EXPECT_THAT(Asked(), ElementsAre(kListed, "GET /b/t/k?uploadId=new", "GET /b/t/k?uploadId=old"));
  EXPECT_TRUE(writer->TakeOver(0, BufferOf(A())));
  EXPECT_TRUE(writer->TakeOver(1, BufferOf(B())));
  Script({S3Service::Status(200, {}, {{"ETag", "e"}}),
          Says("<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"),
          S3Service::Status(204)});
  ASSERT_TRUE(RunTask(writer->Write({}, 2, BufferOf("ccc")), loop_).has_value());
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, kSize, {}), loop_).value(), PutOutcome::kCreated);
  EXPECT_THAT(Asked(), ElementsAre("PUT /b/t/k?partNumber=3&uploadId=old", "POST /b/t/k?uploadId=old",
                                   "DELETE /b/t/k?uploadId=new"));
}

// It could not be completed with a checksum over the whole.
TEST_F(S3ResumeTest, UploadOfOtherChecksumsIsNotTakenUp) {
  for (const std::string& more : {std::string("<ChecksumAlgorithm>CRC32</ChecksumAlgorithm>"),
                                  std::string("<ChecksumType>COMPOSITE</ChecksumType>")}) {
    S3Store store = Store();
    Script({Says(UploadsXml(UploadXml("t/k", "u", "2026-11-30T10:00:00Z"))), Says(PartsXml(PartXml(1, A()), more))});
    EXPECT_FALSE(GoOn(store)->MayHave(0)) << more;
  }
}

TEST_F(S3ResumeTest, UploadThatEndedMeanwhileIsPassedOver) {
  S3Store store = Store();
  Script({Says(UploadsXml(UploadXml("t/k", "gone", "2026-11-30T12:00:00Z") +
                          UploadXml("t/k", "u", "2026-11-30T10:00:00Z"))),
          S3Service::Status(404, "<Error><Code>NoSuchUpload</Code></Error>"), Says(PartsXml(PartXml(1, A())))});
  EXPECT_TRUE(GoOn(store)->TakeOver(0, BufferOf(A())));
}

TEST_F(S3ResumeTest, ManyPartsComeInPages) {
  S3Store store = Store();
  Script(
      {Says(UploadsXml(UploadXml("t/k", "u", "2026-11-30T10:00:00Z"))),
       Says(PartsXml(PartXml(1, A()), "<IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>")),
       Says(PartsXml(PartXml(2, B())))});
  const auto writer = GoOn(store);
  EXPECT_THAT(Asked(), ElementsAre(kListed, "GET /b/t/k?uploadId=u", "GET /b/t/k?uploadId=u&part-number-marker=1"));
  EXPECT_TRUE(writer->MayHave(0));
  EXPECT_TRUE(writer->MayHave(1));
}

// It would never come to an end.
TEST_F(S3ResumeTest, PagesThatDoNotGoOnAreNoAnswer) {
  S3Store store = Store();
  const auto page =
      Says(PartsXml(PartXml(1, A()), "<IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>"));
  Script({Says(UploadsXml(UploadXml("t/k", "u", "2026-11-30T10:00:00Z"))), page, page, page});
  EXPECT_FALSE(GoOn(store)->MayHave(0));
  EXPECT_EQ(world_.service.script.size(), 1U);
}

// The object is sent from its beginning, as by whoever has no such right.
TEST_F(S3ResumeTest, WhoMayNotAskForUploadsSendsAllAndAsksOnce) {
  for (const auto& refusal : {S3Service::Status(403, "<Error><Code>AccessDenied</Code></Error>"),
                              S3Service::Status(501, "<Error><Code>NotImplemented</Code></Error>")}) {
    S3Store store = Store();
    Script({refusal});
    EXPECT_FALSE(GoOn(store)->MayHave(0));
    EXPECT_THAT(Asked(), ElementsAre(kListed));
    EXPECT_FALSE(store.traits().resumes);
    EXPECT_FALSE(GoOn(store)->MayHave(0));
    EXPECT_TRUE(RunTask(store.DropUnfinished({}, ObjectPath::Of("d"), {}), loop_).has_value());
    EXPECT_THAT(Asked(), IsEmpty());
  }
}

TEST_F(S3ResumeTest, AnswerThatMakesNoSenseIsTakenForNothing) {
  S3Store store = Store();
  Script({Says("<html/>")});
  EXPECT_FALSE(GoOn(store)->MayHave(0));
  EXPECT_TRUE(store.traits().resumes) << "the next may be understood";
}

TEST_F(S3ResumeTest, NothingIsAskedWhereNothingCouldBeBelieved) {
  Probed compares_none = kGood;
  compares_none.checks_checksums = false;
  S3Store store = Store(compares_none);
  EXPECT_FALSE(GoOn(store)->MayHave(0));
  EXPECT_THAT(Asked(), IsEmpty());
  EXPECT_FALSE(store.traits().resumes);
}

TEST_F(S3ResumeTest, NothingIsAskedForAnObjectInOnePartOrWithoutTheHint) {
  S3Store store = Store();
  for (const WriteHints& hints :
       {WriteHints{.size_bytes = 5, .resume = true}, WriteHints{.size_bytes = kSize}, WriteHints{.resume = true}}) {
    ASSERT_TRUE(RunTask(store.Begin({}, ObjectPath::Of("k"), hints), loop_).has_value());
  }
  EXPECT_THAT(Asked(), IsEmpty());
}

// Its retention is counted from the upload's beginning.
TEST_F(S3ResumeTest, NoUploadIsTakenUpWhereObjectsAreLocked) {
  BucketAddress address = world_.client->address();
  address.terms.lock = ObjectLock{.mode = "COMPLIANCE", .until = std::chrono::days(7)};
  world_.client = world_.client->At(std::move(address));
  S3Store store = Store();
  EXPECT_FALSE(GoOn(store)->MayHave(0));
  EXPECT_THAT(Asked(), IsEmpty());
  EXPECT_FALSE(store.traits().resumes);
}

// What a process had on its way when it was killed arrives after all.
TEST_F(S3ResumeTest, PartThatArrivesLateIsTakenWithTheEtagThatItHasThen) {
  S3Store store = Store();
  const auto listed = [](const std::string& etag) {
    return Says(PartsXml(PartXml(1, A()) + PartXml(2, B()) +
                         fmt::format("<Part><PartNumber>3</PartNumber><ETag>{}</ETag><Size>3</Size>"
                                     "<ChecksumCRC64NVME>{}</ChecksumCRC64NVME></Part>",
                                     etag, ChecksumText(Crc64Of("ccc")))));
  };
  Script({Says(UploadsXml(UploadXml("t/k", "u", "2026-11-30T10:00:00Z"))), listed("early")});
  const auto writer = GoOn(store);
  EXPECT_TRUE(writer->TakeOver(0, BufferOf(A())));
  EXPECT_TRUE(writer->TakeOver(1, BufferOf(B())));
  EXPECT_TRUE(writer->TakeOver(2, BufferOf("ccc")));
  std::string completed;
  Script({S3Service::Status(400, "<Error><Code>InvalidPart</Code></Error>"), listed("late"),
          [&completed](const HttpRequest& request, ReplyBody& body) -> Result<HttpReply> {
            completed.assign(request.body.data(), request.body.size());
            body.text = "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>";
            return HttpReply{.status = 200};
          }});
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, kSize, {}), loop_).value(), PutOutcome::kCreated);
  EXPECT_THAT(completed,
              testing::AllOf(testing::HasSubstr("<ETag>late</ETag>"), testing::Not(testing::HasSubstr("early"))));
}

// Another process that goes on with the same upload has sent a part again.
TEST_F(S3ResumeTest, PartsThatWereChangedInBetweenAreTriedAgain) {
  S3Store store = Store();
  Script({Says(UploadsXml(UploadXml("t/k", "u", "2026-11-30T10:00:00Z"))),
          Says(PartsXml(PartXml(1, A()) + PartXml(2, B()) + PartXml(3, "ccc")))});
  const auto writer = GoOn(store);
  EXPECT_TRUE(writer->TakeOver(0, BufferOf(A())));
  EXPECT_TRUE(writer->TakeOver(1, BufferOf(B())));
  EXPECT_TRUE(writer->TakeOver(2, BufferOf("ccc")));
  Script({S3Service::Status(400, "<Error><Code>InvalidPart</Code></Error>")});
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, kSize, {}), loop_).error().code, ErrorCode::kUnavailable);
}

TEST_F(S3ResumeTest, WhatIsLeftBelowAFolderIsDroppedIfItIsOldEnough) {
  S3Store store = Store();
  const TimeMs before = ParseTime("2026-11-30T00:00:00Z").value();
  const std::string all = UploadXml("t/d/1", "old", "2026-11-29T10:00:00Z") +
                          UploadXml("t/d/x%2F2", "young", "2026-11-30T10:00:00Z") +
                          UploadXml("t/other", "elsewhere", "2026-11-29T10:00:00Z");
  const std::string encoded = "<EncodingType>url</EncodingType>";
  Script({Says(UploadsXml(all, encoded)), S3Service::Status(204)});
  ASSERT_TRUE(RunTask(store.DropUnfinished({}, ObjectPath::Of("d"), before), loop_).has_value());
  EXPECT_THAT(Asked(),
              ElementsAre("GET /b?uploads=&encoding-type=url&prefix=t%2Fd%2F", "DELETE /b/t/d/1?uploadId=old"));
  Script({Says(UploadsXml(all, encoded)), S3Service::Status(204), S3Service::Status(404)});
  ASSERT_TRUE(RunTask(store.DropUnfinished({}, ObjectPath::Of("d"), {}), loop_).has_value());
  EXPECT_THAT(Asked(), ElementsAre("GET /b?uploads=&encoding-type=url&prefix=t%2Fd%2F", "DELETE /b/t/d/1?uploadId=old",
                                   "DELETE /b/t/d/x/2?uploadId=young"));
}

TEST_F(S3ResumeTest, UploadsOfAFolderComeInPages) {
  S3Store store = Store();
  const std::string more =
      "<IsTruncated>true</IsTruncated><NextKeyMarker>t/d/1</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>";
  Script({Says("<ListMultipartUploadsResult>" + more + UploadXml("t/d/1", "u", "2026-11-29T10:00:00Z") +
               "</ListMultipartUploadsResult>"),
          Says(UploadsXml(UploadXml("t/d/2", "v", "2026-11-29T10:00:00Z"))), S3Service::Status(204),
          S3Service::Status(204)});
  ASSERT_TRUE(RunTask(store.DropUnfinished({}, ObjectPath::Of("d"), {}), loop_).has_value());
  const auto asked = Asked();
  ASSERT_EQ(asked.size(), 4U);
  EXPECT_THAT(asked[1], testing::EndsWith("&key-marker=t%2Fd%2F1&upload-id-marker=u"));
  EXPECT_EQ(asked[3], "DELETE /b/t/d/2?uploadId=v");
}

}  // namespace
}  // namespace lakeferry::s3
