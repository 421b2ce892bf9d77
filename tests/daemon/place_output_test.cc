// The field "where" of documents and of the log: written with its parts, and read back by the control socket.
#include "daemon/output/place_output.h"

#include "base/known_secrets.h"

namespace lakeferry {
namespace {

std::string Written(const Place& place) {
  json::Writer json(json::Texts::kShown);
  WriteWhere(json, "where", place);
  return json.Finish();
}

Result<Place> ReadBack(const Place& place) {
  const std::string text = Written(place);
  json::Reader reader(size_t{1} << 20);
  LF_TRY(const json::Fields fields, reader.Read(text, "the document", "here"));
  return ReadWhere(fields, "where");
}

TEST(PlaceOutput, EveryKindIsReadBackAsItWas) {
  Place object("file:///srv/dr/bronze/part");
  object.LiesIn("file:///srv/dr/bronze", "raw.bronze");
  for (const Place& place :
       {Place(), Place("command line"), Place("s3://a/b"), object, Place(ConfigSpot{.file = "/a.yaml"}),
        Place(ConfigSpot{.file = "/a.yaml", .line = 7, .column = 3, .key = "region"}),
        Place(RunSpot{.workflow = "nightly", .run_id = "r1"}), Place(RunSpot{.workflow = "nightly", .run_id = {}})}) {
    const Result<Place> read = ReadBack(place);
    ASSERT_TRUE(read) << Written(place);
    EXPECT_EQ(read->text(), place.text());
    EXPECT_EQ(Written(*read), Written(place));
  }
}

TEST(PlaceOutput, NoPartHasASecretOrIsLong) {
  RememberSecret(Secret(std::string("place-canary")));
  const std::string odd = "place-canary" + std::string(100'000, 'x');
  Place object("s3://b/" + odd);
  object.LiesIn("s3://b", odd);
  for (const Place& place : {object, Place(odd), Place(ConfigSpot{.file = odd, .key = odd}),
                             Place(RunSpot{.workflow = odd, .run_id = odd})}) {
    EXPECT_FALSE(Written(place).contains("canary"));
    EXPECT_LT(Written(place).size(), 20'000U);
  }
}

}  // namespace
}  // namespace lakeferry
