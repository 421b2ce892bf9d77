#include "http/origin.h"

#include <gtest/gtest.h>

namespace lakeferry {
namespace {

TEST(OriginTest, UrlFallsIntoOriginAndTarget) {
  const auto url = ParseUrl("https://Store.Example.COM:8443/a%20b?c=d#e").value();
  EXPECT_EQ(url.origin, (Origin{.tls = true, .host = "store.example.com", .port = 8443}));
  EXPECT_EQ(url.target, "/a%20b?c=d");
}

TEST(OriginTest, SchemeSaysThePortAndAnEmptyPathIsTheRoot) {
  EXPECT_EQ(ParseUrl("http://h").value().origin.port, 80);
  EXPECT_EQ(ParseUrl("https://h").value().origin.port, 443);
  EXPECT_EQ(ParseUrl("https://h").value().target, "/");
  EXPECT_EQ(ParseUrl("https://h?x=1").value().target, "/?x=1");
}

TEST(OriginTest, AddressOfSixteenBytesStandsInBrackets) {
  const auto url = ParseUrl("http://[::1]:9000/").value();
  EXPECT_EQ(url.origin.host, "::1");
  EXPECT_EQ(Authority(url.origin), "[::1]:9000");
  EXPECT_EQ(ToString(url.origin), "http://[::1]:9000");
}

TEST(OriginTest, AuthorityHasThePortOnlyWhereItIsNotTheSchemes) {
  EXPECT_EQ(Authority({.tls = true, .host = "h", .port = 443}), "h");
  EXPECT_EQ(Authority({.tls = true, .host = "h", .port = 80}), "h:80");
}

TEST(OriginTest, WhatIsNoUrlIsRefused) {
  for (const auto* text : {"", "h", "ftp://h/", "https://", "https:///a", "https://h:0", "https://h:65536",
                           "https://h:1x", "https://h /", "https://h/a b", "https://[::1", "https://[::1]x",
                           "https://h\r\nX: y/", "https://h/\r\nX: y", "https://h%2f/"}) {
    EXPECT_FALSE(ParseUrl(text).has_value()) << text;
  }
}

TEST(OriginTest, NameAndPasswordAreRefusedAndNotRepeated) {
  const auto url = ParseUrl("https://me:hunter22@h/");
  ASSERT_FALSE(url.has_value());
  EXPECT_EQ(ToString(url.error()).find("hunter22"), std::string::npos);
}

TEST(OriginTest, LoopbackIsThisMachineAndNoNameThatLooksLikeIt) {
  EXPECT_TRUE(IsLoopback({.host = "localhost"}));
  EXPECT_TRUE(IsLoopback({.host = "127.8.9.1"}));
  EXPECT_TRUE(IsLoopback({.host = "::1"}));
  EXPECT_FALSE(IsLoopback({.host = "127.evil.example"}));
  EXPECT_FALSE(IsLoopback({.host = "localhost.example"}));
}

TEST(OriginTest, EveryOtherByteIsEncoded) {
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("a/b c+\xc3\xa9%"), "a%2Fb%20c%2B%C3%A9%25");
  EXPECT_EQ(PercentEncode("a/b", true), "a/b");
  EXPECT_EQ(QueryText({{"a", "b/c"}, {"d", ""}}), "?a=b%2Fc&d=");
  EXPECT_EQ(QueryText({}), "");
}

}  // namespace
}  // namespace lakeferry
