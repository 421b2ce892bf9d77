// LiveSetWorld, LiveSetEpochs: epochs of a group in one of the modes, and what tests ask of the live sets that they
// say.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "delta/live_set.h"
#include "tests/engine/receive/receiver_fixture.h"

namespace lakeferry::engine {

class LiveSetWorld : public GroupReceiverTest {
 protected:
  using GroupReceiverTest::GroupReceiverTest;

  // What a replay of a store's newest version comes to.
  delta::LiveSet Replayed(MemoryStore& store) {
    delta::LiveSet set;
    const delta::FullSnapshot snapshot = world_.SnapshotOf(store);
    for (const auto* entry : snapshot.files.Sorted()) EXPECT_THAT(set.Add(entry->second), Succeeded());
    return set;
  }
  // An epoch whose manifest says what replays of both sides say, and the receiver's record with it.
  void ExpectEpoch(int64_t epoch) {
    ExpectSent(epoch);
    ExpectReceived(epoch);
    for (const std::string table : {"a", "b"}) {
      const plan::Manifest manifest = world_.ManifestOf(epoch);
      const auto sent = std::ranges::find(manifest.tables, table, &plan::ManifestTable::name);
      EXPECT_EQ(ToString(sent->live_set), ToString(Replayed(world_.source(table)))) << table;
      EXPECT_EQ(ToString(sent->live_set), ToString(Replayed(world_.target(table)))) << table;
      const auto answer = world_.ReceiptOf(epoch);
      ASSERT_TRUE(answer);
      const auto received = std::ranges::find(answer->tables, table, &plan::ReceiptTable::name);
      EXPECT_EQ(received->live_set, sent->live_set.Fingerprint());
    }
    ExpectAllSame();
  }
  void Next(const std::vector<std::string>& lines) {
    world_.InRun("r" + std::to_string(++run_), [&] { a().Commit(lines); });
  }
  // The newest manifest says something else of table a, in staging; `replayed`: as if a replay had told so.
  void Falsify(int64_t epoch, bool replayed) {
    plan::Manifest manifest = world_.ManifestOf(epoch);
    ASSERT_THAT(manifest.tables[0].live_set.Add("stranger", std::nullopt, 1), Succeeded());
    manifest.tables[0].live_set_replayed = replayed;
    world_.staging().Set(plan::StagingLayout("orders").Manifest(Epoch(epoch)).text(), plan::WriteManifest(manifest));
  }
  std::vector<std::string> Logs() {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : Targets()) {
      if (name.find("_delta_log") != std::string::npos) names.push_back(name);
    }
    return names;
  }
  // The replays that read a store's first commit.
  int64_t replays_ = 0;
  void CountReplays(MemoryStore& store) {
    replays_ = 0;
    store.set_hooks({.before_effect = [this](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
      const bool first = path.text() == TestTable::LogName(0);
      if (first && operation == StoreOperation::kOpen) ++replays_;
      co_return Status{};
    }});
  }

  // Fails the `nth` reading of a store's first commit from here on.
  static void FailReading(MemoryStore& store, int nth) {
    const auto readings = std::make_shared<int>(0);
    store.set_hooks({.before_effect = [=](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
      const bool reads = operation == StoreOperation::kOpen && path.text() == TestTable::LogName(0);
      if (reads && ++*readings == nth) co_return Fail(ErrorCode::kUnavailable, "away");
      co_return Status{};
    }});
  }

  int run_ = 0;
};

class LiveSetEpochs : public LiveSetWorld, public ::testing::WithParamInterface<delta::ReplicationMode> {
 protected:
  LiveSetEpochs() : LiveSetWorld(GetParam()) {}
};

inline std::string Sized(const std::string& path, int64_t size) {
  return TestTable::Remove(path, R"(,"extendedFileMetadata":true,"partitionValues":{},"size":)" + std::to_string(size));
}
// A line of a file of the table named again, which says that it changes no data.
inline std::string Again(TestTable& table, const std::string& path) {
  std::string line = table.AddAgain(path, R"(,"stats":"{\"numRecords\":1}")");
  line.replace(line.find("\"dataChange\":true"), 17, "\"dataChange\":false");
  return line;
}

}  // namespace lakeferry::engine
