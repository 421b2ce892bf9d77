#include "storage/azure/azure_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/azure/azure_fault.h"
#include "tests/storage/azure/blob_service.h"
#include "tests/support/run_task.h"

namespace lakeferry::azure {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AzureClientTest : public testing::Test {
 protected:
  Result<AzureReply> Send(AzureRequest request, ReplyBody& body, Call call = {}) {
    return RunTask(world_.client->Send(std::move(call), std::move(request), body));
  }
  Result<AzureReply> Get(Call call = {}) {
    ReplyBody body;
    return Send({.blob = "b"}, body, std::move(call));
  }
  Result<AzureReply> PutIfAbsent() {
    ReplyBody body;
    return Send(
        {.method = Method::kPut, .blob = "b", .headers = {{"If-None-Match", "*"}}, .body = "x", .conditional = true},
        body);
  }

  AzureWorld world_;
  BlobService& service_ = world_.service;
};

TEST_F(AzureClientTest, NameIsEncodedByteByByteAndTheVersionIsPinned) {
  ReplyBody body;
  (void)Send({.blob = "a b/%+\xc3\xa9", .query = {{"x", "a/b"}}}, body, Call{}.Named("orders, epoch \xc3\xa9"));
  EXPECT_EQ(service_.asked[0].target, "/c/a%20b/%25%2B%C3%A9?x=a%2Fb");
  EXPECT_EQ(service_.asked[0].headers.Find("x-ms-version"), kServiceVersion);
  EXPECT_EQ(service_.asked[0].headers.Find("x-ms-client-request-id"), "orders,-epoch---");
  (void)Get();
  EXPECT_EQ(service_.asked[1].headers.Find("x-ms-client-request-id"), std::nullopt);
}

TEST_F(AzureClientTest, BusyServiceIsAskedAgainUntilAttemptsAreUsedUp) {
  for (int i = 0; i < 4; ++i) service_.script.push_back(BlobService::Fault(503, "ServerBusy"));
  service_.script.push_back(BlobService::Says(200));
  EXPECT_TRUE(Get().value().ok());
  // Also where it says that nobody need wait.
  for (int i = 0; i < 5; ++i) service_.script.push_back(BlobService::Says(503, {{"Retry-After", "0"}}));
  EXPECT_EQ(Get().error().code, ErrorCode::kThrottled);
  EXPECT_TRUE(service_.script.empty());
}

TEST_F(AzureClientTest, LostAnswerOfAConditionalWriteIsUnknownAndNotAskedForAgain) {
  for (const auto& lost : {BlobService::Fails(ErrorCode::kOutcomeUnknown), BlobService::Fault(500, "OperationTimedOut"),
                           BlobService::Says(504)}) {
    service_.asked.clear();
    service_.script = {lost};
    EXPECT_EQ(PutIfAbsent().error().code, ErrorCode::kOutcomeUnknown);
    EXPECT_EQ(service_.asked.size(), 1U);
  }
}

TEST_F(AzureClientTest, LostAnswerOfAReadIsAskedForAgain) {
  service_.script = {BlobService::Fails(ErrorCode::kOutcomeUnknown), BlobService::Fault(500, "OperationTimedOut"),
                     BlobService::Says(200)};
  EXPECT_TRUE(Get().value().ok());
  for (int i = 0; i < 5; ++i) service_.script.push_back(BlobService::Fails(ErrorCode::kOutcomeUnknown));
  EXPECT_EQ(Get().error().code, ErrorCode::kUnavailable);
}

TEST_F(AzureClientTest, ConditionThatFailsAfterABusyAnswerIsUnknown) {
  service_.script = {BlobService::Fault(503, "ServerBusy"), BlobService::Fault(409, "BlobAlreadyExists")};
  EXPECT_EQ(PutIfAbsent().error().code, ErrorCode::kOutcomeUnknown);
  service_.script = {BlobService::Fails(ErrorCode::kUnavailable), BlobService::Fault(409, "BlobAlreadyExists")};
  EXPECT_EQ(PutIfAbsent().value().http.status, 409) << "the first never arrived: it is another's";
}

TEST_F(AzureClientTest, CredentialsThatAreOverAreReplacedOnce) {
  service_.script = {BlobService::Fault(401, "InvalidAuthenticationInfo"), BlobService::Says(200)};
  EXPECT_TRUE(Get().value().ok());
  service_.script = {BlobService::Fault(401, "InvalidAuthenticationInfo"),
                     BlobService::Fault(401, "InvalidAuthenticationInfo")};
  EXPECT_EQ(Get().value().http.status, 401);
  EXPECT_EQ(world_.signer->distrusted, 2);
}

TEST_F(AzureClientTest, KeyThatWasReplacedIsReadAnew) {
  service_.script = {BlobService::Fault(403, "AuthenticationFailed"), BlobService::Says(200)};
  EXPECT_TRUE(Get().value().ok());
  service_.script = {BlobService::Fault(403, "AuthorizationPermissionMismatch")};
  EXPECT_EQ(Get().value().http.status, 403);
  EXPECT_EQ(world_.signer->distrusted, 1);
}

TEST_F(AzureClientTest, PageOfAProxyIsNoAnswer) {
  const Headers page{{"Content-Type", "text/html"}};
  service_.script = {BlobService::Says(200, page), BlobService::Says(200, {{"Content-Length", "1"}})};
  EXPECT_EQ(Get()->http.headers.Find("Content-Length"), "1");
  service_.script = {BlobService::Says(200, page)};
  EXPECT_EQ(PutIfAbsent().error().code, ErrorCode::kOutcomeUnknown);
  service_.script = {BlobService::Says(200, {{"Content-Type", "text/html"}, {"x-ms-request-id", "1"}})};
  EXPECT_EQ(Get()->http.headers.Find("x-ms-request-id"), "1") << "a blob may be a page";
}

TEST_F(AzureClientTest, DownloadIsTakenUpWhereItBroke) {
  std::string room(10, '?');
  ReplyBody body{.room = room};
  service_.script = {BlobService::Fails(ErrorCode::kOutcomeUnknown, "abcdef"),
                     [](const HttpRequest&, ReplyBody& rest) -> Result<HttpReply> {
                       std::ranges::copy(std::string_view("ghij"), rest.room.begin());
                       rest.received = 4;
                       return HttpReply{.status = 206};
                     }};
  EXPECT_TRUE(Send({.blob = "b", .range = ByteRange{.first = 100, .last = 109}}, body).value().ok());
  EXPECT_EQ(room, "abcdefghij");
  EXPECT_EQ(body.received, 10U);
  std::vector<std::string> ranges;
  for (const HttpRequest& one : service_.asked) ranges.emplace_back(one.headers.Find("x-ms-range").value());
  EXPECT_THAT(ranges, ElementsAre("bytes=100-109", "bytes=106-109"));
}

TEST_F(AzureClientTest, CodeOfTheHeaderCountsBeforeThatOfTheBody) {
  service_.script = {BlobService::Says(
      403, {},
      "\xef\xbb\xbf<?xml version=\"1.0\"?><Error><Code>AuthorizationFailure</Code><Message>m\nid</Message></Error>")};
  const auto reply = Get();
  EXPECT_EQ(reply->fault.code, "AuthorizationFailure");
  EXPECT_EQ(reply->fault.message, "m");
  service_.script = {BlobService::Says(403, {{"x-ms-error-code", "LeaseIdMissing"}}, "<html>")};
  EXPECT_EQ(Get()->fault.code, "LeaseIdMissing");
}

TEST(AzureFault, SaysWhatPeopleShouldDo) {
  const auto error_of = [](int status, std::string code) {
    return ErrorOf({.http = {.status = status}, .fault = {.code = std::move(code), .message = "told"}}, "az://c/b");
  };
  EXPECT_EQ(error_of(404, "BlobNotFound").code, ErrorCode::kNotFound);
  EXPECT_EQ(error_of(404, "ContainerNotFound").code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error_of(503, "ServerBusy").code, ErrorCode::kThrottled);
  EXPECT_EQ(error_of(500, "OperationTimedOut").code, ErrorCode::kUnavailable);
  EXPECT_EQ(error_of(416, "InvalidRange").code, ErrorCode::kCorruptData);
  EXPECT_EQ(error_of(412, "ConditionNotMet").code, ErrorCode::kCorruptData);
  EXPECT_EQ(error_of(400, "Md5Mismatch").code, ErrorCode::kCorruptData);
  for (const char* code : {"AuthenticationFailed", "AuthorizationPermissionMismatch", "AccountIsDisabled",
                           "BlobArchived", "BlobImmutableDueToPolicy", "LeaseIdMissing"}) {
    const Error error = error_of(409, code);
    EXPECT_EQ(error.code, ErrorCode::kUnauthorized) << code;
    EXPECT_FALSE(error.remedy.empty()) << code;
    EXPECT_THAT(error.message, HasSubstr(code));
  }
  EXPECT_THAT(error_of(418, "Strange").message, HasSubstr("418 Strange: told"));
}

}  // namespace
}  // namespace lakeferry::azure
