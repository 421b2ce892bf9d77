#include "base/location.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

namespace lakeferry {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string FolderOf(std::string_view uri) { return Location::Parse(uri).value().path(); }

TEST(Location, AFileNamesAnAbsoluteFolder) {
  EXPECT_EQ(FolderOf("file:///srv/lake"), "/srv/lake");
  EXPECT_EQ(FolderOf("file:///srv/lake/"), "/srv/lake");
  EXPECT_EQ(FolderOf("file:/srv/lake"), "/srv/lake");
  EXPECT_EQ(FolderOf("FILE://localhost/srv/lake"), "/srv/lake");
}

TEST(Location, AFileIsPercentDecodedOnce) {
  EXPECT_EQ(FolderOf("file:///a%20b/%C3%A9/100%25"), "/a b/\xC3\xA9/100%");
  EXPECT_EQ(FolderOf("file:///a%2541"), "/a%41");
}

TEST(Location, WhatNamesNoFolderHereIsRefused) {
  for (const auto* uri :
       {"file://host/srv", "file://", "file:///", "file:srv", "file:///a?b", "file:///a#b", "file:///a%2",
        "file:///a%zz", "file:///a/../b", "file:///a/%2E%2E/b", "file:///a%00b", "file:///a%0Ab", "file:///a//b"}) {
    const auto location = Location::Parse(uri);
    ASSERT_FALSE(location.has_value()) << uri;
    EXPECT_EQ(location.error().code, ErrorCode::kInvalidArgument) << uri;
    EXPECT_EQ(location.error().where.text(), uri);
    EXPECT_THAT(location.error().remedy, HasSubstr("file:///")) << uri;
  }
}

TEST(Location, OfAFolderTakesEveryCharacterForItself) {
  EXPECT_EQ(Location::OfFolder("/a%20b?c#d/").value().Print(), "file:///a%2520b%3Fc%23d");
  EXPECT_EQ(Location::Parse("file:///a%2520b%3Fc%23d").value().path(), "/a%20b?c#d");
  for (const auto* folder : {"", "/", "a", "/a/../b", "/a\nb"}) EXPECT_FALSE(Location::OfFolder(folder)) << folder;
}

struct FarCase {
  std::string uri;
  Scheme scheme;
  std::string bucket;
  std::string host;
  std::string path;
  std::string printed;  // empty: as it is
};

class FarLocations : public testing::TestWithParam<FarCase> {};

constexpr const char* kDfs = "acct.dfs.core.windows.net";
INSTANTIATE_TEST_SUITE_P(
    Cases, FarLocations,
    testing::Values(FarCase{"s3://bucket/a/b c", Scheme::kS3, "bucket", "", "a/b c", ""},
                    FarCase{"s3a://my.bucket_1", Scheme::kS3a, "my.bucket_1", "", "", ""},
                    FarCase{"S3A://bucket/", Scheme::kS3a, "bucket", "", "", "s3a://bucket"},
                    FarCase{"s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/name/a/b", Scheme::kS3,
                            "arn:aws:s3:eu-west-1:123456789012:accesspoint/name", "", "a/b", ""},
                    FarCase{"s3a://arn:aws:s3:eu-west-1:123456789012:accesspoint/name/", Scheme::kS3a,
                            "arn:aws:s3:eu-west-1:123456789012:accesspoint/name", "", "",
                            "s3a://arn:aws:s3:eu-west-1:123456789012:accesspoint/name"},
                    FarCase{"gs://bucket/d=10:45/@x+y", Scheme::kGs, "bucket", "", "d=10:45/@x+y", ""},
                    FarCase{"abfss://Box@Acct.dfs.core.windows.net/a/", Scheme::kAbfss, "Box", kDfs, "a",
                            "abfss://Box@acct.dfs.core.windows.net/a"},
                    FarCase{"abfs://c@acct.dfs.core.windows.net/a", Scheme::kAbfss, "c", kDfs, "a",
                            "abfss://c@acct.dfs.core.windows.net/a"},
                    FarCase{"wasb://c@acct.blob.core.windows.net/a", Scheme::kWasbs, "c", "acct.blob.core.windows.net",
                            "a", "wasbs://c@acct.blob.core.windows.net/a"},
                    FarCase{"wasbs://$web@acct.blob.core.windows.net", Scheme::kWasbs, "$web",
                            "acct.blob.core.windows.net", "", ""},
                    FarCase{"az://container/a", Scheme::kAz, "container", "", "a", ""},
                    FarCase{"az://c@acct.dfs.core.windows.net/a", Scheme::kAz, "c", kDfs, "a", ""}));

TEST_P(FarLocations, AreReadAndPrinted) {
  const FarCase& of = GetParam();
  const auto location = Location::Parse(of.uri);
  ASSERT_TRUE(location.has_value()) << ToString(location.error());
  EXPECT_EQ(location->scheme(), of.scheme);
  EXPECT_EQ(location->bucket(), of.bucket);
  EXPECT_EQ(location->host(), of.host);
  EXPECT_EQ(location->path(), of.path);
  EXPECT_EQ(location->Print(), of.printed.empty() ? of.uri : of.printed);
  const auto again = Location::Parse(location->Print());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, *location);
  EXPECT_EQ(again->Print(), location->Print());
}

struct WrongCase {
  std::string uri;
  std::string message;
};

class WrongLocations : public testing::TestWithParam<WrongCase> {};

INSTANTIATE_TEST_SUITE_P(
    Cases, WrongLocations,
    testing::Values(WrongCase{"", "no scheme"}, WrongCase{"srv/b", "no scheme"}, WrongCase{"/srv/b", "no scheme"},
                    WrongCase{"s3:/b/x", "no scheme"}, WrongCase{"s3:b", "no scheme"},
                    WrongCase{"ftp://h/b", "ftp:// is no scheme of a store"},
                    WrongCase{"https://acct.blob.core.windows.net/c", "https:// is no scheme"},
                    WrongCase{"://b", "what stands before :// is no scheme"}, WrongCase{"s3://", "names no bucket"},
                    WrongCase{"s3:///a", "names no bucket"}, WrongCase{"s3://Bucket/a", "lower-case"},
                    WrongCase{"s3://b u/a", "lower-case"}, WrongCase{"gs://../a", "lower-case"},
                    WrongCase{"az://C/a", "lower-case"}, WrongCase{"s3://b:9000/a", "port"},
                    WrongCase{"s3://" + std::string(401, 'b'), "lower-case"}, WrongCase{"s3://b/a%20b", "'%'"},
                    WrongCase{"s3://b/a//b", "empty segment"}, WrongCase{"s3://b//a", "empty segment"},
                    WrongCase{"s3://b/a/../b", "'.' or '..' segment"}, WrongCase{"s3://b/./a", "'.' or '..' segment"},
                    WrongCase{"s3://b/a\nb", "control character"}, WrongCase{"s3://b/a\xff", "UTF-8"},
                    WrongCase{"s3://arn:aws:s3::123456789012:accesspoint/a.mrap/x", "no access point"},
                    WrongCase{"s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/name/a//b", "empty segment"},
                    WrongCase{"gs://arn:aws:s3:eu-west-1:123456789012:accesspoint/name", "port"},
                    WrongCase{"s3://b/a?versionId=1", "query"}, WrongCase{"s3://b?x", "query"},
                    WrongCase{"gs://b/a#1", "query"}, WrongCase{"s3://b/" + std::string(1'025, 'a'), "1024"},
                    WrongCase{"abfss://container/a", "names no account"},
                    WrongCase{"wasbs://acct.blob.core.windows.net/a", "names no account"},
                    WrongCase{"abfss://c@acct/a", "no container@account.host"},
                    WrongCase{"abfss://@acct.dfs.core.windows.net/a", "no container@account.host"},
                    WrongCase{"abfss://c@a..net/a", "no container@account.host"},
                    WrongCase{"abfss://..@acct.dfs.core.windows.net/a", "no container@account.host"},
                    WrongCase{"abfss://c@acct.dfs.core.windows.net:80/a", "no container@account.host"}));

TEST_P(WrongLocations, AreRefusedWithAWayOut) {
  const auto location = Location::Parse(GetParam().uri);
  ASSERT_FALSE(location.has_value()) << location->Print();
  EXPECT_EQ(location.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(location.error().message, HasSubstr(GetParam().message));
  EXPECT_NE(location.error().remedy, "");
}

TEST(Location, WhatMayBeASecretIsNotRepeated) {
  for (const auto* uri : {"file://user:hunter2@host/x",
                          "file://hunter2@host/x",
                          "file://hunter2@",
                          "s3://hunter2@bucket/x",
                          "s3://key:hunter2@bucket/x",
                          "s3a://key:hunter2/bucket/x",
                          "s3://Hunter2/x",
                          "gs://key:hunter2@b",
                          "s3://b?k=hunter2",
                          "s3://b/x?X-Amz-Signature=hunter2",
                          "s3://b/x#hunter2",
                          "az://key:hunter2@c/x",
                          "az://hunter2:key/x",
                          "abfss://c:hunter2@acct.dfs.core.windows.net/x",
                          "abfss://hunter2@c@acct.dfs.core.windows.net/x",
                          "abfss://c@acct.dfs.core.windows.net/x?sig=hunter2",
                          "abfss://c@hunter2:x/y",
                          "wasbs://Hunter2+/x=@a.net",
                          "hunter2hunter2://x",
                          "a:hunter2://x",
                          "s3:hunter2://x",
                          "hunter2",
                          "https://k:hunter2@host/x"}) {
    const auto location = Location::Parse(uri);
    ASSERT_FALSE(location.has_value()) << uri;
    for (const std::string& text : {location.error().message, location.error().where.text(), location.error().remedy}) {
      EXPECT_THAT(text, AllOf(Not(HasSubstr("hunter2")), Not(HasSubstr("Hunter2")))) << uri;
    }
  }
}

TEST(Location, OnePlaceIsOnePlaceWhateverSchemeNamesIt) {
  const auto same = [](std::string_view a, std::string_view b) {
    return Location::Parse(a).value() == Location::Parse(b).value();
  };
  EXPECT_TRUE(same("s3://b/x", "s3a://b/x/"));
  EXPECT_TRUE(same("abfss://c@acct.dfs.core.windows.net/x", "wasbs://c@acct.blob.core.windows.net/x"));
  EXPECT_TRUE(same("abfss://c@acct.dfs.core.windows.net/x", "az://c@ACCT.dfs.core.windows.net/x"));
  EXPECT_TRUE(same("file:/srv/a%20b", "file://localhost/srv/a b"));
  EXPECT_FALSE(same("s3://b/x", "s3://b/y"));
  EXPECT_FALSE(same("s3://b/x", "s3://c/x"));
  EXPECT_FALSE(same("s3://b/x", "gs://b/x"));
  EXPECT_FALSE(same("az://c/x", "az://c@acct.dfs.core.windows.net/x"));
  EXPECT_FALSE(same("abfss://c@acct.dfs.core.windows.net/x", "abfss://c@acct2.dfs.core.windows.net/x"));
  EXPECT_FALSE(same("abfss://c@acct.dfs.core.windows.net/x", "abfss://C@acct.dfs.core.windows.net/x"));
  EXPECT_FALSE(same("abfss://c@blob.dfs.core.windows.net/x", "abfss://c@dfs.core.windows.net/x"));
  EXPECT_FALSE(same("abfss://c@acct.dfsx.net/x", "abfss://c@acct.blobx.net/x"));
}

TEST(Location, AnInnerPlaceBeginsWithTheOuterOne) {
  const auto place = [](std::string_view uri) { return Location::Parse(uri).value().place(); };
  EXPECT_EQ(place("file:///srv/lake"), ":///srv/lake/");
  EXPECT_EQ(place("s3a://b"), "s3://b/");
  EXPECT_TRUE(place("s3://b/x/y").starts_with(place("s3a://b/x")));
  EXPECT_FALSE(place("s3://b/xy").starts_with(place("s3a://b/x")));
}

// As logs have them, of whatever engine.
TEST(Location, StoreNamesOfLogsAreThoseOfLocations) {
  EXPECT_EQ(StoreName("", ""), "://");
  EXPECT_EQ(StoreName("FILE", ""), "://");
  EXPECT_EQ(StoreName("file", "host"), "://host");
  EXPECT_EQ(StoreName("s3n", "Bucket"), "s3://bucket");
  EXPECT_EQ(StoreName("s3", "user@bucket"), "s3://user@bucket");
  EXPECT_EQ(StoreName("wasb", "c@acct.blob.core.windows.net"),
            Location::Parse("abfss://c@acct.dfs.core.windows.net/x").value().store());
  EXPECT_EQ(StoreName("hdfs", "Name:8020"), "hdfs://name:8020");
}

// Whatever is taken is printed in one spelling, which is taken for the same, and holds nothing that means something
// else.
TEST(Location, WhatIsTakenIsPrintedAndTakenAgain) {
  constexpr std::array<std::string_view, 20> kPieces{"file:", "s3://", "abfs://", "az://",   "gs://", "/", "..",
                                                     ".",     "a",     "B",       "c@a.net", "@",     ":", "%25",
                                                     "%2F",   "%",     "?",       "#",       " ",     "\n"};
  uint64_t state = 1;
  const auto draw = [&state](size_t bound) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<size_t>(state >> 33U) % bound;
  };
  int taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text(kPieces[draw(5)]);
    for (size_t left = draw(7); left > 0; --left) text += kPieces[draw(kPieces.size())];
    const auto location = Location::Parse(text);
    if (!location) continue;
    ++taken;
    const std::string printed = location->Print();
    const auto again = Location::Parse(printed);
    ASSERT_TRUE(again.has_value()) << text << " became " << printed;
    ASSERT_EQ(again->Print(), printed) << text;
    ASSERT_EQ(again->place(), location->place()) << text;
    ASSERT_EQ(again->path(), location->path()) << text;
    ASSERT_EQ(printed.find_first_of("?#\n"), std::string::npos) << text;
  }
  EXPECT_GT(taken, 1'000);
}

TEST(Location, EverySchemeIsNamed) {
  EXPECT_EQ(SchemeList(AllSchemes()), "file://, s3://, s3a://, abfss://, wasbs://, az:// and gs://");
  EXPECT_EQ(SchemeList(AllSchemes().first(1)), "file://");
  for (const Scheme scheme : AllSchemes()) {
    EXPECT_EQ(SchemeOf(std::string(SchemeName(scheme)) + "://x"), scheme) << SchemeName(scheme);
  }
  for (const auto* uri : {"", "s3", "s4://x", "file_://x", ":"}) EXPECT_FALSE(SchemeOf(uri)) << uri;
}

}  // namespace
}  // namespace lakeferry
