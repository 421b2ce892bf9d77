// What `check` finds out about the world of a group, by either role.
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
using ::testing::SizeIs;

class GroupCheckTest : public ::testing::Test, public CheckedGroup {};

TEST_F(GroupCheckTest, AGroupThatIsWellHasNoErrorAndLeavesNothingBehind) {
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    EXPECT_THAT(Check(role), Each(Field(&Finding::severity, Not(Severity::kError))));
  }
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kInfo, "source of table t is readable: version "));
  EXPECT_THAT(Check(Role::kReceiver), HasFinding(Severity::kInfo, "target of table t is writable"));
  EXPECT_THAT(world_.staging().objects(), IsEmpty());
  EXPECT_THAT(world_.target().objects(), IsEmpty());
}

// One object of the check stays, which is in nobody's way.
TEST_F(GroupCheckTest, ASenderThatPlacesFilesHasToBeAbleTo) {
  world_.spec.direct = true;
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kInfo, "placing files at the target of table t is possible"));
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kInfo, "placing files at the target of table t is possible"));
  EXPECT_THAT(world_.target().objects(), SizeIs(1));
  world_.Restart();
  Replicate();
  EXPECT_TRUE(world_.ManifestOf(1).tables[0].direct) << "the target is free all the same";
  world_.target().set_hooks({.before_effect = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kPutIfAbsent) co_return Fail(ErrorCode::kUnauthorized, "read only");
    co_return Status{};
  }});
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kError, "placing files at the target of table t: read only"));
}

TEST_F(GroupCheckTest, NoFileIsPlacedWhereNoFolderIs) {
  world_.spec.direct = true;
  const CheckScope scope{.configured = {"orders"}, .missing = {{"mem://east/t", ""}}};
  EXPECT_THAT(Check(Role::kSender, scope),
              HasFinding(Severity::kInfo, "placing files at the target of table t does not exist yet"));
  EXPECT_THAT(world_.target().objects(), IsEmpty());
}

TEST_F(GroupCheckTest, ASourceThatCannotBeReadIsAnError) {
  world_.source().objects().clear();
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kError, "source of table t"));
}

TEST_F(GroupCheckTest, AReplicaIsNoSource) {
  Replicate();
  plan::TableSpec& table = world_.spec.tables.Edit()[0];
  table.source_uri = table.target_uri;
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kError, "source of table t: "));
}

TEST_F(GroupCheckTest, WhatCannotBeWrittenIsAnErrorThatNamesIt) {
  const auto refuse = [](std::string, StoreOperation operation, ObjectPath) -> Task<Status> {
    if (operation == StoreOperation::kPutIfAbsent) co_return Fail(ErrorCode::kUnauthorized, "read only");
    co_return Status{};
  };
  world_.target().set_hooks({.before_effect = refuse});
  EXPECT_THAT(Check(Role::kReceiver), HasFinding(Severity::kError, "target of table t: read only"));
  world_.staging().set_hooks({.before_effect = refuse});
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kError, "staging location of group 'orders': read only"));
}

TEST_F(GroupCheckTest, OnlyWhoMustDeleteHasToBeAbleTo) {
  const auto deny = [](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
    if (operation != StoreOperation::kDelete) co_return Status{};
    co_return Fail(ErrorCode::kUnauthorized, "no right to delete", path.text());
  };
  world_.target().set_hooks({.before_effect = deny});
  world_.staging().set_hooks({.before_effect = deny});
  // What stays is in nobody's way but of one who draws the same name.
  const auto clear = [this] {
    const auto tried = [](const auto& object) { return object.first.starts_with("_lakeferry_check"); };
    std::erase_if(world_.staging().objects(), tried);
    std::erase_if(world_.target().objects(), tried);
  };
  EXPECT_THAT(Check(Role::kSender), HasFinding(plan::Severity::kError, "no right to delete"));
  clear();
  EXPECT_THAT(Check(Role::kReceiver), Not(HasFinding(plan::Severity::kError, "")));
  clear();
  world_.spec.retention = Millis(1);
  EXPECT_THAT(Check(Role::kReceiver), HasFinding(plan::Severity::kError, "target of table t: no right to delete"));
}

TEST_F(GroupCheckTest, AStoreThatGivesBackSomethingElseIsAnError) {
  const std::string_view prefix = "_lakeferry_check_";
  const auto spoil = [this, prefix](StoreOperation when, const std::string& bytes) {
    return [this, prefix, when, bytes](std::string, StoreOperation operation, ObjectPath path) -> Task<Status> {
      const std::string content = path.text().substr(std::min(prefix.size(), path.text().size()));
      if (operation == when) world_.target().Set(path.text(), bytes.empty() ? content : bytes);
      co_return Status{};
    };
  };
  for (const StoreOperation when : {StoreOperation::kPutIfAbsent, StoreOperation::kGet}) {
    // Somebody has an object of that name already, with the very bytes; or the bytes are others.
    const std::string bytes = when == StoreOperation::kGet ? "other bytes" : "";
    world_.target().set_hooks({.before_effect = spoil(when, bytes)});
    EXPECT_THAT(Check(Role::kReceiver),
                HasFinding(Severity::kError, "an object that was written comes back different"));
  }
}

TEST_F(GroupCheckTest, AWorkflowIsAskedForWhereTheGroupHasItsRuns) {
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kInfo, "workflow 'nightly' of group 'orders': 1 runs"));
  EXPECT_THAT(world_.workflows.asked_for, Contains("orders"));
  world_.workflows.runs.clear();
  EXPECT_THAT(Check(Role::kSender),
              HasFinding(Severity::kWarning, "workflow 'nightly' of group 'orders': no such workflow"));
  world_.workflows.failure = Error{.code = ErrorCode::kUnavailable, .message = "down"};
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kError, "workflow 'nightly' of group 'orders': down"));
}

TEST_F(GroupCheckTest, ARetentionThatIsTooShortIsSaid) {
  world_.source().objects().clear();
  world_.table().next_ = 0;
  world_.table().Create(R"("delta.deletedFileRetentionDuration":"interval 1 seconds")");
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kError, "source of table t: "));
}

TEST_F(GroupCheckTest, AnImportRootWithNothingInItIsAWarning) {
  world_.spec.tables.Edit()[0].import_roots = {"mem://west/elsewhere"};
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kWarning, "import root of group 'orders': nothing is there"));
  world_.stores.At("mem://west/elsewhere").Set("a", "b");
  EXPECT_THAT(Check(Role::kSender), HasFinding(Severity::kInfo, "import root of group 'orders' is readable"));
}

TEST_F(GroupCheckTest, TwoNamesOfOnePlaceAreFoundAmongTheGroupsAndTheMetadataStore) {
  const plan::Root state{.kind = plan::RootKind::kState, .uri = "/var/lib/x", .place = {"state"}};
  EXPECT_THAT(world_.Run(CheckPlaces({}, world_.west, {world_.spec}, state)), IsEmpty());
  world_.target().set_place("mem://west/t");
  const auto found = world_.Run(CheckPlaces({}, world_.west, {world_.spec}, state));
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].severity, Severity::kError);
  EXPECT_THAT(found[0].what, HasSubstr("two names of one place"));
}

}  // namespace
}  // namespace lakeferry::engine
