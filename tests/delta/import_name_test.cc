#include "delta/import_name.h"

#include <gtest/gtest.h>

#include "delta/deletion_vector.h"
#include "delta/file_path.h"
#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

std::string Name(std::string_view path) {
  const auto name = ImportName(path);
  EXPECT_THAT(name, Succeeded()) << path;
  return name ? name->text() : "";
}

std::string VectorText(std::string path) {
  const auto vector = ImportedVector({.storage_type = "p", .path_or_inline_dv = std::move(path), .offset = 7});
  EXPECT_THAT(vector, Succeeded());
  return vector ? vector->storage_type + vector->path_or_inline_dv + "@" + std::to_string(*vector->offset) : "";
}

TEST(ImportName, IsTheDigestOfThePathAndItsBaseName) {
  EXPECT_EQ(Name("file:///lake/origin/day=1/part-0.parquet"),
            "ext/48/48865d47206a3eec6fc08109c67750e565fba92b671f5216bdba4f429065247c-part-0.parquet");
}

TEST(ImportName, IsOneForAllTextsOfOnePath) {
  const std::string name = Name("file:///lake/origin/a.parquet");
  for (const char* path :
       {"file:/lake/origin/a.parquet", "FILE:/lake//origin/./a.parquet", "/lake/origin/x/../a.parquet"}) {
    EXPECT_EQ(Name(path), name) << path;
  }
}

TEST(ImportName, TellsFoldersAndEscapesApart) {
  EXPECT_NE(Name("file:///lake/a/same.parquet"), Name("file:///lake/b/same.parquet"));
  EXPECT_NE(Name("s3://lake/%41"), Name("s3://lake/A"));
  EXPECT_NE(Name("s3://lake/a"), Name("s3a://lake/a"));
}

TEST(ImportName, HoldsAsciiOnlyAndHidesFromNoEngine) {
  EXPECT_TRUE(Name("s3://lake/_hidden").ends_with("-_hidden"));
  EXPECT_TRUE(Name("s3://lake/t=%C3%A9/x%20\xC3\xA9 y.parquet").ends_with("-x_20___y.parquet"));
  const std::string name = Name("s3://lake/" + std::string(300, 'x') + ".parquet");
  EXPECT_LT(name.size(), 200U);
  EXPECT_TRUE(name.ends_with("xx.parquet"));
}

TEST(ImportName, ReadsBackAsItself) {
  const std::string name = Name("file:///lake/origin/a b.parquet");
  EXPECT_EQ(EncodeForLog(ObjectPath::Of(name)), name);
  EXPECT_TRUE(IsImportName(ObjectPath::Of(name)));
}

TEST(ImportName, OfAnImportedFileKeepsItsBaseName) {
  const std::string first = Name("file:///lake/origin/a.parquet");
  const std::string second = Name(first);
  EXPECT_NE(second, first);
  EXPECT_TRUE(IsImportName(ObjectPath::Of(second)));
  EXPECT_EQ(second.size(), first.size());
  EXPECT_TRUE(second.ends_with("-a.parquet"));
}

TEST(ImportName, KnowsItsOwnNamesAlone) {
  const std::string digest(64, 'a');
  EXPECT_TRUE(IsImportName(ObjectPath::Of("ext/aa/" + digest + "-")));
  for (const std::string& path :
       {std::string("ext/aa/a.parquet"), "ext/ab/" + digest + "-x", "ext/aa/" + digest, "ext/aa/" + digest + "_x",
        "ext/aa/" + digest + "-x/y", "x/ext/aa/" + digest + "-x", "ext/AA/" + std::string(64, 'A') + "-x",
        "ext/a/a" + digest + "-x", std::string("ext"), std::string("part-0.parquet")}) {
    EXPECT_FALSE(IsImportName(ObjectPath::Of(path))) << path;
  }
}

TEST(ImportName, RefusesWhatNoPathIs) {
  EXPECT_THAT(ImportName("file:///a/../../b"), FailedWith(ErrorCode::kInvalidArgument, "leaves the root"));
  EXPECT_THAT(ImportName("file:///a\nb"), FailedWith(ErrorCode::kInvalidArgument, "control"));
}

TEST(ImportedVector, KeepsTheUuidOfItsFile) {
  EXPECT_EQ(VectorText("file:/lake/t/ab/deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin"),
            "uvBn[lx{q8@P<9BNH/isA@7");
}

TEST(ImportedVector, GetsAUuidThatFollowsFromThePath) {
  const std::string one = VectorText("file:/lake/t/dv.bin");
  EXPECT_EQ(one, VectorText("file:///lake/t//dv.bin"));
  EXPECT_NE(one, VectorText("file:/lake/u/dv.bin"));
  // Upper case is no name that writers give.
  EXPECT_NE(VectorText("file:/t/deletion_vector_61D16C75-6994-46B7-A15B-8B538852E50E.bin"), "uvBn[lx{q8@P<9BNH/isA@7");
}

TEST(VectorUuid, IsThatOfAVectorsFileAndOfNoOther) {
  EXPECT_EQ(VectorUuid("deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin"),
            "d2c639aa-8816-431a-aaf6-d3fe2512ff61");
  for (const char* name : {"deletion_vector_.bin", "deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61",
                           "deletion_vector_d2c639aa88816-431a-aaf6-d3fe2512ff61.bin",
                           "deletion_vector_g2c639aa-8816-431a-aaf6-d3fe2512ff61.bin",
                           "x_deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin", ""}) {
    EXPECT_EQ(VectorUuid(name), std::nullopt) << name;
  }
}

TEST(EncodeUuid, IsWhatADescriptorHolds) {
  EXPECT_EQ(EncodeUuid("d2c639aa-8816-431a-aaf6-d3fe2512ff61"), "^-aqEH.-t@S}K{vb[*k^");
  EXPECT_EQ(EncodeUuid("61d16c75-6994-46b7-a15b-8b538852e50e"), "vBn[lx{q8@P<9BNH/isA");
  EXPECT_EQ(EncodeUuid("00000000-0000-0000-0000-000000000000"), "00000000000000000000");
}

}  // namespace
}  // namespace lakeferry::delta
