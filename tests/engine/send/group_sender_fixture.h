// GroupSenderTest: a sender of a group of two tables, a and b, whose epochs a test answers in the receiver's place.
#pragma once

#include <string>
#include <vector>

#include "base/digest.h"
#include "engine/send/group_sender.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {

class GroupSenderTest : public ::testing::Test {
 protected:
  void ExpectSent(int64_t epoch) {
    const auto sent = world_.Send();
    ASSERT_THAT(sent, Succeeded());
    ASSERT_EQ(sent->epoch, Epoch(epoch)) << sent->reason;
  }
  void Answer(int64_t epoch, bool applied = true) {
    const plan::StagingLayout layout("orders");
    const plan::Receipt receipt{
        .group = "orders",
        .epoch = Epoch(epoch),
        .manifest_sha256 = Sha256Hex(world_.Text(world_.staging(), layout.Manifest(Epoch(epoch)).text())),
        .applied = applied,
        .reason = applied ? "" : "damaged",
        .tables = {}};
    plan::Receipt whole = receipt;
    for (const plan::ManifestTable& table : world_.ManifestOf(epoch).tables) {
      whole.tables.push_back({.name = table.name,
                              .source_version = table.source_version,
                              .replica_version = Version(40),
                              .target = "mem://east/" + table.name});
    }
    world_.staging().Set(layout.Receipt(Epoch(epoch)).text(), plan::WriteReceipt(whole));
  }
  // Newest first.
  std::vector<EpochRecord> Records() {
    auto records = world_.Run(world_.west_state.Epochs({}, Role::kSender, "orders", 100));
    EXPECT_THAT(records, Succeeded());
    return records.value_or(std::vector<EpochRecord>());
  }
  GroupRecord& record() { return world_.sender->book().record(); }

  World world_{{"a", "b"}};
};

}  // namespace lakeferry::engine
