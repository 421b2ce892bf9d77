// The journal of the epoch under way: it comes back as it was written, and what is damaged is no journal.
#include "plan/document/apply_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;

TEST(ApplyJournal, ReadsBackAsItself) {
  const ApplyJournal journal{.epoch = Epoch(7), .manifest_sha256 = "abc", .timestamp = FromEpochMs(1'700'000'000'123)};
  const auto read = ReadJournal(WriteJournal(journal));
  ASSERT_THAT(read, Succeeded());
  EXPECT_EQ(read->epoch, journal.epoch);
  EXPECT_EQ(read->manifest_sha256, journal.manifest_sha256);
  EXPECT_EQ(read->timestamp, journal.timestamp);
}

TEST(ApplyJournal, ATargetIsATableAndItsPlace) {
  ApplyJournal journal{.epoch = Epoch(7), .manifest_sha256 = "abc", .timestamp = FromEpochMs(1)};
  EXPECT_EQ(WriteJournal(journal), "7 abc 1") << "as ever, where there are none";
  journal.targets = {{.table = "m.r.a b", .uri = "s3://dr/m/r/a b"}, {.table = "t", .uri = "file:///x"}};
  EXPECT_EQ(WriteJournal(journal), "7 abc 1 m.r.a b\ts3://dr/m/r/a b\nt\tfile:///x\n");
  EXPECT_EQ(ReadJournal(WriteJournal(journal)).value().targets, journal.targets);
  for (const auto* text :
       {"7 abc 1 a", "7 abc 1 a\n", "7 abc 1 a\tb", "7 abc 1 a\t\n", "7 abc 1 \tb\n", "7 abc 1 a\tb\n\n"}) {
    EXPECT_THAT(ReadJournal(text), FailedWith(ErrorCode::kCorruptData, "the journal of the epoch under way")) << text;
  }
}

TEST(ApplyJournal, DamageIsNoNumber) {
  for (const auto* text : {"", "7", "7 abc", "7 abc ", "seven abc 1", "7x abc 1", " abc 1", "7 abc 1x", "7 abc x",
                           "99999999999999999999 abc 1", "7 abc 99999999999999999999"}) {
    EXPECT_THAT(ReadJournal(text), FailedWith(ErrorCode::kCorruptData, "the journal of the epoch under way")) << text;
  }
}

}  // namespace
}  // namespace lakeferry::plan
