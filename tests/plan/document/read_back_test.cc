#include "plan/document/read_back.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/shown_text.h"
#include "delta/size_limits.h"
#include "plan/group/refusal_pause.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;

Manifest Meant() {
  Manifest manifest;
  manifest.workspace = "demo";
  manifest.region = "west";
  manifest.group = "orders";
  manifest.epoch = Epoch(3);
  manifest.cut_time = FromEpochMs(1'700'000'000'000);
  manifest.created = manifest.cut_time;
  manifest.run_ids = {"r1"};
  manifest.tables.push_back(ManifestTable{.name = "a",
                                          .source_uri = "mem://west/a",
                                          .source_version = Version(4),
                                          .base_version = {},
                                          .table_id = "id",
                                          .commit_sha256 = {},
                                          .retention = {},
                                          .parts = {}});
  return manifest;
}

TEST(ReadBack, WholeManifestIsItsBytes) {
  const Manifest manifest = Meant();
  const auto text = PublishableManifest(manifest);
  ASSERT_THAT(text, Succeeded());
  EXPECT_EQ(*text, WriteManifest(manifest));
}

TEST(ReadBack, NothingIsPublishedThatTheOtherSideCannotRead) {
  const auto refused = [](const std::function<void(Manifest&)>& spoil) {
    Manifest manifest = Meant();
    spoil(manifest);
    return PublishableManifest(manifest);
  };
  const auto is_refused = FailedWith(ErrorCode::kUnsupportedTable, "could not be read by the other side");
  EXPECT_THAT(refused([](Manifest& m) { m.run_ids.push_back("\xff"); }), is_refused);
  EXPECT_THAT(refused([](Manifest& m) { m.region = "w\xc3"; }), is_refused);
  EXPECT_THAT(refused([](Manifest& m) { m.workspace = "\x80"; }), is_refused);
  EXPECT_THAT(refused([](Manifest& m) { m.tables[0].name = "\xed\xa0\x80"; }), is_refused);
  EXPECT_THAT(refused([](Manifest& m) { m.tables[0].source_version = Version(-1); }), is_refused);
  EXPECT_THAT(refused([](Manifest& m) { m.tables[0].source_version = Version(INT64_MAX); }), is_refused);
  EXPECT_THAT(refused([](Manifest& m) { m.cut_time = FromEpochMs(INT64_MAX); }), is_refused);
  EXPECT_THAT(refused([](Manifest& m) { m.tables[0].bytes = -1; }), is_refused);
  EXPECT_THAT(refused([](Manifest& m) {
                m.tables[0].bytes = INT64_MAX - 1;
                m.tables.push_back(m.tables[0]);
              }),
              is_refused);
  EXPECT_THAT(refused([](Manifest& m) { m.tables[0].table_id.assign(delta::kTableIdBytesMax + 1, 'i'); }),
              FailedWith(ErrorCode::kUnsupportedTable, "metaData.id of table 'a' has 4097 bytes"));
}

TEST(ReadBack, NumbersGoOverUpToTheirLast) {
  Manifest manifest = Meant();
  manifest.tables[0].newest_file_ms = INT64_MAX;
  manifest.tables[0].table_id.assign(delta::kTableIdBytesMax, 'i');
  manifest.cut_time = kTimeMax;
  EXPECT_THAT(PublishableManifest(manifest), Succeeded());
  manifest.tables[0].newest_file_ms = INT64_MIN;
  EXPECT_THAT(PublishableManifest(manifest), Succeeded());
}

TEST(ReadBack, ReasonOfAReceiptIsTextWithABound) {
  Receipt receipt{.group = "orders",
                  .epoch = Epoch(1),
                  .manifest_sha256 = "d",
                  .applied = false,
                  .reason = "a path: \xff" + std::string(100'000, 'x'),
                  .answered = FromEpochMs(1),
                  .tables = {}};
  const auto text = PublishableReceipt(receipt);
  ASSERT_THAT(text, Succeeded());
  const auto read = ReadReceipt(*text, "here");
  ASSERT_THAT(read, Succeeded());
  EXPECT_LE(read->reason.size(), kShownBytesMax);
  EXPECT_TRUE(read->reason.starts_with("a path: \\xffxxx"));
  EXPECT_TRUE(read->reason.ends_with("bytes left out]"));
}

TEST(ReadBack, ReceiptThatNobodyCouldReadIsNotPut) {
  Receipt receipt{
      .group = "orders", .epoch = Epoch(1), .manifest_sha256 = "d", .answered = FromEpochMs(1), .tables = {}};
  EXPECT_THAT(PublishableReceipt(receipt), Succeeded());
  receipt.bytes = -1;
  EXPECT_THAT(PublishableReceipt(receipt), FailedWith(ErrorCode::kCorruptLog, "could not be read by the other side"));
  receipt.bytes = 0;
  receipt.asks.restage_whole = {"\xff"};
  EXPECT_THAT(PublishableReceipt(receipt), FailedWith(ErrorCode::kCorruptLog, "could not be read by the other side"));
}

// So many names of 39 bytes with their marks.
std::vector<std::string> Names(size_t bytes) { return std::vector<std::string>(bytes / 42, std::string(39, 'n')); }

TEST(ReadBack, DocumentThatWouldBeLongerThanIsReadIsNotPut) {
  constexpr size_t kRoomForSignatures = 32 << 10;
  Manifest manifest = Meant();
  manifest.run_ids = Names(kManifestBytesMax - kRoomForSignatures);
  EXPECT_THAT(PublishableManifest(manifest), Succeeded());
  manifest.run_ids = Names(kManifestBytesMax);
  EXPECT_THAT(PublishableManifest(manifest), FailedWith(ErrorCode::kUnsupportedTable, "the manifest of 1 tables"));
  Receipt receipt{
      .group = "orders", .epoch = Epoch(1), .manifest_sha256 = "d", .answered = FromEpochMs(1), .tables = {}};
  receipt.asks.restage_whole = Names(kReceiptBytesMax - kRoomForSignatures);
  EXPECT_THAT(PublishableReceipt(receipt), Succeeded());
  receipt.asks.restage_whole = Names(kReceiptBytesMax);
  EXPECT_THAT(PublishableReceipt(receipt), FailedWith(ErrorCode::kCorruptLog, "the receipt would have"));
}

TEST(ReadBack, LineOfAPartHasItsBound) {
  EXPECT_THAT(CheckPartLine(std::string(delta::kPartLineBytesMax, 'x')), Succeeded());
  EXPECT_THAT(
      CheckPartLine(std::string(delta::kPartLineBytesMax + 1, 'x')),
      FailedWith(ErrorCode::kUnsupportedTable, "an action takes 16646145 bytes, of which 16646144 are carried"));
}

TEST(RefusalPause, DoublesFromTheThirdRefusalUpToADay) {
  const Millis interval = std::chrono::minutes(15);
  EXPECT_EQ(RefusalPause(0, interval), Millis(0));
  EXPECT_EQ(RefusalPause(2, interval), Millis(0));
  EXPECT_EQ(RefusalPause(3, interval), 2 * interval);
  EXPECT_EQ(RefusalPause(4, interval), 4 * interval);
  EXPECT_EQ(RefusalPause(10, interval), kRefusalPauseMax);
  EXPECT_EQ(RefusalPause(1'000'000, interval), kRefusalPauseMax);
  EXPECT_EQ(RefusalPause(3, std::chrono::hours(1'000)), kRefusalPauseMax);
}

}  // namespace
}  // namespace lakeferry::plan
