// What configuration, staging, receipts and targets say of each other.
#include "engine/inquire/epoch_comparison.h"

#include "tests/engine/inquire/check_fixture.h"

namespace lakeferry::engine {
namespace {

using plan::Finding;
using plan::Severity;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class EpochComparisonTest : public ::testing::TestWithParam<delta::ReplicationMode>, public CheckedGroup {
 protected:
  EpochComparisonTest() : CheckedGroup(GetParam()) {}
};

TEST_P(EpochComparisonTest, AGroupThatIsWellHasNothingToSay) {
  Replicate();
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    EXPECT_THAT(Check(role, {.configured = {"orders"}}), Each(Field(&Finding::severity, Not(Severity::kError))));
  }
}

TEST_P(EpochComparisonTest, AGroupThatIsStagedUnderAnotherNameIsNamed) {
  Replicate();
  world_.spec.name = "order";
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    EXPECT_THAT(Check(role, {.configured = {"order"}}),
                HasFinding(Severity::kError, "staging holds epochs of group 'orders', which has the same tables"));
    EXPECT_THAT(Check(role, {.configured = {"order", "orders"}}),
                Not(HasFinding(Severity::kError, "nothing is staged")));
  }
}

TEST_P(EpochComparisonTest, ATargetOfAnotherGroupIsSomebodysAndNothingIsTriedThere) {
  Replicate();
  world_.spec.name = "order";
  const bool clone = GetParam() == delta::ReplicationMode::kClone;
  world_.target().set_hooks({.before_effect = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    EXPECT_NE(operation, StoreOperation::kPutIfAbsent);
    co_return Status{};
  }});
  const std::vector<Finding> findings = Check(Role::kReceiver, {.configured = {"order", "orders"}});
  EXPECT_THAT(findings, HasFinding(Severity::kError, "holds a table that group 'order' has not written"));
  EXPECT_THAT(findings, Contains(Field(&Finding::remedy, HasSubstr(clone ? "group 'orders' has written this table"
                                                                         : "this is somebody's table"))));
  EXPECT_THAT(findings, Each(Field(&Finding::remedy, Not(HasSubstr("delete")))));
}

TEST_P(EpochComparisonTest, AnotherModeIsSaidToEitherSide) {
  Replicate();
  const bool clone = GetParam() == delta::ReplicationMode::kClone;
  world_.spec.mode = clone ? delta::ReplicationMode::kMirror : delta::ReplicationMode::kClone;
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    EXPECT_THAT(Check(role), HasFinding(Severity::kError, "the mode of group 'orders' changed from"));
  }
}

TEST_P(EpochComparisonTest, RootsThatAreNotThereAreSaidAndNotMade) {
  const CheckScope scope{.configured = {"orders"}, .missing = {{world_.spec.staging_uri, ""}, {"mem://east/t", ""}}};
  EXPECT_THAT(Check(Role::kSender, scope),
              HasFinding(Severity::kWarning, "does not exist yet: the first epoch makes it"));
  const std::vector<Finding> findings = Check(Role::kReceiver, scope);
  EXPECT_THAT(findings, HasFinding(Severity::kInfo, "target of table t does not exist yet"));
  EXPECT_THAT(findings, Not(HasFinding(Severity::kInfo, "is writable")));
  Replicate();
  EXPECT_THAT(Check(Role::kSender, scope),
              HasFinding(Severity::kError, "does not exist, and epochs were staged before"));
  const CheckScope denied{.configured = {}, .missing = {{"mem://east/t", "/srv: Permission denied"}}};
  EXPECT_THAT(Check(Role::kReceiver, denied), HasFinding(Severity::kError, "this user cannot make it: /srv"));
}

INSTANTIATE_TEST_SUITE_P(Modes, EpochComparisonTest,
                         ::testing::Values(delta::ReplicationMode::kClone, delta::ReplicationMode::kMirror),
                         [](const auto& mode) { return std::string(delta::ReplicationModeName(mode.param)); });

}  // namespace
}  // namespace lakeferry::engine
