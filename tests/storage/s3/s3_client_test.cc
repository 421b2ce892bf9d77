#include "storage/s3/s3_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/s3/s3_fault.h"
#include "tests/storage/s3/s3_service.h"
#include "tests/support/run_task.h"

namespace lakeferry::s3 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string FaultXml(const std::string& code) { return "<Error><Code>" + code + "</Code><Message>m</Message></Error>"; }

const Headers kEtag{{"ETag", "\"e\""}};

class S3ClientTest : public testing::Test {
 protected:
  Result<S3Reply> Send(S3Request request, ReplyBody& body, Call call = {}) {
    return RunTask(world_.client->Send(std::move(call), std::move(request), body));
  }
  Result<S3Reply> Get(Call call = {}) {
    ReplyBody body;
    return Send({.key = "k"}, body, std::move(call));
  }
  Result<S3Reply> PutIfAbsent() {
    ReplyBody body;
    return Send(
        {.method = Method::kPut, .key = "k", .headers = {{"If-None-Match", "*"}}, .body = "x", .conditional = true},
        body);
  }
  size_t Asked() const { return world_.service.asked.size(); }

  S3World world_;
};

TEST_F(S3ClientTest, BucketStandsInThePathOrInTheHost) {
  (void)Get();
  EXPECT_EQ(world_.service.asked[0].target, "/b/k");
  const BucketAddress aws{.bucket = "b", .region = "eu-west-1"};
  EXPECT_EQ(OriginOf(aws).host, "b.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(OriginOf({.bucket = "b", .region = "cn-north-1"}).host, "b.s3.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(OriginOf({.bucket = "b", .region = "eu-west-1", .path_style = true}).host, "s3.eu-west-1.amazonaws.com");
}

TEST_F(S3ClientTest, KeyIsEncodedByteByByteAndQueryWhole) {
  ReplyBody body;
  (void)Send({.key = "a b/%+\xc3\xa9", .query = {{"x", "a/b"}, {"y", ""}}}, body);
  EXPECT_EQ(world_.service.asked[0].target, "/b/a%20b/%25%2B%C3%A9?x=a%2Fb&y=");
}

TEST_F(S3ClientTest, BusyServiceIsAskedAgainUntilAttemptsAreUsedUp) {
  for (int i = 0; i < 4; ++i) world_.service.script.push_back(S3Service::Status(503, FaultXml("SlowDown")));
  world_.service.script.push_back(S3Service::Status(200, {}, kEtag));
  EXPECT_TRUE(Get().value().ok());
  EXPECT_EQ(Asked(), 5U);
  for (int i = 0; i < 5; ++i) world_.service.script.push_back(S3Service::Status(503, FaultXml("SlowDown")));
  EXPECT_EQ(Get().error().code, ErrorCode::kThrottled);
  EXPECT_TRUE(world_.service.script.empty());
}

TEST_F(S3ClientTest, RetryAfterIsWaitedForUpToItsLimitAndHandedOnBeyond) {
  const TimeMs began = world_.clock.WallTime();
  world_.service.script = {S3Service::Status(503, {}, {{"Retry-After", "7"}}), S3Service::Status(200, {}, kEtag)};
  EXPECT_TRUE(Get().value().ok());
  EXPECT_GE(world_.clock.WallTime() - began, Millis(7'000));
  world_.service.script = {S3Service::Status(429, {}, {{"Retry-After", "600"}})};
  const auto reply = Get();
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, ErrorCode::kThrottled);
  EXPECT_EQ(reply.error().retry_after, Millis(600'000));
}

TEST_F(S3ClientTest, ServiceThatWantsNoPauseIsNotAskedForEver) {
  for (int i = 0; i < 20; ++i) world_.service.script.push_back(S3Service::Status(503, {}, {{"Retry-After", "0"}}));
  EXPECT_EQ(Get().error().code, ErrorCode::kThrottled);
  EXPECT_EQ(Asked(), 5U);
}

TEST_F(S3ClientTest, NoAttemptIsMadeThatTheCallHasNoTimeFor) {
  world_.service.script = {S3Service::Status(503, {}, {{"Retry-After", "7"}})};
  EXPECT_FALSE(Get({.deadline = world_.clock.Monotonic() + Millis(5'000)}).has_value());
  EXPECT_EQ(Asked(), 1U);
}

TEST_F(S3ClientTest, LostAnswerOfAReadIsAskedForAgain) {
  world_.service.script = {S3Service::Fails(ErrorCode::kOutcomeUnknown), S3Service::Fails(ErrorCode::kUnavailable),
                           S3Service::Status(500), S3Service::Status(200, {}, kEtag)};
  EXPECT_TRUE(Get().value().ok());
  for (int i = 0; i < 5; ++i) world_.service.script.push_back(S3Service::Fails(ErrorCode::kOutcomeUnknown));
  EXPECT_EQ(Get().error().code, ErrorCode::kUnavailable) << "nothing hangs on whether a read was done";
}

// Put again, the answer "it exists" could speak of our own first attempt.
TEST_F(S3ClientTest, LostAnswerOfAConditionalWriteIsUnknownAndNotAskedForAgain) {
  for (const auto& lost :
       {S3Service::Fails(ErrorCode::kOutcomeUnknown), S3Service::Status(500), S3Service::Status(504)}) {
    world_.service.asked.clear();
    world_.service.script = {lost};
    EXPECT_EQ(PutIfAbsent().error().code, ErrorCode::kOutcomeUnknown);
    EXPECT_EQ(Asked(), 1U);
  }
}

TEST_F(S3ClientTest, ConditionalWriteThatWasNotTakenIsTriedAgain) {
  world_.service.script = {S3Service::Fails(ErrorCode::kUnavailable), S3Service::Status(200, {}, kEtag)};
  EXPECT_TRUE(PutIfAbsent().value().ok());
  world_.service.script = {S3Service::Status(409, FaultXml("ConditionalRequestConflict")),
                           S3Service::Status(200, {}, kEtag)};
  EXPECT_TRUE(PutIfAbsent().value().ok());
  world_.service.script = {S3Service::Fails(ErrorCode::kUnavailable), S3Service::Status(412)};
  EXPECT_EQ(PutIfAbsent().value().http.status, 412) << "the first never arrived: it is another's";
}

TEST_F(S3ClientTest, ConditionThatFailsAfterABusyAnswerIsUnknown) {
  world_.service.script = {S3Service::Status(503), S3Service::Status(412)};
  EXPECT_EQ(PutIfAbsent().error().code, ErrorCode::kOutcomeUnknown);
}

TEST_F(S3ClientTest, ErrorInAnAnswerThatBeganAsASuccessCounts) {
  ReplyBody body;
  world_.service.script = {S3Service::Status(200, FaultXml("InternalError"))};
  EXPECT_EQ(Send({.method = Method::kPost, .key = "k", .conditional = true}, body).error().code,
            ErrorCode::kOutcomeUnknown);
  world_.service.script = {S3Service::Status(200, FaultXml("SlowDown")), S3Service::Status(200, "<CopyObjectResult/>")};
  EXPECT_TRUE(Send({.method = Method::kPut, .key = "k"}, body).value().ok());
}

// A gateway on the way, or a page to log in at.
TEST_F(S3ClientTest, PageOfSomebodyElseIsNoAnswer) {
  const auto page = S3Service::Status(200, "<html/>", {{"Content-Type", "text/html; charset=utf-8"}});
  world_.service.script = {page, S3Service::Status(200, {}, kEtag)};
  EXPECT_TRUE(Get().value().ok());
  world_.service.script = {page};
  EXPECT_EQ(PutIfAbsent().error().code, ErrorCode::kOutcomeUnknown);
  ReplyBody body;
  world_.service.script = {page, S3Service::Status(200, "<ListBucketResult/>")};
  EXPECT_TRUE(Send({.query = {{"list-type", "2"}}}, body).value().ok());
  EXPECT_EQ(body.text, "<ListBucketResult/>");
}

TEST_F(S3ClientTest, DownloadIsTakenUpWhereItBroke) {
  std::string room(10, '?');
  ReplyBody body{.room = room};
  world_.service.script = {S3Service::Fails(ErrorCode::kOutcomeUnknown, "abc"),
                           S3Service::Fails(ErrorCode::kOutcomeUnknown, "def"),
                           [](const HttpRequest&, ReplyBody& rest) -> Result<HttpReply> {
                             std::ranges::copy(std::string_view("ghij"), rest.room.begin());
                             rest.received = 4;
                             return HttpReply{.status = 206, .headers = kEtag};
                           }};
  EXPECT_TRUE(Send({.key = "k", .range = ByteRange{.first = 100, .last = 109}}, body).value().ok());
  EXPECT_EQ(room, "abcdefghij");
  EXPECT_EQ(body.received, 10U);
  std::vector<std::string> ranges;
  for (const HttpRequest& one : world_.service.asked) ranges.emplace_back(one.headers.Find("Range").value());
  EXPECT_THAT(ranges, ElementsAre("bytes=100-109", "bytes=103-109", "bytes=106-109"));
}

TEST_F(S3ClientTest, RegionThatTheBucketNamesIsTakenOnce) {
  world_.service.script = {S3Service::Status(301, {}, {{"x-amz-bucket-region", "eu-north-1"}}),
                           S3Service::Status(200, {}, kEtag), S3Service::Status(200, {}, kEtag)};
  EXPECT_TRUE(Get().value().ok());
  EXPECT_TRUE(Get().value().ok());
  EXPECT_THAT(world_.signer->regions, ElementsAre("us-east-1", "eu-north-1", "eu-north-1"));
  world_.service.script = {S3Service::Status(301, {}, {{"x-amz-bucket-region", "eu-west-1"}}),
                           S3Service::Status(301, {}, {{"x-amz-bucket-region", "eu-north-1"}})};
  EXPECT_EQ(Get().value().http.status, 301) << "not round and round";
}

// It becomes part of a host's name.
TEST_F(S3ClientTest, RegionThatIsNoneIsNotTaken) {
  for (const auto* region : {"evil.example/", "a.b", "EU", ""}) {
    world_.service.script = {S3Service::Status(301, {}, {{"x-amz-bucket-region", region}})};
    EXPECT_EQ(Get().value().http.status, 301);
  }
  EXPECT_EQ(world_.client->address().region, "us-east-1");
}

// Expired, or rotated in the file that it was read from.
TEST_F(S3ClientTest, CredentialsThatAreOverAreReplacedOnce) {
  int distrusted = 0;
  for (const auto* code : {"ExpiredToken", "TokenRefreshRequired", "InvalidToken", "InvalidAccessKeyId"}) {
    world_.service.script = {S3Service::Status(403, FaultXml(code)), S3Service::Status(200, {}, kEtag)};
    EXPECT_TRUE(Get().value().ok()) << code;
    EXPECT_EQ(world_.signer->distrusted, ++distrusted);
    world_.service.script = {S3Service::Status(403, FaultXml(code)), S3Service::Status(403, FaultXml(code))};
    EXPECT_EQ(Get().value().fault.code, code);
    EXPECT_EQ(world_.signer->distrusted, ++distrusted) << "once a request";
  }
  world_.service.script = {S3Service::Status(403, FaultXml("AccessDenied"))};
  EXPECT_EQ(Get().value().fault.code, "AccessDenied");
  EXPECT_EQ(world_.signer->distrusted, distrusted) << "a right that is not there is asked for once";
}

TEST_F(S3ClientTest, StoppedCallIsNotTriedAgain) {
  std::stop_source stop;
  world_.service.script = {[&](const HttpRequest&, ReplyBody&) -> Result<HttpReply> {
    stop.request_stop();
    return HttpReply{.status = 503};
  }};
  EXPECT_EQ(Get({.stop = stop.get_token()}).error().code, ErrorCode::kCancelled);
}

// Of a client whose bucket has terms.
class S3TermsTest : public S3ClientTest {
 protected:
  // The headers of a request.
  Headers SentWith(BucketTerms terms, S3Request request) {
    BucketAddress address = world_.client->address();
    address.terms = std::move(terms);
    ReplyBody body;
    (void)RunTask(world_.client->At(address)->Send({}, std::move(request), body));
    return world_.service.asked.back().headers;
  }
};

TEST_F(S3TermsTest, WhoeverPaysSaysSoWithEveryRequest) {
  const BucketTerms terms{.requester_pays = true};
  for (const S3Request& request :
       {S3Request{.key = "k"}, S3Request{.query = {{"list-type", "2"}}},
        S3Request{.method = Method::kDelete, .key = "k"},
        S3Request{.method = Method::kPut, .key = "k", .query = {{"partNumber", "1"}, {"uploadId", "u"}}}}) {
    EXPECT_EQ(SentWith(terms, request).Find("x-amz-request-payer"), "requester");
  }
  EXPECT_FALSE(SentWith({}, {.key = "k"}).Find("x-amz-request-payer").has_value());
}

TEST_F(S3TermsTest, RetentionIsOfWhatIsWrittenOnce) {
  const BucketTerms terms{.encryption = "AES256",
                          .lock = ObjectLock{.mode = "COMPLIANCE", .until = std::chrono::days(1)}};
  const auto sent = [&](S3Request request) {
    const Headers headers = SentWith(terms, std::move(request));
    return std::pair(headers.Find("x-amz-server-side-encryption").has_value(),
                     headers.Find("x-amz-object-lock-mode").has_value());
  };
  EXPECT_EQ(sent({.method = Method::kPut, .key = "k", .conditional = true}), std::pair(true, true));
  EXPECT_EQ(sent({.method = Method::kPost, .key = "k", .query = {{"uploads", ""}}}), std::pair(true, true));
  EXPECT_EQ(sent({.method = Method::kPut, .key = "hint"}), std::pair(true, false));
  EXPECT_EQ(sent({.method = Method::kPut, .key = "k", .query = {{"partNumber", "1"}, {"uploadId", "u"}}}),
            std::pair(false, false));
  EXPECT_EQ(sent({.method = Method::kPost, .key = "k", .query = {{"uploadId", "u"}}, .conditional = true}),
            std::pair(false, false));
  EXPECT_EQ(sent({.method = Method::kPost, .query = {{"delete", ""}}}), std::pair(false, false));
  EXPECT_EQ(sent({.key = "k"}), std::pair(false, false));
}

TEST(S3FaultTest, EachRefusalSaysWhatToDo) {
  const auto code = [](int status, std::string fault) {
    return ErrorOf({.http = {.status = status}, .fault = {.code = std::move(fault)}}, "s3://b/k").code;
  };
  EXPECT_EQ(code(404, "NoSuchKey"), ErrorCode::kNotFound);
  EXPECT_EQ(code(404, ""), ErrorCode::kNotFound);
  EXPECT_EQ(code(404, "NoSuchBucket"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(403, ""), ErrorCode::kUnauthorized);
  EXPECT_EQ(code(403, "RequestTimeTooSkewed"), ErrorCode::kUnauthorized);
  EXPECT_EQ(code(400, "BadDigest"), ErrorCode::kCorruptData);
  EXPECT_EQ(code(412, "PreconditionFailed"), ErrorCode::kCorruptData);
  EXPECT_EQ(code(503, ""), ErrorCode::kThrottled);
  EXPECT_EQ(code(400, "SlowDown"), ErrorCode::kThrottled);
  EXPECT_EQ(code(500, ""), ErrorCode::kUnavailable);
  EXPECT_EQ(code(507, ""), ErrorCode::kOutOfSpace);
  EXPECT_EQ(code(418, "Teapot"), ErrorCode::kInternal);
  const Error error = ErrorOf({.http = {.status = 403}, .fault = {.code = "SignatureDoesNotMatch"}}, "s3://b/k");
  EXPECT_THAT(ToString(error), testing::AllOf(HasSubstr("secret access key"), HasSubstr("s3://b/k"), HasSubstr("403")));
}

}  // namespace
}  // namespace lakeferry::s3
