// What an error concerns, by its kind: its text is derived from its parts, and an object knows in which location it
// lies.
#include "base/place.h"

namespace lakeferry {
namespace {

using Kind = Place::Kind;

TEST(Place, ATextIsAnObjectWhereItIsAUriOrAnAbsolutePath) {
  for (const char* object : {"file:///srv/a", "s3://bucket/a b", "/srv/a", "abfss://c@a.dfs.core.windows.net/x"}) {
    EXPECT_EQ(Place(object).kind(), Kind::kObject) << object;
    EXPECT_EQ(Place(object).object(), (ObjectSpot{.location = object, .path = {}, .table = {}}));
  }
  for (const char* other : {"command line", "mail.example.com:587", "://a", "A b://c", "srv/a"}) {
    EXPECT_EQ(Place(other).kind(), Kind::kOther) << other;
  }
  EXPECT_EQ(Place("").kind(), Kind::kNone);
  EXPECT_TRUE(Place().empty());
}

TEST(Place, ASpotOfTheConfigurationAndARunSayTheirParts) {
  const Place spot(ConfigSpot{.file = "/etc/a.yaml", .line = 7, .column = 3, .key = "region"});
  EXPECT_EQ(spot.kind(), Kind::kConfig);
  EXPECT_EQ(spot.text(), "/etc/a.yaml:7:3 region");
  EXPECT_EQ(spot.config().line, 7);
  EXPECT_EQ(Place(ConfigSpot{.file = "/etc/a.yaml", .key = "role"}).text(), "/etc/a.yaml role");
  const Place run(RunSpot{.workflow = "nightly", .run_id = "r1"});
  EXPECT_EQ(run.kind(), Kind::kRun);
  EXPECT_EQ(run.text(), "run r1 of workflow nightly");
  EXPECT_EQ(Place(RunSpot{.workflow = "nightly", .run_id = {}}).text(), "workflow nightly");
}

TEST(Place, AnObjectLiesInTheDeepestLocationThatHoldsIt) {
  Place place("file:///srv/dr/bronze/_delta_log/0.json");
  place.LiesIn("file:///srv/dr", {});
  EXPECT_EQ(place.object(),
            (ObjectSpot{.location = "file:///srv/dr", .path = "bronze/_delta_log/0.json", .table = {}}));
  place.LiesIn("file:///srv/dr/bronze/", "bronze");
  EXPECT_EQ(place.object(),
            (ObjectSpot{.location = "file:///srv/dr/bronze/", .path = "_delta_log/0.json", .table = "bronze"}));
  place.LiesIn("file:///srv", {});
  EXPECT_EQ(place.object().table, "bronze");
  EXPECT_EQ(place.text(), "file:///srv/dr/bronze/_delta_log/0.json");
}

TEST(Place, ANeighbourAndAnotherStoreHoldItNot) {
  for (const char* location : {"file:///srv/bron", "file:///srv/bronze2", "s3://srv/bronze", ""}) {
    Place place("file:///srv/bronze/part");
    place.LiesIn(location, "t");
    EXPECT_EQ(place.object().table, "") << location;
  }
  Place spot(ConfigSpot{.file = "/srv/bronze/a.yaml"});
  spot.LiesIn("file:///srv/bronze", "t");
  EXPECT_EQ(spot.kind(), Kind::kConfig);
}

// The file system's errors name a file by its path, which is not escaped.
TEST(Place, AFileIsKnownByItsPath) {
  Place place("/srv/two words/part");
  place.LiesIn("file:///srv/two%20words", "t");
  EXPECT_EQ(place.object(), (ObjectSpot{.location = "file:///srv/two%20words", .path = "part", .table = "t"}));
}

TEST(Place, IsAnotherWhereItsPartsAre) {
  Place known("file:///srv/bronze");
  EXPECT_EQ(known, Place("file:///srv/bronze"));
  known.LiesIn("file:///srv/bronze", "t");
  EXPECT_FALSE(known == Place("file:///srv/bronze"));
  EXPECT_FALSE(Place(ConfigSpot{.file = "/a", .line = 1, .column = 2}) == Place("/a:1:2"));
}

}  // namespace
}  // namespace lakeferry
