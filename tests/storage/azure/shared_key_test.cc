#include "storage/azure/credentials/shared_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/azure/credentials/connection_string.h"
#include "tests/storage/azure/recorded_shared_keys.h"

namespace lakeferry::azure {
namespace {

using testing::HasSubstr;
using testing::Not;

const TimeMs kTime = ParseTime("2026-11-29T12:00:00Z").value();

TEST(SharedKey, AgreesWithTheClientOfAzure) {
  auto key = SharedKey::Make("account", Secret(std::string(kRecordedKey)));
  ASSERT_TRUE(key);
  for (const RecordedSharedKey& recorded : kRecordedSharedKeys) {
    HttpRequest request{.method = recorded.method,
                        .origin = {.host = "account.blob.core.windows.net"},
                        .target = recorded.target,
                        .headers = recorded.headers,
                        .body = {recorded.body.data(), recorded.body.size()}};
    key->Sign(request, kTime);
    EXPECT_EQ(request.headers.Find("Authorization"), "SharedKey account:" + recorded.signature)
        << key->StringToSign(request);
  }
}

TEST(SharedKey, ARangeIsSigned) {
  const auto key = SharedKey::Make("account", Secret(std::string(kRecordedKey)));
  const HttpRequest request{.target = "/c/b?B=2&b=1&a", .headers = {{"Range", "bytes=0-9"}}};
  EXPECT_EQ(key->StringToSign(request), "GET\n\n\n\n\n\n\n\n\n\n\nbytes=0-9\n/account/c/b\na:\nb:1,2");
}

TEST(SharedKey, AKeyIsBase64) {
  for (const char* bad : {"", "secret-word", "c2VjcmV0LXdvcmQ"}) {
    const auto key = SharedKey::Make("account", Secret(std::string(bad)));
    ASSERT_FALSE(key) << bad;
    EXPECT_EQ(key.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(ToString(key.error()), Not(HasSubstr("secret-word")));
  }
}

TEST(SharedKey, ADateIsThatOfHttp) {
  EXPECT_EQ(HttpDate(kTime), "Sun, 29 Nov 2026 12:00:00 GMT");
  EXPECT_EQ(HttpDate(ParseTime("1994-11-06T08:49:37.999Z").value()), "Sun, 06 Nov 1994 08:49:37 GMT");
}

Result<ConnectionString> Parse(std::string text) { return ParseConnectionString(Secret(std::move(text))); }

TEST(ConnectionString, HasAccountAndKey) {
  const auto parsed =
      Parse("DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=a2V5PT09==;EndpointSuffix=core.windows.net;");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->account, "acc");
  EXPECT_EQ(parsed->key.Reveal(), "a2V5PT09==");
  EXPECT_EQ(parsed->blob_endpoint, "https://acc.blob.core.windows.net");
  EXPECT_EQ(Parse("accountname=acc;accountkey=k;EndpointSuffix=core.chinacloudapi.cn")->blob_endpoint,
            "https://acc.blob.core.chinacloudapi.cn");
}

TEST(ConnectionString, MayHaveASignatureAndAnEndpoint) {
  const auto parsed = Parse("BlobEndpoint=https://acc.blob.core.windows.net/;SharedAccessSignature=?sv=1&sig=a%3D");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->account, "acc");
  EXPECT_EQ(parsed->signature.Reveal(), "sv=1&sig=a%3D");
  EXPECT_EQ(parsed->blob_endpoint, "https://acc.blob.core.windows.net");
  EXPECT_TRUE(parsed->key.empty());
}

TEST(ConnectionString, TheEmulatorHasItsOwn) {
  const auto parsed = Parse("UseDevelopmentStorage=true");
  EXPECT_EQ(parsed->account, "devstoreaccount1");
  EXPECT_EQ(parsed->blob_endpoint, "http://127.0.0.1:10000/devstoreaccount1");
}

TEST(ConnectionString, WhatIsNoneIsRefusedWithoutAWordOfIt) {
  for (const char* bad : {"", "secret-word", "AccountKey=secret-word", "AccountName=acc",
                          "AccountName=a/b;AccountKey=k", "BlobEndpoint=secret-word;AccountKey=secret-word"}) {
    const auto parsed = Parse(bad);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
    const std::string shown = parsed.error().message + parsed.error().where.text() + parsed.error().remedy;
    EXPECT_THAT(shown, Not(HasSubstr("secret-word")));
  }
}

}  // namespace
}  // namespace lakeferry::azure
