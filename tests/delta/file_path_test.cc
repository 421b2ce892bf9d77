#include "delta/file_path.h"

#include <gtest/gtest.h>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

constexpr std::string_view kTable = "s3://lake/sales";

std::string Normal(std::string_view path) {
  auto normal = NormalisePath(path);
  EXPECT_THAT(normal, Succeeded()) << path;
  return std::move(normal).value_or("");
}

std::string Object(std::string_view path, std::string_view table = kTable) {
  const auto object = ResolveInTable(path, table);
  EXPECT_THAT(object, Succeeded()) << path;
  return object ? object->text() : "";
}

TEST(NormalisePath, CollapsesWhatEnginesCollapse) {
  for (const char* path : {"a//b", "a/b", "a/./b", "./a/b", "a/c/../b", "a/b/", "a/x/y/../../b", ".//a///b"}) {
    EXPECT_EQ(Normal(path), "a/b") << path;
  }
}

TEST(NormalisePath, ComparesEscapesWithoutDecodingThem) {
  EXPECT_EQ(Normal("a%2fb"), Normal("a%2Fb"));
  EXPECT_NE(Normal("%41"), Normal("A"));
  EXPECT_NE(Normal("\xC3\xA9"), Normal("%C3%A9"));
  EXPECT_EQ(Normal("%c3%a9"), Normal("%C3%A9"));
  EXPECT_NE(Normal("a%252fb"), Normal("a%2Fb"));
  EXPECT_EQ(Normal("a%2e%2E/b"), "a%2E%2E/b");
  EXPECT_EQ(Normal("50%"), "50%");
  EXPECT_EQ(Normal("50%zz"), "50%zz");
}

TEST(NormalisePath, LowersSchemeAndHostOnly) {
  EXPECT_EQ(Normal("S3://Lake/A/B"), "s3://lake/A/B");
  EXPECT_EQ(Normal("abfss://Box@Acct.dfs/A"), "abfss://Box@acct.dfs/A");
  EXPECT_EQ(Normal("file:/x/y"), Normal("file:///x/y"));
  EXPECT_EQ(Normal("FILE:/x//y"), Normal("file:///x/./y"));
  EXPECT_NE(Normal("/x"), Normal("x"));
  EXPECT_EQ(Normal("/x//y"), Normal("file:///x/y"));
  EXPECT_NE(Normal("s3://lake/a"), Normal("s3a://lake/a"));
}

TEST(NormalisePath, TakesSpacesAndColonsAsTheyAre) {
  EXPECT_EQ(Normal("d=a b/part 1.parquet"), "d=a b/part 1.parquet");
  EXPECT_EQ(Normal("part:1.parquet"), "part:1.parquet");
}

TEST(NormalisePath, RefusesToLeaveTheRoot) {
  for (const char* path : {"..", "../x", "a/../../x", "./../x", "/../x", "s3://lake/../x"}) {
    EXPECT_THAT(NormalisePath(path), FailedWith(ErrorCode::kInvalidArgument, "leaves the root")) << path;
  }
  EXPECT_THAT(NormalisePath(""), FailedWith(ErrorCode::kInvalidArgument, "empty"));
  EXPECT_THAT(NormalisePath("."), FailedWith(ErrorCode::kInvalidArgument, "names no file"));
  EXPECT_THAT(NormalisePath("a\nb"), FailedWith(ErrorCode::kInvalidArgument, "control"));
}

TEST(FileKey, TellsDeletionVectorsOfOnePathApart) {
  DeletionVector dv{.storage_type = "u", .path_or_inline_dv = "ab^-aqEH.-t@S}K{vb[*k^"};
  const std::string plain = *FileKey("a//b.parquet", std::nullopt);
  const std::string without_offset = *FileKey("a/b.parquet", dv);
  dv.offset = 0;
  const std::string at_zero = *FileKey("a/./b.parquet", dv);
  EXPECT_EQ(plain, *FileKey("a/b.parquet", std::nullopt));
  EXPECT_NE(plain, without_offset);
  EXPECT_NE(without_offset, at_zero);
  EXPECT_EQ(at_zero, *FileKey("a/b.parquet", dv));
}

TEST(IsAbsolutePath, NeedsASchemeOrASlash) {
  for (const char* path : {"/x", "//x", "s3://b/x", "file:/x", "abfss://c@a/x", "C:/x"}) {
    EXPECT_TRUE(IsAbsolutePath(path)) << path;
  }
  for (const char* path : {"x", "a/b", "part:1.parquet", "d=10:45/x", "d=s3://x", "1s3://x", ""}) {
    EXPECT_FALSE(IsAbsolutePath(path)) << path;
  }
}

TEST(ResolveInTable, DecodesExactlyOnce) {
  EXPECT_EQ(Object("part-0.parquet"), "part-0.parquet");
  EXPECT_EQ(Object("t=10%253A45/part-0.parquet"), "t=10%3A45/part-0.parquet");
  EXPECT_EQ(Object("t=a%20b/x"), "t=a b/x");
  EXPECT_EQ(Object("t=a b/x"), "t=a b/x");
  EXPECT_EQ(Object("t=a+b/x"), "t=a+b/x");
  EXPECT_EQ(Object("t=50%2525/x"), "t=50%25/x");
  EXPECT_EQ(Object("t=%C3%A9/x"), "t=\xC3\xA9/x");
  EXPECT_EQ(Object("t=\xC3\xA9/x"), "t=\xC3\xA9/x");
  EXPECT_EQ(Object("t=%23%3F/x"), "t=#?/x");
  EXPECT_EQ(Object("a//b"), "a/b");
  EXPECT_EQ(Object("a%2Fb"), "a/b");
  EXPECT_EQ(Object("part:1.parquet"), "part:1.parquet");
}

TEST(ResolveInTable, TakesAbsolutePathsBelowTheTable) {
  EXPECT_EQ(Object("s3://lake/sales/a/b"), "a/b");
  EXPECT_EQ(Object("S3A://lake/sales//a/b%20c"), "a/b c");
  EXPECT_EQ(Object("s3://lake/sales/a", "s3://lake/sales/"), "a");
  EXPECT_EQ(Object("file:/data/t/a", "file:///data/t"), "a");
  EXPECT_EQ(Object("/data/t/a", "file:///data/t"), "a");
  EXPECT_EQ(Object("file:///data/my%20t/a", "/data/my t"), "a");
  EXPECT_EQ(Object("s3://lake/a", "s3://lake"), "a");
}

TEST(ResolveInTable, RefusesAbsolutePathsElsewhere) {
  for (const char* path :
       {"s3://other-bucket/secret", "s3://lake/salesman/a", "s3://lake/other/a", "file:///etc/shadow", "/etc/shadow",
        "https://169.254.169.254/latest", "gs://lake/sales/a", "s3://lake:9000/sales/a", "/lake/sales/a",
        "//lake/sales/a", "s3:/lake/sales/a", "hdfs://lake/sales/a", "s3://user@lake/sales/a"}) {
    EXPECT_THAT(ResolveInTable(path, kTable), FailedWith(ErrorCode::kUnsupportedTable, "outside its table")) << path;
  }
}

TEST(ResolveInTable, RefusesHostileNames) {
  const std::string_view hostile[] = {"../../x",
                                      "..",
                                      "a/../../x",
                                      "%2e%2e/x",
                                      "%2e%2e%2fx",
                                      "%2E%2E%2Fx",
                                      "a/%2e%2e/%2e%2e/x",
                                      "a/%2e/x",
                                      ".%2e/x",
                                      "a%2f..%2f..%2fx",
                                      "%2Fetc/shadow",
                                      "a%2F%2Fb",
                                      "a/%2F",
                                      "s3://lake/sales/../secret",
                                      "s3://lake/sales/../../secret",
                                      "s3://lake/sales/%2e%2e/secret",
                                      "s3://lake/sales%2f%2e%2e%2fsecret",
                                      std::string_view("a\0b", 3),
                                      "a%00b",
                                      "a%0Ab",
                                      "a\tb",
                                      "a%7fb",
                                      "a%",
                                      "a%4",
                                      "a%zz",
                                      "a%%41",
                                      "\xff\xfe",
                                      "%ff%fe",
                                      "%C0%AE%C0%AE/x",
                                      "a?b",
                                      "a#b",
                                      "",
                                      ".",
                                      "./",
                                      "a/",
                                      "s3://lake/sales",
                                      "s3://lake/sales/"};
  for (const std::string_view path : hostile) {
    const auto object = ResolveInTable(path, kTable);
    ASSERT_FALSE(object.has_value()) << path << " became " << object->text();
    EXPECT_TRUE(object.error().code == ErrorCode::kInvalidArgument ||
                object.error().code == ErrorCode::kUnsupportedTable)
        << path;
  }
  EXPECT_THAT(ResolveInTable(std::string(4096, 'a'), kTable), FailedWith(ErrorCode::kInvalidArgument, "1024"));
}

TEST(ResolveInTable, NeverDecodesTwiceAndKeepsBackslashes) {
  EXPECT_EQ(Object("%252e%252e/x"), "%2e%2e/x");
  EXPECT_EQ(Object("..\\..\\x"), "..\\..\\x");
  EXPECT_EQ(Object("..."), "...");
}

TEST(NormalisePath, RefusesARelativePathThatWouldReadAsAnAbsoluteOne) {
  for (const std::string_view path : {"x/../s3://bucket/k", "./file:/etc/passwd", "./a:b/../c:/d"}) {
    EXPECT_THAT(NormalisePath(path), FailedWith(ErrorCode::kInvalidArgument, "reads as an absolute one")) << path;
  }
  EXPECT_EQ(NormalisePath("./part:1.parquet"), "part:1.parquet");
}

TEST(EncodeForLog, ReadsBackAsTheSameObject) {
  for (const char* text : {"a/b.parquet", "t=a b/x", "t=10%3A45/x", "t=50%/x", "t=\xC3\xA9/x", "t=a+b/x", "t=#?/x",
                           "a:b/c:d", "x<>\"{}|\\^`[]", "%2e%2e/x"}) {
    const ObjectPath path = ObjectPath::Of(text);
    const std::string encoded = EncodeForLog(path);
    EXPECT_EQ(Object(encoded), text) << encoded;
    EXPECT_FALSE(IsAbsolutePath(encoded)) << encoded;
  }
  EXPECT_EQ(EncodeForLog(ObjectPath::Of("t=10%3A45/a b")), "t=10%253A45/a%20b");
}

}  // namespace
}  // namespace lakeferry::delta
