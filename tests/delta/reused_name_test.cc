#include "delta/reused_name.h"

#include "delta/record_count.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::delta {
namespace {

ObjectPath Renamed(std::string_view path, int64_t size, uint64_t crc64) {
  const auto name = ReusedName(ObjectPath::Of(path), size, crc64);
  EXPECT_THAT(name, Succeeded());
  return name.value_or(ObjectPath());
}

TEST(ReusedName, KeepsTheWholeNameAndFollowsFromNameAndBytes) {
  const ObjectPath name = Renamed("zone=a/daily.parquet", 17, 0xabc);
  EXPECT_EQ(NameBeforeReuse(name.text()), "zone=a/daily.parquet");
  EXPECT_EQ(Renamed("zone=a/daily.parquet", 17, 0xabc), name);
  EXPECT_NE(Renamed("zone=b/daily.parquet", 17, 0xabc), name);
  EXPECT_NE(Renamed("zone=a/daily.parquet", 18, 0xabc), name);
  EXPECT_NE(Renamed("zone=a/daily.parquet", 17, 0xabd), name);
}

TEST(ReusedName, FolderTellsWhichNameWasUsedAgain) {
  const ObjectPath path = ObjectPath::Of("zone=a/daily.parquet");
  const ObjectPath folder = Renamed(path.text(), 17, 0xabc).parent().parent();
  EXPECT_EQ(folder.parent(), ObjectPath::Of(kReusedFolder));
  EXPECT_EQ(ReusedHashIn(folder.name()), ReusedHash(path));
}

TEST(ReusedName, IsNotSeenInOtherPaths) {
  const std::string name = Renamed("f", 1, 2).text();
  for (const std::string& other :
       {std::string("f"), std::string("reused"), std::string("reused/f"), "x/" + name, name.substr(0, name.size() - 2),
        std::string("reused/0000000000000000-0000000000000002-/f"),
        std::string("reused/0000000000000000-000000000000000G-1/f"), std::string("reusedX") + name.substr(6)}) {
    EXPECT_FALSE(NameBeforeReuse(other)) << other;
  }
}

TEST(ReusedName, RefusesANameThatNoObjectCanHave) {
  const auto name = ReusedName(ObjectPath::Of(std::string(1'000, 'x')), 1, 2);
  EXPECT_THAT(name, FailedWith(ErrorCode::kInvalidArgument, "longer than 1024 bytes"));
}

TEST(RecordCount, IsWhatTheStatisticsSay) {
  EXPECT_EQ(RecordCount(R"({"numRecords":12,"minValues":{"numRecords":3}})"), 12);
  EXPECT_FALSE(RecordCount(std::nullopt));
  EXPECT_FALSE(RecordCount("{}"));
  EXPECT_FALSE(RecordCount("no JSON"));
  EXPECT_FALSE(RecordCount(R"({"numRecords":"12"})"));
}

}  // namespace
}  // namespace lakeferry::delta
