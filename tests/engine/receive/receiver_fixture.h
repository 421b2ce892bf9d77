// GroupReceiverTest: a group of two tables, a and b, between the regions of a World, and what its tests ask of it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/receive/group_receiver.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {

class GroupReceiverTest : public ::testing::Test {
 protected:
  explicit GroupReceiverTest(delta::ReplicationMode mode = delta::ReplicationMode::kClone) : world_({"a", "b"}, mode) {}

  void ExpectSent(int64_t epoch) {
    const auto sent = world_.Send();
    ASSERT_THAT(sent, Succeeded());
    ASSERT_EQ(sent->epoch, Epoch(epoch)) << sent->reason;
  }
  void ExpectReceived(int64_t epoch) {
    const auto received = world_.Receive();
    ASSERT_THAT(received, Succeeded());
    ASSERT_EQ(received->epoch, Epoch(epoch)) << received->reason;
  }
  void ExpectAllSame() {
    world_.ExpectSame("a");
    world_.ExpectSame("b");
  }
  // Two epochs; a has the second one, b not yet: the receiver died between them.
  void HalfApplySecondEpoch() {
    world_.FirstEpoch();
    world_.AppendAll("r1", "f1");
    ExpectSent(2);
    CrashAt("b", StoreOperation::kCommit, 1);
    ASSERT_FALSE(world_.Receive());
    Repair("b");
  }
  // After an error, what PassRunner does before the next pass.
  void NoteFailure() { world_.receiver->book().SetStage(plan::GroupStage::kFailed); }
  // Everything below the targets, by name and bytes.
  std::map<std::string, std::string> Targets() {
    std::map<std::string, std::string> all;
    for (const auto* table : {"a", "b"}) {
      for (const auto& [name, object] : world_.target(table).objects())
        all[std::string(table) + "/" + name] = *object.bytes;
    }
    return all;
  }
  std::vector<EpochRecord> Records() {
    auto records = world_.Run(world_.east_state.Epochs({}, Role::kReceiver, "orders", 100));
    EXPECT_THAT(records, Succeeded());
    return records.value_or(std::vector<EpochRecord>());
  }
  std::string Journal() { return world_.Run(world_.east_state.Journal({}, "orders")).value_or("error"); }
  // Fails the `nth` effect of a kind on a table's target, as a crash there would.
  void CrashAt(const std::string& table, StoreOperation operation, int nth, bool after = false) {
    auto count = std::make_shared<int>(0);
    auto hook = [=](std::string, StoreOperation at, ObjectPath) -> Task<Status> {
      if (at == operation && ++*count == nth) co_return Fail(ErrorCode::kUnavailable, "crash");
      co_return Status{};
    };
    world_.target(table).set_hooks(after ? MemoryStoreHooks{.after_effect = hook}
                                         : MemoryStoreHooks{.before_effect = hook});
  }
  // The name in staging of the first part of an epoch's `nth` table.
  std::string PartOf(int64_t epoch, size_t nth) {
    return plan::StagingLayout("orders")
        .Part(Epoch(epoch), world_.ManifestOf(epoch).tables[nth].parts[0].sha256)
        .text();
  }
  void Repair(const std::string& table) { world_.target(table).set_hooks({}); }
  TestTable& a() { return world_.table("a"); }

  World world_;
};

}  // namespace lakeferry::engine
