#include "storage/aws/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "storage/aws/canonical_request.h"
#include "tests/storage/aws/recorded_signatures.h"

namespace lakeferry::aws {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

Credentials Example(std::string token = {}) {
  return {.access_key_id = "AKIDEXAMPLE",
          .secret_key = Secret(std::string("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")),
          .session_token = Secret(std::move(token))};
}

// The key of the examples in S3's documentation.
Credentials ExampleOfS3() {
  return {.access_key_id = "AKIAIOSFODNN7EXAMPLE",
          .secret_key = Secret(std::string("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))};
}

Origin OriginOf(const std::string& authority) { return ParseUrl("https://" + authority).value().origin; }

std::string AuthorizationOf(const HttpRequest& request) {
  return std::string(request.headers.Find("authorization").value_or(""));
}

const TimeMs kSuiteTime = ParseTime("2015-08-30T12:36:00Z").value();
const TimeMs kDocumentTime = ParseTime("2013-05-24T00:00:00Z").value();

struct SuiteCase {
  std::string name;
  Method method;
  std::string target;
  Headers headers;
  std::string signed_headers;
  std::string signature;
};

// Of AWS's published test suite for version 4 (aws4_testsuite).
const std::vector<SuiteCase> kSuite{
    {"get-vanilla",
     Method::kGet,
     "/",
     {},
     "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-query-order-key-case",
     Method::kGet,
     "/?Param2=value2&Param1=value1",
     {},
     "host;x-amz-date",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"post-vanilla",
     Method::kPost,
     "/",
     {},
     "host;x-amz-date",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-vanilla-query",
     Method::kPost,
     "/?Param1=value1",
     {},
     "host;x-amz-date",
     "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
    {"get-relative-relative",
     Method::kGet,
     "/example1/example2/../..",
     {},
     "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-slashes",
     Method::kGet,
     "//example//",
     {},
     "host;x-amz-date",
     "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
    {"get-utf8",
     Method::kGet,
     "/\u1234",
     {},
     "host;x-amz-date",
     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"get-space",
     Method::kGet,
     "/example space/",
     {},
     "host;x-amz-date",
     "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
    {"post-header-key-sort",
     Method::kPost,
     "/",
     {{"My-Header1", "value1"}},
     "host;my-header1;x-amz-date",
     "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
    {"get-header-value-trim",
     Method::kGet,
     "/",
     {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
     "host;my-header1;my-header2;x-amz-date",
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
};

TEST(Signature4, HasThePublishedValues) {
  Signer signer("us-east-1", "service");
  for (const SuiteCase& suite_case : kSuite) {
    HttpRequest request{.method = suite_case.method,
                        .origin = OriginOf("example.amazonaws.com"),
                        .target = suite_case.target,
                        .headers = suite_case.headers};
    signer.Sign(request, Example(), kSuiteTime, kEmptyPayload);
    EXPECT_EQ(AuthorizationOf(request),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=" +
                  suite_case.signed_headers + ", Signature=" + suite_case.signature)
        << suite_case.name;
  }
}

// "Signature Calculations for the Authorization Header", Amazon S3 API Reference.
TEST(Signature4, HasTheValuesOfTheDocumentationOfS3) {
  struct Case {
    Method method;
    std::string target;
    Headers headers;
    std::string payload;
    std::string signature;
  };
  const std::vector<Case> cases{
      {Method::kGet,
       "/test.txt",
       {{"Range", "bytes=0-9"}},
       "",
       "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
      {Method::kPut,
       "/test%24file.text",
       {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
       "Welcome to Amazon S3.",
       "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
      {Method::kGet, "/?lifecycle", {}, "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
      {Method::kGet,
       "/?max-keys=2&prefix=J",
       {},
       "",
       "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
  };
  Signer signer("us-east-1", "s3");
  for (const Case& one : cases) {
    HttpRequest request{.method = one.method,
                        .origin = OriginOf("examplebucket.s3.amazonaws.com"),
                        .target = one.target,
                        .headers = one.headers};
    signer.Sign(request, ExampleOfS3(), kDocumentTime, Sha256Hex(one.payload));
    EXPECT_THAT(AuthorizationOf(request), EndsWith("Signature=" + one.signature)) << one.target;
  }
}

TEST(Signature4, APresignedRequestHasTheValueOfTheDocumentation) {
  Signer signer("us-east-1", "s3");
  HttpRequest request{.origin = OriginOf("examplebucket.s3.amazonaws.com"), .target = "/test.txt"};
  signer.Presign(request, ExampleOfS3(), kDocumentTime, std::chrono::seconds(86400));
  EXPECT_EQ(request.target,
            "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1"
            "%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
  EXPECT_EQ(request.headers.size(), 0U);
}

TEST(Signature4, AgreesWithBotocore) {
  for (const RecordedSignature& recorded : kRecordedSignatures) {
    HttpRequest request{.method = recorded.method, .origin = OriginOf(recorded.authority), .target = recorded.target};
    for (const auto& [name, value] : recorded.headers) request.headers.Add(name, value);
    Signer signer(recorded.region, recorded.service);
    const TimeMs time = FromEpochMs(recorded.time_ms);
    if (recorded.expires_s > 0) {
      signer.Presign(request, Example(recorded.token), time, std::chrono::seconds(recorded.expires_s));
      EXPECT_THAT(request.target, EndsWith("X-Amz-Signature=" + recorded.signature)) << recorded.target;
    } else {
      const std::string hash = recorded.unsigned_body ? std::string(kUnsignedPayload) : Sha256Hex(recorded.body);
      signer.Sign(request, Example(recorded.token), time, hash);
      EXPECT_THAT(AuthorizationOf(request),
                  EndsWith("SignedHeaders=" + recorded.signed_headers + ", Signature=" + recorded.signature))
          << recorded.target;
    }
  }
}

TEST(Signature4, ATokenIsSignedAndSent) {
  Signer signer("us-east-1", "sts");
  HttpRequest request{.method = Method::kPost, .origin = OriginOf("sts.amazonaws.com")};
  signer.Sign(request, Example("token"), kSuiteTime, kEmptyPayload);
  EXPECT_EQ(request.headers.Find("x-amz-security-token"), "token");
  EXPECT_THAT(AuthorizationOf(request), HasSubstr("SignedHeaders=host;x-amz-date;x-amz-security-token,"));
  EXPECT_EQ(request.headers.Find("x-amz-content-sha256"), std::nullopt);
}

TEST(Signature4, WhatIsSignedAgainIsSignedAnew) {
  Signer signer("us-east-1", "s3");
  HttpRequest once{.origin = OriginOf("b.s3.amazonaws.com"), .target = "/k"};
  HttpRequest twice = once;
  signer.Sign(twice, Example("old"), kDocumentTime, kEmptyPayload);
  signer.Sign(once, Example("new"), kSuiteTime, kUnsignedPayload);
  signer.Sign(twice, Example("new"), kSuiteTime, kUnsignedPayload);
  EXPECT_EQ(AuthorizationOf(twice), AuthorizationOf(once));
  EXPECT_EQ(twice.headers.size(), once.headers.size());
}

// The key of a day is kept, and no other's is taken for it.
TEST(Signature4, AnotherDayOrKeyHasAnotherSignature) {
  const auto sign = [](Signer& signer, const Credentials& credentials, TimeMs time) {
    HttpRequest request{.origin = OriginOf("b.s3.amazonaws.com"), .target = "/k"};
    signer.Sign(request, credentials, time, kEmptyPayload);
    return AuthorizationOf(request);
  };
  Credentials other_id = Example();
  other_id.access_key_id = "AKIDOTHER";
  Credentials other_secret = Example();
  other_secret.secret_key = Secret(std::string("another"));
  const TimeMs next_day = kSuiteTime + std::chrono::days(1);
  Signer kept("eu-west-1", "s3");
  for (const auto& [credentials, time] :
       {std::pair(Example(), kSuiteTime), std::pair(Example(), next_day), std::pair(Example(), kSuiteTime),
        std::pair(other_secret, kSuiteTime), std::pair(other_id, kSuiteTime)}) {
    Signer fresh("eu-west-1", "s3");
    EXPECT_EQ(sign(kept, credentials, time), sign(fresh, credentials, time));
  }
}

TEST(Signature4, WhatProxiesChangeIsNotSigned) {
  HttpRequest request{.origin = OriginOf("b.s3.amazonaws.com"), .headers = {{"Content-Type", "text/xml"}}};
  for (const std::string_view name : kUnsignedHeaders) request.headers.Add(std::string(name), "x");
  EXPECT_EQ(SignedHeaders(request), "content-type;host");
}

TEST(Signature4, NobodySignsNothing) {
  Signer signer("us-east-1", "s3");
  HttpRequest request{.origin = OriginOf("b.s3.amazonaws.com"), .target = "/k"};
  signer.Sign(request, Credentials{}, kSuiteTime, kUnsignedPayload);
  EXPECT_EQ(AuthorizationOf(request), "");
  EXPECT_EQ(request.headers.Find("x-amz-date"), std::nullopt);
  signer.Presign(request, Credentials{}, kSuiteTime, std::chrono::hours(1));
  EXPECT_EQ(request.target, "/k");
}

// A value may not become a header of its own, nor a signature over something else than is sent.
TEST(Signature4, AFieldOfTwoLinesIsOneLine) {
  const HttpRequest request{.origin = OriginOf("b.s3.amazonaws.com"), .headers = {{"x-amz-meta-a", "b\r\nhost:c"}}};
  const std::string text = MakeCanonicalRequest(request, true, kEmptyPayload).text;
  EXPECT_THAT(text, HasSubstr("x-amz-meta-a:b host:c\n"));
  EXPECT_THAT(text, Not(HasSubstr("\nhost:c")));
}

}  // namespace
}  // namespace lakeferry::aws
