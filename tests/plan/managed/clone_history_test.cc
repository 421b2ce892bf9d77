#include "plan/managed/clone_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::plan {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr char kOrdersReplica[] = "s3://dr/main/raw/orders";
constexpr char kClonedFrom[] = "delta.`s3://dr/main/raw/orders`";

SqlRows HistoryRows(std::vector<std::vector<std::optional<std::string>>> rows) {
  return {.columns = {"version", "timestamp", "userName", "operation", "operationParameters"}, .rows = std::move(rows)};
}

HistoryEntry EntryAt(int64_t version, const std::string& operation) {
  return {.version = Version(version), .time = FromEpochMs(version * 1'000), .operation = operation, .user = "ann"};
}
HistoryEntry ClonedAt(int64_t version, int64_t source_version, const std::string& source = kClonedFrom) {
  HistoryEntry entry = EntryAt(version, "CLONE");
  entry.source = source;
  entry.source_version = Version(source_version);
  return entry;
}
Result<std::optional<CloneMark>> NewestIn(const std::vector<HistoryEntry>& history, std::optional<Version> left = {},
                                          const std::string& uri = kOrdersReplica) {
  return NewestClone(history, "main.raw.orders", uri, left);
}

TEST(CloneHistory, EntriesAreReadByTheNamesOfTheirColumns) {
  SqlRows rows{.columns = {"operation", "operationParameters", "userName", "timestamp", "clusterId", "version"},
               .rows = {{"OPTIMIZE", R"({"predicate":"[]"})", std::nullopt, "2023-11-14 22:13:21.5", std::nullopt, "4"},
                        {"CLONE", R"({"source":"delta.`s3://dr/t`","sourceVersion":"7","isShallow":"false"})", "ann",
                         "2023-11-14T22:13:20.000Z", "c", "3"},
                        {"CLONE", R"({"source":"source_table","sourceVersion":16,"isShallow":false})", "ann",
                         "2023-11-14T22:13:19Z", "c", "2"},
                        {"CLONE", "not JSON", "ann", "2023-11-14T22:13:18+00:00", "c", "0"}}};
  const auto history = ReadHistory(rows);
  ASSERT_TRUE(history) << ToString(history.error());
  ASSERT_EQ(history->size(), 4U);
  EXPECT_EQ((*history)[0].version, Version(4));
  EXPECT_EQ((*history)[0].time, FromEpochMs(1'700'000'001'500));
  EXPECT_EQ((*history)[0].operation, "OPTIMIZE");
  EXPECT_EQ((*history)[0].user, "");
  EXPECT_EQ((*history)[1].source, "delta.`s3://dr/t`");
  EXPECT_EQ((*history)[1].source_version, Version(7));
  EXPECT_EQ((*history)[1].time, FromEpochMs(1'700'000'000'000));
  EXPECT_EQ((*history)[2].source_version, Version(16)) << "as the log has it";
  EXPECT_EQ((*history)[3].source_version, std::nullopt);
}

TEST(CloneHistory, WhatIsNoHistoryIsNotRead) {
  const std::vector<std::optional<std::string>> good{"1", "2023-11-14T22:13:20Z", "ann", "WRITE", "{}"};
  ASSERT_TRUE(ReadHistory(HistoryRows({good})));
  for (const auto& [cell, wrong] : std::vector<std::pair<size_t, std::optional<std::string>>>{
           {0, "x"}, {0, "-1"}, {0, "1.0"}, {0, std::nullopt}, {1, "yesterday"}, {1, std::nullopt}}) {
    auto row = good;
    row[cell] = wrong;
    EXPECT_FALSE(ReadHistory(HistoryRows({row}))) << cell << " " << wrong.value_or("null");
  }
  auto undated = good;
  undated[1] = "yesterday";
  EXPECT_THAT(ReadHistory(HistoryRows({undated})).error().message, HasSubstr("'yesterday' is no time"));
  EXPECT_FALSE(ReadHistory(HistoryRows({good, good}))) << "one version twice";
  EXPECT_FALSE(ReadHistory(HistoryRows({{"1"}})));
  SqlRows unnamed = HistoryRows({good});
  unnamed.columns[3] = "op";
  EXPECT_THAT(ReadHistory(unnamed).error().message, HasSubstr("no column 'operation'"));
  EXPECT_TRUE(ReadHistory(SqlRows())->empty());
}

TEST(CloneHistory, TheNewestCloneBehindUpkeepIsWhereTheTableStands) {
  const auto mark = NewestIn({EntryAt(6, "VACUUM END"), EntryAt(5, "OPTIMIZE"), ClonedAt(4, 9), ClonedAt(3, 8)});
  ASSERT_TRUE(mark) << ToString(mark.error());
  EXPECT_EQ(*mark, (CloneMark{.version = Version(4), .source_version = Version(9), .since = FromEpochMs(4'000)}));
}

TEST(CloneHistory, WhatWasClonedTwiceIsThereSinceTheFirstTime) {
  const auto mark = NewestIn({ClonedAt(6, 9), EntryAt(5, "OPTIMIZE"), ClonedAt(4, 9), ClonedAt(3, 8), ClonedAt(2, 9)});
  ASSERT_TRUE(mark);
  EXPECT_EQ(*mark, (CloneMark{.version = Version(6), .source_version = Version(9), .since = FromEpochMs(4'000)}));
}

TEST(CloneHistory, ATableThatIsNotThereOrEmptyHasNoClone) {
  for (const std::vector<HistoryEntry>& history : {std::vector<HistoryEntry>{},
                                                   {EntryAt(0, "CREATE TABLE")},
                                                   {EntryAt(1, "SET TBLPROPERTIES"), EntryAt(0, "CREATE TABLE")}}) {
    const auto mark = NewestIn(history);
    ASSERT_TRUE(mark) << ToString(mark.error());
    EXPECT_EQ(*mark, std::nullopt);
  }
}

TEST(CloneHistory, WhatSomebodyElseWroteIsNamed) {
  for (const std::vector<HistoryEntry>& history : {std::vector<HistoryEntry>{EntryAt(5, "WRITE"), ClonedAt(4, 9)},
                                                   {EntryAt(6, "OPTIMIZE"), EntryAt(5, "WRITE"), ClonedAt(4, 9)},
                                                   {EntryAt(5, "RESTORE"), ClonedAt(4, 9)},
                                                   {EntryAt(5, "CREATE TABLE"), ClonedAt(4, 9)},
                                                   {EntryAt(5, "CREATE TABLE AS SELECT")},
                                                   {ClonedAt(5, 9, "delta.`s3://dr/main/raw/orders2`")},
                                                   {ClonedAt(5, 9, "delta.`s3://dr/x/main/raw/orders`")},
                                                   {ClonedAt(5, 9, "main.raw.orders")},
                                                   {ClonedAt(5, 9, "")},
                                                   {EntryAt(5, "CLONE")}}) {
    const auto mark = NewestIn(history, Version(4));
    ASSERT_FALSE(mark) << history[0].operation;
    EXPECT_EQ(mark.error().code, ErrorCode::kDiverged);
    EXPECT_THAT(mark.error().message,
                AllOf(HasSubstr("version 5 of the managed table 'main.raw.orders'"), HasSubstr("by ann")));
  }
}

TEST(CloneHistory, APlaceIsOneHoweverAnEngineSpellsIt) {
  for (const char* source : {"delta.`s3://dr/main/raw/orders`", "s3://dr/main/raw/orders", "s3://dr/main/raw/orders/",
                             "delta.`s3a://dr/main/raw/orders`"}) {
    const auto mark = NewestIn({ClonedAt(1, 9, source)});
    EXPECT_TRUE(mark && mark->has_value()) << source;
  }
  for (const char* source : {"delta.`s3://dr/a b`", "s3://dr/a%20b"}) {
    const auto mark = NewestIn({ClonedAt(1, 9, source)}, {}, "s3://dr/a b");
    EXPECT_TRUE(mark && mark->has_value()) << source;
  }
  for (const char* source : {"delta.`file:/srv/a b`", "file:/srv/a%20b", "delta.`file:///srv/a b`"}) {
    const auto mark = NewestIn({ClonedAt(1, 9, source)}, {}, "file:///srv/a%20b");
    EXPECT_TRUE(mark && mark->has_value()) << source;
  }
}

TEST(CloneHistory, AHistoryThatDoesNotReachBackProvesNothing) {
  const std::vector<HistoryEntry> late{EntryAt(9, "OPTIMIZE"), EntryAt(8, "OPTIMIZE")};
  for (const std::optional<Version> left : {std::optional<Version>(), {Version(6)}, {Version(12)}}) {
    const auto mark = NewestIn(late, left);
    ASSERT_FALSE(mark);
    EXPECT_EQ(mark.error().code, ErrorCode::kRefused);
    EXPECT_THAT(mark.error().message, HasSubstr("begins at version 8"));
  }
  const auto seen = NewestIn(late, Version(7));
  ASSERT_TRUE(seen) << ToString(seen.error());
  EXPECT_EQ(*seen, std::nullopt) << "all behind our own clone, which has expired";
}

}  // namespace
}  // namespace lakeferry::plan
