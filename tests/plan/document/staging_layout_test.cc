#include "plan/document/staging_layout.h"

namespace lakeferry::plan {
namespace {

TEST(StagingLayout, PathsAreAsTheProtocolDrawsThem) {
  const StagingLayout layout("orders");
  const Epoch epoch(12);
  EXPECT_EQ(layout.Manifest(epoch).text(), "orders/epochs/00000000000000000012/manifest");
  EXPECT_EQ(layout.Part(epoch, "abc").text(), "orders/epochs/00000000000000000012/parts/abc");
  EXPECT_EQ(layout.TableData(epoch, "raw.bronze").text(), "orders/data/00000000000000000012/raw.bronze");
  EXPECT_EQ(layout.Receipt(epoch).text(), "orders/receipts/00000000000000000012");
}

TEST(StagingLayout, NamesCannotLeaveTheGroupsFolder) {
  for (const std::string_view hostile : {"..", ".", "../x", "a/b", "/etc", "a\nb", "é"}) {
    const StagingLayout layout(hostile);
    EXPECT_EQ(layout.Data().parent().parent().text(), "") << hostile;
    const ObjectPath table = StagingLayout("g").TableData(Epoch(1), hostile);
    EXPECT_EQ(table.parent(), StagingLayout("g").DataFolder(Epoch(1))) << hostile;
  }
}

TEST(StagingLayout, TwoGroupsOrTablesNeverShareAFolder) {
  EXPECT_NE(StagingLayout("a/b").Data(), StagingLayout("a%2Fb").Data());
  EXPECT_NE(StagingLayout("a b").Data(), StagingLayout("a_b").Data());
  const StagingLayout layout("g");
  EXPECT_NE(layout.TableData(Epoch(1), "a/b"), layout.TableData(Epoch(1), "a%2Fb"));
}

TEST(StagingLayout, NumbersSortAsTheyCountAndReadBack) {
  EXPECT_LT(StagingLayout::Number(Epoch(9)), StagingLayout::Number(Epoch(10)));
  const Epoch largest(INT64_MAX);
  EXPECT_EQ(StagingLayout::ParseNumber(StagingLayout::Number(largest)), largest);
  EXPECT_EQ(StagingLayout::ParseNumber(StagingLayout::Number(Epoch(1))), Epoch(1));
}

TEST(StagingLayout, OtherNamesAreNoNumbers) {
  for (const std::string_view name :
       {"", "1", "0000000000000000001", "000000000000000000001", "0000000000000000001x", "-0000000000000000001",
        "+0000000000000000001", " 0000000000000000001", "00000000000000000000", "99999999999999999999"}) {
    EXPECT_EQ(StagingLayout::ParseNumber(name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace lakeferry::plan
