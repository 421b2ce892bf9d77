#include "delta/import_roots.h"

#include <gtest/gtest.h>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

// "root|path" of what is found.
std::string Found(const ImportRoots& roots, std::string_view path) {
  const auto found = roots.Find(path);
  EXPECT_THAT(found, Succeeded()) << path;
  return found ? *found->root + "|" + found->path.text() : "";
}

TEST(ImportRoots, FindsTheObjectBelowItsRoot) {
  const ImportRoots roots({"file:///lake/origin", "s3://bucket/", "abfss://c@acct.dfs/x"});
  EXPECT_EQ(Found(roots, "file:/lake/origin/day=1/a%20b.parquet"), "file:///lake/origin|day=1/a b.parquet");
  EXPECT_EQ(Found(roots, "/lake/origin/a"), "file:///lake/origin|a");
  EXPECT_EQ(Found(roots, "file:///lake/other/../origin/a"), "file:///lake/origin|a");
  EXPECT_EQ(Found(roots, "s3a://bucket/any/a"), "s3://bucket/|any/a");
  EXPECT_EQ(Found(roots, "abfss://c@ACCT.dfs/x/a"), "abfss://c@acct.dfs/x|a");
  EXPECT_EQ(Found(roots, "wasbs://c@acct.blob/x/a"), "abfss://c@acct.dfs/x|a");
}

TEST(ImportRoots, TakesTheDeepestRoot) {
  const ImportRoots roots({"file:///lake", "file:///lake/a/b", "file:///lake/a"});
  EXPECT_EQ(Found(roots, "file:///lake/a/b/c"), "file:///lake/a/b|c");
  EXPECT_EQ(Found(roots, "file:///lake/a/x"), "file:///lake/a|x");
  EXPECT_EQ(Found(roots, "file:///lake/x"), "file:///lake|x");
}

TEST(ImportRoots, AsksThoseOfOthersLast) {
  const auto sources = std::make_shared<const ImportRoots>(std::vector<std::string>{"s3://lake/a", "s3://lake/b"});
  const ImportRoots roots({"s3://lake/a/imports"}, sources);
  EXPECT_EQ(Found(roots, "s3://lake/a/imports/x"), "s3://lake/a/imports|x");
  EXPECT_EQ(Found(roots, "s3://lake/b/x"), "s3://lake/b|x");
  EXPECT_THAT(roots.Find("s3://lake/c/x"), FailedWith(ErrorCode::kUnsupportedTable, "s3://lake/c/x"));
}

TEST(ImportRoots, RefusesEveryPlaceThatIsNotBelowOne) {
  const ImportRoots roots({"file:///lake/origin", "s3://lake/sales"});
  for (const char* path : {"file:///etc/shadow", "/etc/shadow", "file:///lake/origins/a", "file:///lake",
                           "file:///lake/origin", "file:///lake/origin/../a", "file:///lake/origin/../../etc/shadow",
                           "s3://other/sales/a", "s3://lake:9000/sales/a", "s3://x@lake/sales/a", "gs://lake/sales/a",
                           "file://host/lake/origin/a", "https://169.254.169.254/latest"}) {
    EXPECT_THAT(roots.Find(path), FailedWith(ErrorCode::kUnsupportedTable, "below no import root")) << path;
  }
  EXPECT_THAT(ImportRoots().Find("file:///a"), FailedWith(ErrorCode::kUnsupportedTable, "file:///a"));
}

TEST(ImportRoots, RefusesHostileNamesBelowARoot) {
  const ImportRoots roots({"file:///lake/origin"});
  for (const std::string_view path :
       {"file:///lake/origin/%2e%2e/secret", "file:///lake/origin/%2E%2E%2Fsecret", "file:///lake/origin%2f..%2fsecret",
        "file:///lake/origin/a%00b", "file:///lake/origin/a\nb", "file:///lake/origin/a%0Ab", "file:///lake/origin/a/",
        "file:///lake/origin/", "file:///lake/origin/a?b", "file:///lake/origin/%ff", "file:///lake/origin/%",
        "file:///lake/../../etc/shadow", "file:///lake/origin/a%2F%2Fb"}) {
    EXPECT_THAT(roots.Find(path), FailedWith(ErrorCode::kInvalidArgument, "")) << path;
  }
}

TEST(ImportRoots, RefusesPathsThatNoStoreTakes) {
  const ImportRoots roots({"file:///lake", "file:///"});
  std::string deep = "file:///lake";
  for (int i = 0; i < 1'000'000; ++i) deep += "/a";
  EXPECT_THAT(roots.Find(deep), FailedWith(ErrorCode::kInvalidArgument, "longer than"));
  EXPECT_THAT(roots.Find("file:///lake/" + std::string(1'025, 'a')), FailedWith(ErrorCode::kInvalidArgument, "1024"));
}

TEST(ImportRoots, RefusesObjectsOfALog) {
  const ImportRoots roots({"file:///lake"});
  for (const char* path : {"file:///lake/t/_delta_log/00000000000000000000.json",
                           "file:///lake/_delta_log/_sidecars/x.parquet", "file:///lake/t/%5Fdelta_log/x"}) {
    EXPECT_THAT(roots.Find(path), FailedWith(ErrorCode::kRefused, "another log")) << path;
  }
}

}  // namespace
}  // namespace lakeferry::delta
