// ManagedClonesTest: a group of two tables, m.r.a and m.r.b, whose managed tables a warehouse clones from the replicas,
// in either mode.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/inquire/warehouse_check.h"
#include "tests/engine/receive/receiver_fixture.h"
#include "tests/engine/warehouse_double.h"

namespace lakeferry::engine {

class ManagedClonesTest : public GroupReceiverTest, public ::testing::WithParamInterface<delta::ReplicationMode> {
 protected:
  ManagedClonesTest() : GroupReceiverTest(GetParam()) {
    for (plan::TableSpec& table : world_.spec.tables.Edit()) {
      table.target_uri = "s3://dr/" + table.name;
      table.name = "m.r." + table.name;
    }
    world_.spec.sql_clone = true;
    world_.east.warehouses = &warehouse_;
    world_.Restart();
  }
  // A run that adds a file to each of these tables, sent.
  void Sent(int64_t epoch, const std::vector<std::string>& tables = {"a", "b"}) {
    const std::string run = "r" + std::to_string(epoch);
    if (epoch == 1) {
      world_.CreateAll(run);
    } else {
      world_.InRun(run, [&] {
        for (const std::string& table : tables) {
          world_.table(table).Commit({world_.table(table).Add("f" + std::to_string(epoch))}, run);
        }
      });
    }
    ExpectSent(epoch);
  }
  void First() {
    Sent(1);
    ExpectReceived(1);
    warehouse_.statements.clear();
  }
  GroupRecord Stored() { return world_.Run(world_.east_state.Group({}, Role::kReceiver, "orders")).value().value(); }
  EpochRecord Newest() { return Records().front(); }
  int64_t ReplicaVersion(const std::string& table) {
    int64_t version = -1;
    while (world_.stores.At("s3://dr/" + table).objects().contains(TestTable::LogName(version + 1))) ++version;
    return version;
  }
  // Every managed table is a clone of its replica as it is, and that is on record.
  void ExpectCloned(int64_t epoch) {
    const EpochRecord newest = Newest();
    EXPECT_EQ(newest.epoch, Epoch(epoch));
    EXPECT_EQ(newest.state, EpochState::kApplied);
    const auto receipt = world_.ReceiptOf(epoch);
    ASSERT_TRUE(receipt && receipt->applied);
    for (size_t i = 0; i < 2; ++i) {
      const std::string name = i == 0 ? "a" : "b";
      const auto managed = static_cast<int64_t>(warehouse_.tables["m.r." + name].size()) - 1;
      EXPECT_EQ(warehouse_.CloneOf("m.r." + name), ReplicaVersion(name)) << name;
      EXPECT_EQ(newest.tables[i].managed_version, Version(managed)) << name;
      EXPECT_EQ(receipt->tables[i].managed_version, Version(managed)) << name;
    }
    EXPECT_EQ(Journal(), "");
    EXPECT_EQ(Stored().torn_since, std::nullopt);
  }
  // The replicas stand at the epoch, and nothing says that it is applied.
  void ExpectNotApplied(int64_t epoch) {
    EXPECT_FALSE(world_.ReceiptOf(epoch));
    EXPECT_NE(Journal(), "");
    for (const EpochRecord& record : Records()) EXPECT_LT(record.epoch, Epoch(epoch));
    EXPECT_EQ(Stored().epoch, Epoch(epoch - 1));
  }
  // Fails the statements that have `text` in them.
  WarehouseDouble::Hook FailAll(const std::string& text, ErrorCode code) {
    return [text, code](std::string statement) -> Task<Status> {
      if (statement.find(text) == std::string::npos) co_return Status{};
      co_return Fail(code, "the warehouse is out of order");
    };
  }
  std::vector<plan::Finding> Check(Call call = {}) {
    return world_.Run(CheckWarehouse(std::move(call), world_.east, world_.spec));
  }
  static std::string Text(const std::vector<plan::Finding>& findings) {
    std::string text;
    for (const plan::Finding& finding : findings) {
      text += fmt::format("{} {}\n", finding.severity == plan::Severity::kError ? "error" : "info", finding.what);
    }
    return text;
  }

  WarehouseDouble warehouse_{world_.stores, world_.clock};
};

}  // namespace lakeferry::engine
