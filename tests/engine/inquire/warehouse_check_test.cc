// What `check` says of the warehouse that clones managed tables.
#include <algorithm>
#include <new>

#include "tests/engine/receive/managed_clones_fixture.h"

namespace lakeferry::engine {
namespace {

using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class WarehouseCheckTest : public ManagedClonesTest {};

TEST_P(WarehouseCheckTest, CheckTellsTheWarehouseAndWhatItCanRead) {
  EXPECT_THAT(Text(Check()), AllOf(HasSubstr("info the test's warehouse ('dr') was RUNNING and runs statements"),
                                   HasSubstr("reads 0 of 2 replicas"), HasSubstr("is not known: m.r.a, m.r.b"),
                                   Not(HasSubstr("error"))));
  First();
  EXPECT_THAT(Text(Check()),
              AllOf(HasSubstr("reads 2 of 2 replicas"), Not(HasSubstr("not known")), Not(HasSubstr("error"))));
  EXPECT_EQ(warehouse_.Count("CLONE"), 0);
}

TEST_P(WarehouseCheckTest, CheckNamesWhatWouldStandInTheWay) {
  First();
  warehouse_.Write("m.r.b", "DELETE");
  EXPECT_THAT(Text(Check()), HasSubstr("error managed table 'm.r.b': version 1 of the managed table"));
  warehouse_.before = FailAll("delta.`s3://dr/a`", ErrorCode::kUnauthorized);
  EXPECT_THAT(Text(Check()), AllOf(HasSubstr("error managed table 'm.r.a': the warehouse is out of order"),
                                   HasSubstr("reads 1 of 2 replicas")));
  warehouse_.before = FailAll("SELECT 1", ErrorCode::kUnavailable);
  EXPECT_THAT(Text(Check()), AllOf(HasSubstr("error the test's warehouse: the warehouse is out of order"),
                                   Not(HasSubstr("replicas"))));
  warehouse_.missing = Error{.code = ErrorCode::kNotFound, .message = "no such warehouse"};
  EXPECT_THAT(Text(Check()), HasSubstr("error the test's warehouse: no such warehouse"));
}

TEST_P(WarehouseCheckTest, AStopOfTheCheckIsSaidAsOneAndNothingIsCounted) {
  First();
  // Before a replica is read, and before its managed table is looked at.
  for (const std::string at : {"SELECT 1", "DESCRIBE HISTORY delta"}) {
    std::stop_source stop;
    warehouse_.before = [&](std::string statement) -> Task<Status> {
      if (statement.starts_with(at)) stop.request_stop();
      co_return Status{};
    };
    const auto findings = Check({.stop = stop.get_token()});
    EXPECT_THAT(Text(findings), AllOf(HasSubstr("error what the test's warehouse reads is not known: asked to stop"),
                                      Not(HasSubstr("replicas"))))
        << at;
    EXPECT_EQ(std::ranges::count(findings, plan::Severity::kError, &plan::Finding::severity), 1) << at;
  }
}

TEST_P(WarehouseCheckTest, WhatFailsInTheCheckItselfIsNoTablesAndWhatTablesToldIsKept) {
  First();
  warehouse_.Write("m.r.a", "DELETE");
  warehouse_.before = [](std::string statement) -> Task<Status> {
    if (statement.find("s3://dr/b") != std::string::npos) throw std::bad_alloc();
    co_return Status{};
  };
  EXPECT_THAT(Text(Check()),
              AllOf(HasSubstr("error managed table 'm.r.a': version 1 of the managed table"),
                    HasSubstr("error what the test's warehouse reads is not known: "), Not(HasSubstr("replicas"))));
}

TEST_P(WarehouseCheckTest, WhateverAWarehouseIsAskedHasOneTimeLimitAndAClonesIsItsOwn) {
  First();
  world_.east.limits.warehouse_answers_within = seconds(90);
  world_.east.limits.clone_within = seconds(7);
  world_.Restart();
  warehouse_.deadlines.clear();
  Check();
  Sent(2);
  ExpectReceived(2);
  ASSERT_EQ(warehouse_.deadlines.size(), warehouse_.statements.size());
  const Millis now = world_.clock.Monotonic();
  for (size_t i = 0; i < warehouse_.statements.size(); ++i) {
    const bool clones = warehouse_.statements[i].find("DEEP CLONE") != std::string::npos;
    ASSERT_TRUE(warehouse_.deadlines[i]) << warehouse_.statements[i];
    EXPECT_LE(*warehouse_.deadlines[i], now + (clones ? seconds(7) : seconds(90))) << warehouse_.statements[i];
  }
  EXPECT_EQ(warehouse_.Count("SELECT 1"), 1);
}

INSTANTIATE_TEST_SUITE_P(Modes, WarehouseCheckTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& mode) { return std::string(delta::ReplicationModeName(mode.param)); });

}  // namespace
}  // namespace lakeferry::engine
