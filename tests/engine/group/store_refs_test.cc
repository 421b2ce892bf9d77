// As whom each place of a table is opened.
#include "engine/group/store_refs.h"

#include <gtest/gtest.h>

namespace lakeferry::engine {
namespace {

const plan::TableSpec kOwn{.name = "m.r.a",
                           .source_uri = "s3://lake/a",
                           .target_uri = "s3://dr/a",
                           .source_credential = "reader",
                           .target_credential = "writer",
                           .place_credential = "placer"};

TEST(StoreRefs, EachRightHasTheCredentialOfTheConfiguration) {
  EXPECT_EQ(SourceRef(kOwn),
            (StoreRef{.uri = "s3://lake/a", .credential = "reader", .right = StoreRight::kReadSource}));
  EXPECT_EQ(TargetRef(kOwn), (StoreRef{.uri = "s3://dr/a", .credential = "writer", .right = StoreRight::kWriteTarget}));
  EXPECT_EQ(PlaceRef(kOwn), (StoreRef{.uri = "s3://dr/a", .credential = "placer", .right = StoreRight::kPlaceTarget}));
}

TEST(StoreRefs, WhereACatalogHandsThemOutEachEndAsksItsOwn) {
  plan::TableSpec table = kOwn;
  table.source_vendor = "g";
  const Vending source{.group = "g", .side = CatalogSide::kSource, .table = "m.r.a"};
  EXPECT_EQ(SourceRef(table).vending, source);
  EXPECT_EQ(TargetRef(table).vending, std::nullopt);
  EXPECT_EQ(ImportRef(table, "s3://landing").vending, std::nullopt) << "it is good for the table's folder alone";
  table.source_vendor.clear();
  table.target_vendor = "g";
  const Vending target{.group = "g", .side = CatalogSide::kTarget, .table = "m.r.a"};
  EXPECT_EQ(SourceRef(table).vending, std::nullopt);
  EXPECT_EQ(TargetRef(table).vending, target);
  EXPECT_EQ(TargetRef(table, StoreRight::kReadSource).vending, target);
  EXPECT_EQ(PlaceRef(table).vending, target);
}

}  // namespace
}  // namespace lakeferry::engine
