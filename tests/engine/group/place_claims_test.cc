#include "engine/group/place_claims.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/group/store_roots.h"
#include "engine/group/table_lookup.h"
#include "tests/engine/catalog_double.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

using plan::Root;
using plan::RootKind;
using testing::AllOf;
using testing::HasSubstr;

Root TargetOf(const std::string& group, const std::string& table, std::vector<std::string> place) {
  return {.kind = RootKind::kTarget, .group = group, .table = table, .uri = "uri:" + place.front(), .place = place};
}

TEST(PlaceClaims, WhatOneGroupHoldsNoOtherMayMeet) {
  PlaceClaims claims;
  HeldPlaces first(&claims);
  HeldPlaces second(&claims);
  ASSERT_TRUE(first.Take({TargetOf("a", "t", {"/lake/t", "/lake", "/"})}));
  const auto same = second.Take({TargetOf("b", "u", {"/lake/t", "/lake", "/"})});
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().code, ErrorCode::kRefused);
  EXPECT_THAT(same.error().message, HasSubstr("the target of table 'u' in group 'b' is the same place as the target of "
                                              "table 't' in group 'a', uri:/lake/t"));
  EXPECT_NE(same.error().remedy, "");
  const auto below = second.Take({TargetOf("b", "u", {"/lake/t/below", "/lake/t", "/lake", "/"})});
  EXPECT_THAT(below.error().message, HasSubstr("of table 'u' in group 'b' lies in the target of table 't'"));
  const auto above = second.Take({TargetOf("b", "u", {"/lake", "/"})});
  EXPECT_THAT(above.error().message, HasSubstr("of table 't' in group 'a' lies in the target of table 'u'"));
  EXPECT_TRUE(second.Take({TargetOf("b", "u", {"/lake/u", "/lake", "/"})}));
}

TEST(PlaceClaims, StagingOfAnotherGroupIsNoTargetAndMayBeShared) {
  PlaceClaims claims;
  HeldPlaces first(&claims);
  HeldPlaces second(&claims);
  const auto staging = [](const std::string& group) {
    return Root{.kind = RootKind::kStaging, .group = group, .table = {}, .uri = "uri:/s", .place = {"/s", "/"}};
  };
  ASSERT_TRUE(first.Take({staging("a")}));
  EXPECT_TRUE(second.Take({staging("b")}));
  EXPECT_THAT(second.Take({staging("b"), TargetOf("b", "t", {"/s/t", "/s", "/"})}).error().message,
              HasSubstr("lies in the staging location of group 'a'"));
}

TEST(PlaceClaims, ARefusalLeavesWhatWasHeldAndAnEndReleasesIt) {
  PlaceClaims claims;
  const std::vector<Root> x{TargetOf("a", "x", {"/x", "/"})};
  const std::vector<Root> y{TargetOf("b", "y", {"/y", "/"})};
  HeldPlaces third(&claims);
  {
    HeldPlaces first(&claims);
    HeldPlaces second(&claims);
    ASSERT_TRUE(first.Take(x));
    ASSERT_TRUE(second.Take(y));
    EXPECT_FALSE(second.Take({y.front(), TargetOf("b", "z", {"/x", "/"})}));
    EXPECT_FALSE(third.Take({TargetOf("c", "t", {"/y", "/"})})) << "it is held still";
    ASSERT_TRUE(first.Take({TargetOf("a", "x", {"/elsewhere", "/"})}));
    EXPECT_TRUE(third.Take({TargetOf("c", "t", {"/x", "/"})})) << "it was given up";
    EXPECT_FALSE(third.Take({TargetOf("c", "t", {"/elsewhere", "/"})}));
  }
  EXPECT_TRUE(third.Take({TargetOf("c", "t", {"/elsewhere", "/"}), TargetOf("c", "u", {"/y", "/"})}));
}

TEST(PlaceClaims, OfThousandsThatShareFoldersEachIsFoundAndNoneIsLeft) {
  PlaceClaims claims;
  const auto targets = [](size_t group) {
    std::vector<Root> roots;
    for (const auto* table : {"t", "u", "v"}) {
      const std::string folder = "/lake/" + std::to_string(group);
      roots.push_back(TargetOf(std::to_string(group), table, {folder + "/" + table, folder, "/lake", "/"}));
    }
    return roots;
  };
  HeldPlaces last(&claims);
  {
    std::vector<std::unique_ptr<HeldPlaces>> held;
    for (size_t group = 0; group < 1'000; ++group) {
      held.push_back(std::make_unique<HeldPlaces>(&claims));
      ASSERT_TRUE(held.back()->Take(targets(group)));
    }
    ASSERT_TRUE(held[7]->Take(targets(7))) << "what it holds it may take again";
    for (const size_t group : {0, 7, 999}) {
      const std::string folder = "/lake/" + std::to_string(group);
      EXPECT_THAT(last.Take({TargetOf("x", "t", {folder + "/u/below", folder + "/u", folder, "/lake", "/"})}).error(),
                  testing::Field(&Error::message, HasSubstr("lies in the target of table 'u' in group '" +
                                                            std::to_string(group) + "', uri:" + folder + "/u")));
      EXPECT_FALSE(last.Take({TargetOf("x", "t", {folder, "/lake", "/"})}));
    }
    EXPECT_FALSE(last.Take({TargetOf("x", "t", {"/lake", "/"})}));
    held.erase(held.begin() + 7);
    EXPECT_TRUE(last.Take({TargetOf("x", "t", {"/lake/7", "/lake", "/"})}));
  }
  EXPECT_TRUE(last.Take({TargetOf("x", "t", {"/lake", "/"})}));
}

TEST(PlaceClaims, RootsWhosePlaceIsNotKnownMeetNothing) {
  PlaceClaims claims;
  HeldPlaces first(&claims);
  HeldPlaces second(&claims);
  ASSERT_TRUE(first.Take(
      {TargetOf("a", "t", {"/t", "/"}), Root{.kind = RootKind::kTarget, .group = "a", .table = {}, .uri = {}}}));
  EXPECT_TRUE(second.Take({Root{.kind = RootKind::kTarget, .group = "b", .table = {}, .uri = {}}}));
}

// Two groups of one process whose targets a catalog tells.
class SecondGroupTest : public testing::Test {
 protected:
  SecondGroupTest() {
    world_.east.catalogs = world_.west.catalogs = &catalogs_;
    world_.east.claims = &claims_;
    for (plan::TableSpec& table : world_.spec.tables.Edit()) {
      table.target_uri.clear();
      table.target_by_catalog = true;
    }
    world_.Restart();
    catalogs_.target.Add("t", "s3://east/t");
    catalogs_.target.Add("copy", "s3://east/t");
    other_ = world_.spec;
    other_.name = "copies";
    other_.tables.Edit().front().name = "copy";
  }
  MemoryStore& Replica() { return world_.stores.At("s3://east/t"); }
  Result<PassResult> ReceiveOther() {
    if (second_ == nullptr) second_ = std::make_unique<GroupReceiver>(world_.east, other_);
    return world_.Run(second_->RunOnce({}));
  }

  CatalogsDouble catalogs_;
  PlaceClaims claims_;
  World world_;
  plan::GroupSpec other_;
  std::unique_ptr<GroupReceiver> second_;
};

TEST_F(SecondGroupTest, IsRefusedWhereTheFirstWritesAndTheFirstGoesOn) {
  world_.FirstEpoch();
  const size_t there = Replica().objects().size();
  EXPECT_THAT(ReceiveOther(), FailedWith(ErrorCode::kRefused,
                                         "the target of table 'copy' in group 'copies' is the same place as the target "
                                         "of table 't' in group 'orders', s3://east/t"));
  EXPECT_EQ(Replica().objects().size(), there);
  world_.AppendAll("r1", "f1");
  ASSERT_THAT(world_.Send(), Succeeded());
  ASSERT_THAT(world_.Receive(), Succeeded());
  EXPECT_EQ(world_.Live(Replica()), world_.Live(world_.source()));
}

TEST_F(SecondGroupTest, IsRefusedBelowTheFirstAndGoesOnOnceTheCatalogHasAnotherPlace) {
  world_.FirstEpoch();
  catalogs_.target.Add("copy", "s3://east/t/below");
  EXPECT_THAT(ReceiveOther(), FailedWith(ErrorCode::kRefused, "lies in the target of table 't' in group 'orders'"));
  catalogs_.target.Add("copy", "s3://east/copy");
  EXPECT_THAT(ReceiveOther(), Succeeded());
  // What was apart is one place now: whoever held it first keeps it.
  catalogs_.target.Add("t", "s3://east/copy");
  EXPECT_THAT(world_.Receive(), FailedWith(ErrorCode::kRefused, "in group 'copies'"));
  EXPECT_THAT(ReceiveOther(), Succeeded());
}

TEST_F(SecondGroupTest, OfOneThatEndedThePlaceIsFree) {
  world_.FirstEpoch();
  ASSERT_FALSE(ReceiveOther());
  world_.receiver.reset();
  EXPECT_THAT(ReceiveOther(), Succeeded());
}

TEST_F(SecondGroupTest, ATableThatAWildcardTakesUpLaterIsComparedToo) {
  plan::GroupSpec group = world_.spec;
  group.name = "wild";
  group.tables.Edit().clear();
  group.patterns = {{.schema = "m.r", .like = {.target_by_catalog = true}, .target_root = {}}};
  catalogs_.target.Add("m.r.a", "s3://east/a");
  catalogs_.target.Add("m.r.b", "s3://east/t");
  world_.FirstEpoch();
  HeldPlaces held(&claims_);
  const auto claim = [&](std::vector<std::string> known) {
    const auto found = world_.Run(LookUpTables({}, world_.east, group, Role::kReceiver, std::move(known)));
    return world_.Run(ClaimRoots({}, world_.east, found.value(), Role::kReceiver, held));
  };
  EXPECT_THAT(claim({"m.r.a"}), Succeeded());
  EXPECT_THAT(claim({"m.r.a", "m.r.b"}),
              FailedWith(ErrorCode::kRefused, "the target of table 'm.r.b' in group 'wild' is the same place as"));
}

TEST_F(SecondGroupTest, ASenderHoldsTargetsWhereItPlacesFilesItself) {
  HeldPlaces first(&claims_);
  HeldPlaces second(&claims_);
  plan::GroupSpec one = world_.spec;
  one.tables.Edit().front().target_uri = "s3://east/t";
  plan::GroupSpec two = one;
  two.name = "copies";
  EXPECT_THAT(world_.Run(ClaimRoots({}, world_.east, one, Role::kSender, first)), Succeeded());
  EXPECT_THAT(world_.Run(ClaimRoots({}, world_.east, two, Role::kSender, second)), Succeeded());
  one.direct = two.direct = true;
  EXPECT_THAT(world_.Run(ClaimRoots({}, world_.east, one, Role::kSender, first)), Succeeded());
  EXPECT_THAT(world_.Run(ClaimRoots({}, world_.east, two, Role::kSender, second)),
              FailedWith(ErrorCode::kRefused, "in group 'copies' is the same place as"));
}

}  // namespace
}  // namespace lakeferry::engine
