// What a configuration says otherwise than the last epoch, and which words it is told in.
#include "plan/rules/config_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace lakeferry::plan {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

void SwapEnds(GroupSpec& spec) {
  TableSpec& table = spec.tables.Edit().front();
  std::swap(table.source_uri, table.target_uri);
}

GroupSpec GroupOfTwo() {
  GroupSpec spec;
  spec.workspace = "demo";
  spec.name = "orders";
  spec.tables.Edit().push_back({.name = "a", .source_uri = "file:///west/a", .target_uri = "file:///east/a"});
  return spec;
}

Manifest Last() {
  Manifest manifest{.workspace = "demo", .region = "west", .group = "orders", .epoch = Epoch(3)};
  manifest.tables.push_back({.name = "a", .source_uri = "file:///west/a", .parts = {}});
  return manifest;
}

Receipt Applied() {
  Receipt receipt{.group = "orders", .epoch = Epoch(3)};
  receipt.tables.push_back({.name = "a", .live_set = {}, .target = "file:///east/a"});
  return receipt;
}

std::vector<ConfigChange> Changes(const GroupSpec& spec, Role role = Role::kSender) {
  return ChangesSince(Last(), Applied(), spec, role, "west");
}

TEST(ConfigChange, TheSameConfigurationHasNone) {
  EXPECT_THAT(Changes(GroupOfTwo()), IsEmpty());
  EXPECT_TRUE(CheckUnchanged({}));
}

TEST(ConfigChange, AnEndThatTheOtherSidesCatalogTellsIsNoChange) {
  GroupSpec spec = GroupOfTwo();
  spec.tables.Edit()[0].target_uri.clear();
  EXPECT_THAT(Changes(spec), SizeIs(1)) << "nobody would tell it";
  spec.tables.Edit()[0].target_by_catalog = true;
  EXPECT_THAT(Changes(spec), IsEmpty());
  spec = GroupOfTwo();
  spec.tables.Edit()[0].source_uri.clear();
  EXPECT_THAT(Changes(spec, Role::kReceiver), IsEmpty());
  spec.tables.Edit()[0].target_uri = "file:///west/a";
  EXPECT_THAT(Changes(spec, Role::kReceiver), SizeIs(1)) << "into what was the source";
}

TEST(ConfigChange, WhatChangedIsRefusedWithWhereItIsNamed) {
  GroupSpec spec = GroupOfTwo();
  SwapEnds(spec);
  const auto changes = Changes(spec);
  const Status unchanged = CheckUnchanged(changes);
  ASSERT_FALSE(unchanged.has_value());
  EXPECT_EQ(unchanged.error().code, ErrorCode::kRefused);
  EXPECT_EQ(unchanged.error().where, changes[0].where);
  EXPECT_EQ(unchanged.error().remedy, RemedyOf(changes));
}

TEST(ConfigChange, SwappedEndsAreSaidOnEitherSideWithOrWithoutReceipt) {
  GroupSpec spec = GroupOfTwo();
  SwapEnds(spec);
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    for (const auto& answer : {std::optional(Applied()), std::optional<Receipt>()}) {
      const auto changes = ChangesSince(Last(), answer, spec, role, "west");
      ASSERT_THAT(changes, SizeIs(1));
      EXPECT_EQ(changes[0].kind, ChangeKind::kSwapped);
      EXPECT_THAT(changes[0].what, StartsWith("source and target of table 'a' are swapped: epoch 3 came from "
                                              "file:///west/a"));
      EXPECT_THAT(RemedyOf(changes), AllOf(StartsWith("if that was not meant, set it back"), Not(HasSubstr("reset"))));
    }
  }
}

TEST(ConfigChange, ATargetThatWasTheSourceIsNoMove) {
  GroupSpec spec = GroupOfTwo();
  spec.tables.Edit()[0].source_uri = "file:///north/a";
  spec.tables.Edit()[0].target_uri = "file:///west/a";
  EXPECT_EQ(Changes(spec, Role::kReceiver).at(0).kind, ChangeKind::kSwapped);
  spec.tables.Edit()[0].source_uri = "file:///east/a";
  spec.tables.Edit()[0].target_uri = "file:///south/a";
  EXPECT_THAT(WordsOf(Changes(spec)), HasSubstr("changed from file:///west/a to file:///east/a, which was its target"));
}

TEST(ConfigChange, WhatChangedIsToldWithWhatItWas) {
  GroupSpec spec = GroupOfTwo();
  spec.mode = delta::ReplicationMode::kMirror;
  EXPECT_THAT(WordsOf(Changes(spec)),
              HasSubstr("the mode of group 'orders' changed from clone to mirror since epoch 3"));
  spec = GroupOfTwo();
  spec.workspace = "other";
  EXPECT_THAT(WordsOf(Changes(spec)), HasSubstr("the workspace of group 'orders' changed from 'demo' to 'other'"));
  EXPECT_THAT(Changes(spec, Role::kReceiver), IsEmpty());
  EXPECT_THAT(WordsOf(ChangesSince(Last(), {}, GroupOfTwo(), Role::kSender, "north")),
              HasSubstr("the sender's region of group 'orders' changed from 'west' to 'north'"));
  spec = GroupOfTwo();
  spec.tables.Edit()[0].target_uri = "file:///east/b";
  EXPECT_THAT(WordsOf(Changes(spec)),
              HasSubstr("the target of table 'a' changed from file:///east/a to file:///east/b"));
}

TEST(ConfigChange, ASourceMayMoveWhereTheGroupSaysSoAndIsNoMatterOfTheReceiver) {
  GroupSpec spec = GroupOfTwo();
  spec.tables.Edit()[0].source_uri = "file:///west/moved";
  EXPECT_THAT(RemedyOf(Changes(spec)), HasSubstr("lakeferry relocate orders "));
  EXPECT_THAT(Changes(spec, Role::kReceiver), IsEmpty());
  spec.sources_moved = true;
  EXPECT_THAT(Changes(spec), IsEmpty());
}

TEST(ConfigChange, OnlyATargetMayHaveAnotherPlace) {
  GroupSpec spec = GroupOfTwo();
  spec.tables.Edit()[0].target_uri = "file:///east/b";
  EXPECT_THAT(Forbidden(Changes(spec)), IsEmpty());
  EXPECT_THAT(RemedyOf(Changes(spec)), Not(HasSubstr("reset")));
  spec.mode = delta::ReplicationMode::kMirror;
  EXPECT_THAT(Forbidden(Changes(spec)), SizeIs(1));
}

TEST(ConfigChange, AnErrorIsToldBehindWhatChanged) {
  GroupSpec spec = GroupOfTwo();
  spec.tables.Edit()[0].target_uri = "file:///east/b";
  const Error error{.code = ErrorCode::kDiverged, .message = "not ours", .where = "x", .remedy = "look"};
  const Error told = AfterChanges(error, Changes(spec));
  EXPECT_THAT(told.message, AllOf(StartsWith("the target of table 'a' changed"), HasSubstr(": not ours")));
  EXPECT_EQ(told.remedy, "if that was not meant, set it back; else look");
  EXPECT_EQ(AfterChanges(error, {}).message, "not ours");
  EXPECT_EQ(AfterChanges(told, Changes(spec)).message, told.message);
  const Error passing{.code = ErrorCode::kUnavailable, .message = "down"};
  EXPECT_EQ(AfterChanges(passing, Changes(spec)).message, "down");
}

}  // namespace
}  // namespace lakeferry::plan
