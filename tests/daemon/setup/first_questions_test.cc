// What `init` asks, finds names and places for, and writes.
#include "daemon/setup/first_questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "daemon/config/load_config.h"
#include "daemon/setup/first_config.h"
#include "daemon/setup/first_tables.h"

namespace lakeferry::setup {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<ObjectPath> Paths(const std::vector<std::string>& texts) {
  std::vector<ObjectPath> paths;
  for (const std::string& text : texts) paths.push_back(text.empty() ? ObjectPath() : ObjectPath::Of(text));
  return paths;
}

Result<std::vector<ObjectPath>> FindAtLake(const std::string& uri) {
  if (uri == "file:///srv/lake") return Paths({"raw/orders", "raw/prices"});
  return Fail(ErrorCode::kNotFound, "nothing is there", uri);
}

TEST(FirstQuestions, AnAnswerThatIsNoneIsAskedForAgain) {
  std::istringstream in(
      "/srv/lak\ns3://\n/srv/lake\n  s3://lake-west/dr  \n\norders\nnightly\nmirrow\nmirror\nwest-1\n");
  std::ostringstream out;
  const auto words = Ask(in, out, FindAtLake, {});
  ASSERT_TRUE(words.has_value()) << ToString(words.error());
  EXPECT_EQ(words->places.source, "file:///srv/lake");
  EXPECT_EQ(words->places.target, "s3://lake-west/dr");
  EXPECT_EQ(words->places.staging, "s3://lake-west/dr/lakeferry-staging");
  EXPECT_EQ(words->group, "orders");
  EXPECT_EQ(words->workflow, "nightly");
  EXPECT_EQ(words->mode, "mirror");
  EXPECT_EQ(words->region, "west-1");
  EXPECT_THAT(out.str(),
              AllOf(HasSubstr("nothing is there"), HasSubstr("2 tables there: raw/orders, raw/prices"),
                    HasSubstr("[s3://lake-west/dr/lakeferry-staging]"), HasSubstr("answer clone or mirror")));
}

TEST(FirstQuestions, NothingForTheFirstAsksForAnExampleAndNoAnswerEndsIt) {
  std::istringstream nothing("\n");
  std::ostringstream out;
  EXPECT_EQ(Ask(nothing, out, FindAtLake, {}).value().places.source, "");
  std::istringstream ended("/srv/lake\n");
  const auto words = Ask(ended, out, FindAtLake, {});
  ASSERT_FALSE(words.has_value());
  EXPECT_EQ(words.error().code, ErrorCode::kCancelled);
}

TEST(FirstTables, HaveTheNamesOfTheirFolders) {
  const auto tables = TablesBelow("s3://east/lake", "file:///srv/dr%20x", Paths({"raw/orders", "top"})).value();
  EXPECT_THAT(tables,
              ElementsAre(FirstTable{.name = "raw.orders",
                                     .source = "s3://east/lake/raw/orders",
                                     .target = "file:///srv/dr x/raw/orders"},
                          FirstTable{.name = "top", .source = "s3://east/lake/top", .target = "file:///srv/dr x/top"}));
}

TEST(FirstTables, OfOneNameHaveTheirPathsAndTheSourceItselfItsOwn) {
  const auto tables = TablesBelow("s3://east", "s3://west", Paths({"a.b/c", "a/b.c"})).value();
  EXPECT_EQ(tables[0].name, "a.b/c");
  EXPECT_EQ(tables[1].name, "a/b.c");
  const auto itself = TablesBelow("file:///srv/lake/orders", "file:///srv/dr", Paths({""})).value();
  EXPECT_THAT(itself, ElementsAre(FirstTable{
                          .name = "orders", .source = "file:///srv/lake/orders", .target = "file:///srv/dr/orders"}));
  EXPECT_FALSE(TablesBelow("s3://east", "s3://west", Paths({"a%b"})).has_value()) << "no location has it";
}

TEST(FirstTables, APathIsAPlaceToo) {
  EXPECT_EQ(PlaceUri("/srv/my lake/").value(), "file:///srv/my lake");
  EXPECT_EQ(PlaceUri("s3://b/p").value(), "s3://b/p");
  EXPECT_FALSE(PlaceUri("").has_value());
  EXPECT_FALSE(PlaceUri("https://x/y").has_value());
}

TEST(FirstConfigOfTables, LoadsWhateverTheNamesHave) {
  FirstAnswers answers{.role = Role::kSender,
                       .region = "west: #1",
                       .metadata_store = "/var/lib/l \"x\"/$m.db",
                       .staging = "file:///srv/dr/staging",
                       .group = "it's {a} \\ group",
                       .workflow = "- nightly ${RUN}",
                       .mode = "mirror"};
  answers.tables.push_back({.name = "a, b: c", .source = "file:///srv/a%2Cb", .target = "file:///srv/t%7B"});
  const auto config = LoadConfig(FirstConfig(answers), "c.yaml", SourcesOfMachine());
  ASSERT_TRUE(config.has_value()) << ToText("c.yaml", config.error()) << FirstConfig(answers);
  EXPECT_EQ(config->region, answers.region);
  EXPECT_EQ(config->role, Role::kSender);
  EXPECT_EQ(config->metadata_store, answers.metadata_store);
  const plan::GroupSpec& group = config->groups.at(0);
  EXPECT_EQ(group.name, answers.group);
  EXPECT_THAT(group.workflows, ElementsAre(answers.workflow));
  EXPECT_EQ(group.mode, delta::ReplicationMode::kMirror);
  EXPECT_EQ(group.tables[0].name, "a, b: c");
  EXPECT_EQ(group.tables[0].source_uri, "file:///srv/a,b");
}

}  // namespace
}  // namespace lakeferry::setup
