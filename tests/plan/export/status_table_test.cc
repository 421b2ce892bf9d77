// The status table: which table it may be, when a row is due, and what a commit of rows says.
#include "plan/export/status_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "delta/commit_json.h"

namespace lakeferry::plan {
namespace {

using delta::AddFile;
using testing::HasSubstr;

constexpr std::string_view kUri = "s3://lake/status";

StatusRow RowOf(const std::string& group, int64_t as_of, Role role = Role::kSender) {
  GroupRecord record;
  record.workspace = "demo";
  record.group = group;
  record.role = role;
  record.updated = FromEpochMs(as_of);
  return StatusRowOf(record, {}, "west");
}

StatusUpdate UpdateOf(const StatusRow& row) {
  return {.row = &row, .file = StatusFileOf(row, "bytes"), .size_bytes = 5};
}

delta::Commit CommitOf(const std::vector<StatusUpdate>& updates, const std::vector<AddFile>& live, bool first) {
  const auto metadata = first ? std::optional(StatusTableMetadata("seed", FromEpochMs(1))) : std::nullopt;
  const auto commit = delta::ParseCommit(StatusCommit(updates, live, FromEpochMs(77), metadata), "0.json");
  EXPECT_TRUE(commit) << ToString(commit.error());
  return commit.value_or(delta::Commit());
}

// The table after commits, as a replay would have it.
struct TableAfter {
  delta::Snapshot snapshot;
  std::vector<AddFile> live;
  void Take(const delta::Commit& commit) {
    for (const delta::Txn& txn : commit.txns) snapshot.txns[txn.app_id] = txn;
    for (const auto& gone : commit.removes) std::erase_if(live, [&](const AddFile& a) { return a.path == gone.path; });
    live.insert(live.end(), commit.adds.begin(), commit.adds.end());
  }
};

TEST(StatusTable, TheOneThatIsMadeIsTaken) {
  const delta::Metadata made = StatusTableMetadata("seed", FromEpochMs(1));
  EXPECT_TRUE(CheckStatusTable(StatusTableProtocol(), made, kUri));
  EXPECT_NE(made.id, StatusTableMetadata("seed", FromEpochMs(2)).id);
}

void ExpectOther(const delta::Protocol& protocol, const delta::Metadata& metadata, const std::string& words) {
  const Status checked = CheckStatusTable(protocol, metadata, kUri);
  ASSERT_FALSE(checked) << words;
  EXPECT_EQ(checked.error().code, ErrorCode::kRefused);
  EXPECT_THAT(ToString(checked.error()), HasSubstr(words));
  EXPECT_EQ(checked.error().where.text(), kUri);
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(StatusTable, AnyOtherIsRefusedWithWhatDiffers) {
  const delta::Protocol protocol = StatusTableProtocol();
  const delta::Metadata made = StatusTableMetadata("seed", FromEpochMs(1));
  ExpectOther({.min_reader_version = 3, .min_writer_version = 7}, made, "reader 3 and writer 7");
  ExpectOther({.min_reader_version = 1, .min_writer_version = 4}, made, "writer 4");
  ExpectOther({.min_reader_version = 2, .min_writer_version = protocol.min_writer_version}, made, "reader 2");
  delta::Metadata other = made;
  other.configuration = {{"delta.appendOnly", "TRUE"}};
  ExpectOther(protocol, other, "delta.appendOnly");
  other = made;
  other.partition_columns = {"group_name"};
  ExpectOther(protocol, other, "partition columns are not workspace_name, group_name, region, role");
  const auto with = [&](const std::string& from, const std::string& to) {
    delta::Metadata changed = made;
    changed.schema_string = Replaced(*made.schema_string, from, to);
    return changed;
  };
  ExpectOther(protocol, with("\"epoch\"", "\"epoc\""), "no column 'epoch'");
  ExpectOther(protocol, with("\"validated\",\"type\":\"boolean\"", "\"validated\",\"type\":\"string\""),
              "column 'validated' is no boolean");
  ExpectOther(protocol, with("\"elementType\":\"string\"", "\"elementType\":\"long\""), "column 'tables' is no array");
  const std::string more = R"({"name":"mine","type":"long","nullable":false,"metadata":{}},)";
  ExpectOther(protocol, with("{\"name\":\"workspace_name\"", more + "{\"name\":\"workspace_name\""),
              "column 'mine' needs a value");
  ExpectOther(protocol, with("\"metadata\":{}", "\"metadata\":{\"delta.invariants\":\"x\"}"), "delta.invariants");
  other = made;
  other.schema_string = "no json";
  EXPECT_FALSE(CheckStatusTable(protocol, other, kUri));
}

TEST(StatusTable, AColumnMoreThatMayBeNullIsNoHarm) {
  delta::Metadata made = StatusTableMetadata("seed", FromEpochMs(1));
  const std::string more = R"({"name":"mine","type":{"type":"struct","fields":[]},"nullable":true,"metadata":{}},)";
  made.schema_string =
      Replaced(*made.schema_string, "{\"name\":\"workspace_name\"", more + "{\"name\":\"workspace_name\"");
  EXPECT_TRUE(CheckStatusTable(StatusTableProtocol(), made, kUri));
}

TEST(StatusTable, TheFirstCommitMakesTheTable) {
  const StatusRow row = RowOf("orders", 10);
  const delta::Commit commit = CommitOf({UpdateOf(row)}, {}, true);
  EXPECT_EQ(commit.protocol, StatusTableProtocol());
  ASSERT_TRUE(commit.metadata);
  ASSERT_EQ(commit.adds.size(), 1U);
  EXPECT_EQ(commit.adds[0].size, 5);
  EXPECT_EQ(commit.adds[0].modification_time, 77);
  EXPECT_THAT(commit.adds[0].path, testing::StartsWith("rows/part-"));
  EXPECT_FALSE(CommitOf({UpdateOf(row)}, {}, false).metadata);
}

TEST(StatusTable, ARowReplacesThatOfItsKeyAndNoOther) {
  TableAfter table;
  const StatusRow orders = RowOf("orders", 10);
  const StatusRow stock = RowOf("stock", 11);
  const StatusRow received = RowOf("orders", 12, Role::kReceiver);
  table.Take(CommitOf({UpdateOf(orders), UpdateOf(stock), UpdateOf(received)}, {}, true));
  ASSERT_EQ(table.live.size(), 3U);
  // Whoever has rewritten the table may have put the values into another order.
  std::ranges::reverse(table.live[0].partition_values);
  const StatusRow newer = RowOf("orders", 20);
  const delta::Commit commit = CommitOf({UpdateOf(newer)}, table.live, false);
  ASSERT_EQ(commit.removes.size(), 1U);
  EXPECT_EQ(commit.removes[0].path, table.live[0].path);
  EXPECT_EQ(commit.removes[0].deletion_timestamp, 77);
  table.Take(commit);
  EXPECT_EQ(table.live.size(), 3U);
  EXPECT_EQ(StandingOf(newer, table.snapshot, table.live), RowStanding::kSame);
  EXPECT_EQ(StandingOf(stock, table.snapshot, table.live), RowStanding::kSame);
  EXPECT_EQ(StandingOf(orders, table.snapshot, table.live), RowStanding::kNewer);
  EXPECT_EQ(StandingOf(RowOf("orders", 21), table.snapshot, table.live), RowStanding::kDue);
}

TEST(StatusTable, ARowThatSomebodyHasDeletedIsDueAgain) {
  TableAfter table;
  const StatusRow row = RowOf("orders", 10);
  EXPECT_EQ(StandingOf(row, table.snapshot, {}), RowStanding::kDue);
  table.Take(CommitOf({UpdateOf(row)}, {}, true));
  EXPECT_EQ(StandingOf(row, table.snapshot, {}), RowStanding::kDue);
  EXPECT_EQ(StandingOf(RowOf("orders", 9), table.snapshot, {}), RowStanding::kNewer);
}

TEST(StatusTable, AFileIsNamedByWhatItHolds) {
  const StatusRow row = RowOf("orders", 10);
  EXPECT_EQ(StatusFileOf(row, "a"), StatusFileOf(RowOf("orders", 10), "a"));
  EXPECT_NE(StatusFileOf(row, "a"), StatusFileOf(row, "b"));
  EXPECT_NE(StatusFileOf(row, "a"), StatusFileOf(RowOf("orders", 11), "a"));
  EXPECT_NE(StatusFileOf(row, "a"), StatusFileOf(RowOf("stock", 10), "a"));
}

}  // namespace
}  // namespace lakeferry::plan
