#include "engine/group/table_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/catalog_double.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class TableLookupTest : public testing::Test {
 protected:
  TableLookupTest() {
    world_.west.catalogs = world_.east.catalogs = &catalogs_;
    spec_ = world_.spec;
    spec_.tables.Edit().clear();
    for (const char* name : {"m.r.a", "m.r.b"}) {
      spec_.tables.Edit().push_back({.name = name, .source_by_catalog = true, .target_by_catalog = true});
      catalogs_.source.Add(name, std::string("s3://west/") + name + "/");
      catalogs_.target.Add(name, std::string("s3://east/") + name);
    }
  }
  Result<plan::GroupSpec> LookUp(Role role, std::vector<std::string> known = {}) {
    return world_.Run(LookUpTables({}, world_.west, spec_, role, std::move(known)));
  }
  std::vector<std::string> Ends(Role role, std::vector<std::string> known = {}) {
    const auto found = LookUp(role, std::move(known));
    EXPECT_TRUE(found) << ToString(found.error());
    std::vector<std::string> ends;
    if (!found) return ends;
    for (const plan::TableSpec& table : found->tables) {
      ends.push_back(table.name + " " + table.source_uri + " " + table.target_uri);
    }
    return ends;
  }
  void UsePattern(std::string root = "s3://dr") {
    spec_.tables.Edit().clear();
    spec_.patterns = {{.schema = "m.r",
                       .like = {.source_by_catalog = true, .target_by_catalog = true},
                       .target_root = std::move(root)}};
  }

  World world_;
  CatalogsDouble catalogs_;
  plan::GroupSpec spec_;
};

TEST_F(TableLookupTest, EachRoleAsksForItsOwnEnd) {
  EXPECT_THAT(Ends(Role::kSender), ElementsAre("m.r.a s3://west/m.r.a ", "m.r.b s3://west/m.r.b "));
  EXPECT_THAT(catalogs_.target.asked, IsEmpty());
  catalogs_.source.asked.clear();
  EXPECT_THAT(Ends(Role::kReceiver), ElementsAre("m.r.a  s3://east/m.r.a", "m.r.b  s3://east/m.r.b"));
  EXPECT_THAT(catalogs_.source.asked, IsEmpty());
  spec_.direct = true;
  EXPECT_THAT(Ends(Role::kSender),
              ElementsAre("m.r.a s3://west/m.r.a s3://east/m.r.a", "m.r.b s3://west/m.r.b s3://east/m.r.b"))
      << "it places files there itself";
}

TEST_F(TableLookupTest, AGroupThatSaysAllItselfAsksNobody) {
  spec_.tables = {{.name = "a", .source_uri = "s3://x/a", .target_uri = "s3://y/a"}};
  world_.west.catalogs = nullptr;
  EXPECT_THAT(Ends(Role::kSender), ElementsAre("a s3://x/a s3://y/a"));
}

TEST_F(TableLookupTest, AllThatIsMissingOrUnfitIsNamedAtOnce) {
  catalogs_.source.tables.clear();
  const auto missing = LookUp(Role::kSender);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message, AllOf(HasSubstr("'m.r.a'"), HasSubstr("'m.r.b'")));
  catalogs_.source.Add("m.r.a", "s3://west/a");
  catalogs_.source.tables["m.r.a"].format = "CSV";
  const auto both = LookUp(Role::kSender);
  ASSERT_FALSE(both);
  EXPECT_EQ(both.error().code, ErrorCode::kRefused);
  EXPECT_THAT(both.error().message, AllOf(HasSubstr("CSV"), HasSubstr("'m.r.b'")));
}

TEST_F(TableLookupTest, ManyFlawsAreCountedBehindTheFirstTwenty) {
  for (int i = 0; i < 30; ++i) {
    spec_.tables.Edit().push_back({.name = "m.r.x" + std::to_string(i), .source_by_catalog = true});
  }
  const auto missing = LookUp(Role::kSender);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, AllOf(HasSubstr("x19"), Not(HasSubstr("x20")), HasSubstr("and 10 more")));
}

TEST_F(TableLookupTest, WhatSaysNothingOfATableIsNoMissingTable) {
  catalogs_.source.failure = Error{.code = ErrorCode::kUnavailable, .message = "no answer"};
  const auto away = LookUp(Role::kSender);
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(away.error().message, HasSubstr("'m.r.a'"));
  world_.west.catalogs = nullptr;
  EXPECT_EQ(LookUp(Role::kSender).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(TableLookupTest, ANewReplicaLiesBelowItsRootUntilTheCatalogHasIt) {
  catalogs_.target.tables.erase("m.r.a");
  const auto without = LookUp(Role::kReceiver);
  ASSERT_FALSE(without);
  EXPECT_THAT(without.error().message + without.error().remedy,
              AllOf(HasSubstr("'m.r.a'"), HasSubstr("register: true")));
  spec_.tables.Edit()[0].new_target_uri = "s3://dr/m/r/a";
  const auto found = LookUp(Role::kReceiver);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->tables[0].target_uri, "s3://dr/m/r/a");
  EXPECT_TRUE(found->tables[0].unregistered);
  EXPECT_FALSE(found->tables[1].unregistered);
  catalogs_.target.failure = Error{.code = ErrorCode::kUnauthorized, .message = "no"};
  EXPECT_EQ(LookUp(Role::kReceiver).error().code, ErrorCode::kUnauthorized)
      << "a catalog that does not answer has not said that it lacks the table";
}

TEST_F(TableLookupTest, ASenderTakesWhatTheSchemaHasByNow) {
  UsePattern();
  spec_.tables = {{.name = "m.r.b", .source_uri = "s3://own/b", .target_uri = "s3://own/b2"}};
  spec_.excluded = {"m.r.c"};
  catalogs_.source.Add("m.r.c", "s3://west/c");
  catalogs_.source.Add("m.other.d", "s3://west/d");
  EXPECT_THAT(Ends(Role::kSender), ElementsAre("m.r.b s3://own/b s3://own/b2", "m.r.a s3://west/m.r.a "))
      << "what stands there by itself is as it stands there";
  catalogs_.source.Add("m.r.e", "s3://west/e");
  EXPECT_THAT(Ends(Role::kSender), Contains("m.r.e s3://west/e "));
}

TEST_F(TableLookupTest, WhatASenderHadByAPatternMayNotVanish) {
  UsePattern();
  const auto gone = LookUp(Role::kSender, {"m.r.a", "m.r.z"});
  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error().message, AllOf(HasSubstr("'m.r.z'"), Not(HasSubstr("'m.r.a'"))));
  catalogs_.source.tables.clear();
  const auto none = LookUp(Role::kSender);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(none.error().message, HasSubstr("no table of m.r.*"));
}

// A catalog takes upper and lower case for one.
TEST_F(TableLookupTest, ATableInOtherLettersIsTheSameTable) {
  UsePattern();
  spec_.tables = {{.name = "M.R.B", .source_uri = "s3://own/b", .target_uri = "s3://own/b2"}};
  EXPECT_THAT(Ends(Role::kSender, {"m.r.A", "m.R.b"}),
              ElementsAre("M.R.B s3://own/b s3://own/b2", "m.r.a s3://west/m.r.a "))
      << "it is neither taken up twice nor missed";
}

TEST_F(TableLookupTest, WhatASchemaHasThatIsNoDeltaTableIsNamed) {
  UsePattern();
  catalogs_.source.Add("m.r.v", "");
  catalogs_.source.tables["m.r.v"].kind = CatalogTableKind::kOther;
  catalogs_.source.tables["m.r.v"].kind_name = "VIEW";
  const auto view = LookUp(Role::kSender);
  ASSERT_FALSE(view);
  EXPECT_THAT(view.error().message + view.error().remedy,
              AllOf(HasSubstr("'m.r.v'"), HasSubstr("VIEW"), HasSubstr("exclude")));
}

TEST_F(TableLookupTest, AReceiverTakesWhatIsKnownOfItsPatternsAndNothingElse) {
  UsePattern();
  catalogs_.target.tables.erase("m.r.b");
  EXPECT_THAT(Ends(Role::kReceiver, {"m.r.a", "other.x.y", "m.r.b", "m.r.a"}),
              ElementsAre("m.r.a  s3://east/m.r.a", "m.r.b  s3://dr/m/r/b"));
  EXPECT_THAT(catalogs_.source.asked, IsEmpty());
}

TEST_F(TableLookupTest, WhoeverOnlyAsksTakesWhatTheRecordKnows) {
  UsePattern();
  StateChange change;
  change.groups.push_back({.role = Role::kReceiver, .group = spec_.name, .tables = {"m.r.a"}});
  ASSERT_TRUE(world_.Run(world_.west_state.Save({}, change)));
  const auto found = world_.Run(LookUpTables({}, world_.west, spec_, Role::kReceiver));
  ASSERT_TRUE(found) << ToString(found.error());
  ASSERT_EQ(found->tables.size(), 1U);
  EXPECT_EQ(found->tables[0].target_uri, "s3://east/m.r.a");
}

TEST_F(TableLookupTest, AWorkerKeepsItsTablesWhereNothingChanged) {
  plan::GroupSpec now = spec_;
  EXPECT_TRUE(world_.Run(UpdateTables({}, world_.west, spec_, Role::kSender, {}, now)).value());
  EXPECT_EQ(now.tables[0].source_uri, "s3://west/m.r.a");
  EXPECT_FALSE(world_.Run(UpdateTables({}, world_.west, spec_, Role::kSender, {}, now)).value());
  catalogs_.source.Add("m.r.a", "s3://west/moved");
  EXPECT_TRUE(world_.Run(UpdateTables({}, world_.west, spec_, Role::kSender, {}, now)).value());
  EXPECT_EQ(now.tables[0].source_uri, "s3://west/moved");
  catalogs_.source.failure = Error{.code = ErrorCode::kUnavailable};
  EXPECT_FALSE(world_.Run(UpdateTables({}, world_.west, spec_, Role::kSender, {}, now)));
  EXPECT_EQ(now.tables[0].source_uri, "s3://west/moved") << "an error leaves it as it was";
}

}  // namespace
}  // namespace lakeferry::engine
