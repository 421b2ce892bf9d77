#include "storage/gcs/gcs_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/gcs/gcs_fault.h"
#include "storage/gcs/token_signer.h"
#include "tests/storage/gcs/gcs_service.h"
#include "tests/support/run_task.h"

namespace lakeferry::gcs {
namespace {

using testing::ElementsAre;

class GcsClientTest : public testing::Test {
 protected:
  Result<GcsReply> Get() {
    ReplyBody body;
    return RunTask(world_.client->Send({}, {.path = "/p"}, body));
  }
  Result<GcsReply> Insert() {
    ReplyBody body;
    return RunTask(world_.client->Send({}, {.method = Method::kPost, .path = "/p", .conditional = true}, body));
  }
  std::deque<GcsService::Answer>& script() { return world_.service.script; }
  size_t Asked() const { return world_.service.asked.size(); }

  GcsScript world_;
};

TEST_F(GcsClientTest, AKeyIsOnePartOfThePathByteByByte) {
  EXPECT_EQ(world_.client->PathOf("a b/%+\xc3\xa9"), "/storage/v1/b/b/o/a%20b%2F%25%2B%C3%A9");
}

TEST_F(GcsClientTest, EveryNameOfGooglesOwnIsOneService) {
  EXPECT_EQ(OriginOf({.bucket = "b"}).host, "storage.googleapis.com");
  const BucketAddress restricted{.bucket = "c", .endpoint = Origin{.host = "storage-x.p.googleapis.com"}};
  EXPECT_EQ(ServiceOf({.bucket = "b"}), ServiceOf(restricted));
  EXPECT_FALSE(IsGoogle(world_.client->address()));
  EXPECT_EQ(ServiceOf(world_.client->address()), "gcs http://h:1");
}

TEST_F(GcsClientTest, BusyServiceIsAskedAgainAfterItsPause) {
  const TimeMs began = world_.clock.WallTime();
  script() = {{.status = 429, .headers = {{"Retry-After", "7"}}},
              {.status = 503},
              {.status = 403, .text = FaultJson("userRateLimitExceeded", "m")},
              {}};
  EXPECT_TRUE(Get().value().ok());
  EXPECT_GE(world_.clock.WallTime() - began, Millis(7'000));
  script() = {{.status = 429}, {.status = 429}, {.status = 429}, {.status = 429}, {.status = 429}};
  EXPECT_EQ(Get().error().code, ErrorCode::kThrottled);
  EXPECT_TRUE(script().empty());
}

TEST_F(GcsClientTest, ServiceThatWantsNoPauseIsNotAskedForEver) {
  for (int i = 0; i < 20; ++i) script().push_back({.status = 503, .headers = {{"Retry-After", "0"}}});
  EXPECT_EQ(Get().error().code, ErrorCode::kThrottled);
  EXPECT_EQ(Asked(), 5U);
}

// A gateway on the way, or a page to log in at.
TEST_F(GcsClientTest, PageOfSomebodyElseIsNoAnswer) {
  const GcsService::Answer page{.text = "<html/>", .headers = {{"Content-Type", "text/html; charset=utf-8"}}};
  script() = {page, {}};
  EXPECT_TRUE(Get().value().ok());
  EXPECT_EQ(Asked(), 2U);
  script() = {page};
  EXPECT_EQ(Insert().error().code, ErrorCode::kOutcomeUnknown);
  GcsService::Answer object = page;
  object.headers.Add("x-goog-generation", "1");
  script() = {object};
  EXPECT_TRUE(Get().value().ok()) << "an object may well be a page";
}

TEST_F(GcsClientTest, ATokenThatIsOverIsDistrustedOnce) {
  script() = {{.status = 401}, {.status = 401}};
  EXPECT_EQ(Get().value().http.status, 401);
  EXPECT_EQ(world_.signer->distrusted, 1);
}

TEST_F(GcsClientTest, LostAnswerToAConditionalWriteIsUnknownAndToAnotherIsAskedAgain) {
  script() = {{.fails = ErrorCode::kOutcomeUnknown}};
  EXPECT_EQ(Insert().error().code, ErrorCode::kOutcomeUnknown);
  script() = {{.status = 502}};
  EXPECT_EQ(Insert().error().code, ErrorCode::kOutcomeUnknown);
  script() = {{.fails = ErrorCode::kOutcomeUnknown}, {.status = 500}, {}};
  EXPECT_TRUE(Get().value().ok());
}

TEST_F(GcsClientTest, RefusedConditionAfterAnAttemptThatWasTurnedAwayIsUnknown) {
  script() = {{.status = 503}, {.status = 412}};
  EXPECT_EQ(Insert().error().code, ErrorCode::kOutcomeUnknown);
  script() = {{.fails = ErrorCode::kUnavailable}, {.status = 412}};
  EXPECT_EQ(Insert().value().http.status, 412) << "it has not gone out";
}

TEST_F(GcsClientTest, WhatIsBrokenOffIsTakenUpWhereItBroke) {
  std::string room(10, '?');
  ReplyBody body{.room = room};
  script() = {{.status = 206, .text = "0123", .fails = ErrorCode::kOutcomeUnknown}, {.status = 206, .text = "456789"}};
  const auto reply =
      RunTask(world_.client->Send({}, {.path = "/p", .range = ByteRange{.first = 100, .last = 109}}, body));
  EXPECT_TRUE(reply.has_value());
  EXPECT_EQ(room, "0123456789");
  EXPECT_EQ(body.received, 10U);
  EXPECT_EQ(world_.service.asked[1].header("Range"), "bytes=104-109");
}

class NewTokens final : public TokenSource {
 public:
  std::string distrusted;
  Task<Result<AccessToken>> Get(Call) override {
    co_return AccessToken{.bearer = Secret("t" + std::to_string(next_++))};
  }
  void Distrust(const AccessToken& refused) override { distrusted += refused.bearer.Reveal(); }

 private:
  int next_ = 0;
};

// With many requests under way another may have been sent since.
TEST(TokenSignerTest, SendsTheTokenAndDistrustsThatWhichWasSentWithTheRequest) {
  const auto source = std::make_shared<NewTokens>();
  TokenSigner signer(source);
  HttpRequest request;
  const auto first = RunTask(signer.Sign({}, request));
  EXPECT_EQ(request.headers.Find("Authorization"), "Bearer t0");
  ASSERT_TRUE(RunTask(signer.Sign({}, request)).has_value());
  first.value()();
  EXPECT_EQ(source->distrusted, "t0");
}

class NoTokens final : public TokenSource {
 public:
  Task<Result<AccessToken>> Get(Call) override { co_return Fail(ErrorCode::kUnauthorized, "no token"); }
  void Distrust(const AccessToken&) override {}
};

TEST(TokenSignerTest, WithoutATokenNothingIsSigned) {
  TokenSigner signer(std::make_shared<NoTokens>());
  HttpRequest request;
  EXPECT_EQ(RunTask(signer.Sign({}, request)).error().code, ErrorCode::kUnauthorized);
  EXPECT_EQ(request.headers.size(), 0U);
}

struct FaultCase {
  int status;
  std::string text;
  ErrorCode code;
};

TEST(GcsFault, EachRefusalIsWhatPeopleCanDoAboutIt) {
  const std::vector<FaultCase> cases = {
      {404, "No such object: b/k", ErrorCode::kNotFound},
      {404, FaultJson("notFound", "The specified bucket does not exist."), ErrorCode::kInvalidArgument},
      {401, FaultJson("authError", "Invalid Credentials"), ErrorCode::kUnauthorized},
      {403, FaultJson("forbidden", "x has no storage.objects.get access"), ErrorCode::kUnauthorized},
      {403, FaultJson("retentionPolicyNotMet", "m"), ErrorCode::kUnauthorized},
      {403, FaultJson("rateLimitExceeded", "m"), ErrorCode::kThrottled},
      {400, FaultJson("invalid", "Provided CRC32C doesn't match calculated CRC32C"), ErrorCode::kCorruptData},
      {400, FaultJson("UserProjectMissing", "m"), ErrorCode::kInvalidArgument},
      {412, FaultJson("conditionNotMet", "m"), ErrorCode::kCorruptData},
      {429, "", ErrorCode::kThrottled},
      {500, "<html>", ErrorCode::kUnavailable},
      {418, "", ErrorCode::kInternal},
  };
  for (const FaultCase& one : cases) {
    const Error error = ErrorOf({.http = {.status = one.status}, .fault = ReadFault(one.text)}, "gs://b/k");
    EXPECT_EQ(error.code, one.code) << one.status << " " << one.text << ": " << ToString(error);
    EXPECT_EQ(error.where, "gs://b/k");
    EXPECT_THAT(error.message, testing::HasSubstr(std::to_string(one.status)));
    EXPECT_THAT(error.message, testing::Not(testing::HasSubstr("<html>")));
  }
}

}  // namespace
}  // namespace lakeferry::gcs
