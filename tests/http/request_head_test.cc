#include "http/request_head.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lakeferry {
namespace {

const Origin kOrigin{.tls = false, .host = "h", .port = 8080};

TEST(RequestHeadTest, HasLineHostAndHeaders) {
  EXPECT_EQ(RequestHead({.origin = kOrigin, .target = "/a?b", .headers = {{"X-A", "1"}}}).value(),
            "GET /a?b HTTP/1.1\r\nHost: h:8080\r\nX-A: 1\r\n\r\n");
}

TEST(RequestHeadTest, SaysTheLengthOfABodyAndOfNoneWhereOneCouldBe) {
  const std::string body = "12345";
  EXPECT_NE(
      RequestHead({.method = Method::kPut, .origin = kOrigin, .body = body}).value().find("Content-Length: 5\r\n"),
      std::string::npos);
  EXPECT_NE(RequestHead({.method = Method::kPost, .origin = kOrigin}).value().find("Content-Length: 0\r\n"),
            std::string::npos);
  EXPECT_EQ(RequestHead({.method = Method::kDelete, .origin = kOrigin}).value().find("Content-Length"),
            std::string::npos);
}

TEST(RequestHeadTest, ThroughAProxyTheTargetIsTheWholeUrl) {
  EXPECT_TRUE(
      RequestHead({.origin = kOrigin, .target = "/a"}, true).value().starts_with("GET http://h:8080/a HTTP/1.1"));
}

// Nobody smuggles a second request, or a header, in a name or a token.
TEST(RequestHeadTest, BytesThatWouldEndALineAreRefusedAndValuesNotRepeated) {
  for (const auto* target : {"a", "/a b", "/a\r\nX: y", "/\x7f", ""}) {
    EXPECT_FALSE(RequestHead({.origin = kOrigin, .target = target}).has_value()) << target;
  }
  for (const auto* name : {"", "X A", "X:", "X\r\n", "\xc3\xa9"}) {
    EXPECT_FALSE(RequestHead({.origin = kOrigin, .headers = {{name, "v"}}}).has_value()) << name;
  }
  for (const auto& value :
       std::vector<std::string>{"secret\r\nX: y", "secret\n", std::string("secret\0", 7), std::string("secret\x7f")}) {
    const auto head = RequestHead({.origin = kOrigin, .headers = {{"Authorization", value}}});
    ASSERT_FALSE(head.has_value());
    EXPECT_EQ(ToString(head.error()).find("secret"), std::string::npos);
  }
}

TEST(MessageTest, HeadersAreFoundWithoutRegardToCase) {
  Headers headers{{"ETag", "1"}, {"etag", "2"}};
  EXPECT_EQ(headers.Find("ETAG"), "1");
  headers.Set("Etag", "3");
  EXPECT_EQ(headers.size(), 1U);
  EXPECT_EQ(headers.Find("etag"), "3");
  EXPECT_EQ(headers.Find("x"), std::nullopt);
}

}  // namespace
}  // namespace lakeferry
