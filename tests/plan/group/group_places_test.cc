// In which of a group's locations an object lies.
#include "plan/group/group_places.h"

namespace lakeferry::plan {
namespace {

TEST(GroupPlaces, AnObjectIsOfTheTableOrOfStaging) {
  GroupSpec group;
  group.staging_uri = "s3://dr/staging";
  group.tables = {{.name = "a", .source_uri = "s3://lake/a", .target_uri = "s3://dr/a"}};
  const auto of = [&group](const char* uri) {
    Place place(uri);
    PlaceIn(group, place);
    return place.object();
  };
  EXPECT_EQ(of("s3://lake/a/x"), (ObjectSpot{.location = "s3://lake/a", .path = "x", .table = "a"}));
  EXPECT_EQ(of("s3://dr/a"), (ObjectSpot{.location = "s3://dr/a", .path = "", .table = "a"}));
  EXPECT_EQ(of("s3://dr/staging/orders/owner"),
            (ObjectSpot{.location = "s3://dr/staging", .path = "orders/owner", .table = ""}));
  EXPECT_EQ(of("s3://else/x").location, "s3://else/x");
}

}  // namespace
}  // namespace lakeferry::plan
