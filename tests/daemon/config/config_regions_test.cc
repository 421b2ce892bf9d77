// Locations by region: `locations` of a table, and `roots` that its name lies below.
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kRegions = "    primary_region: east\n    secondary_region: west\n";
const std::string kRoots = "        roots: {east: file:///srv/east/, west: 'file:///srv/west'}\n";

ConfigResult LoadTables(const std::string& tables, const std::string& group = {},
                        const std::string& workspace = kRegions) {
  return LoadConfig(ConfigLines{.workspace = workspace, .group = group, .tables = tables}.Text(), "c.yaml");
}

// "name source target" of each table.
std::vector<std::string> Ends(const ConfigResult& config) {
  EXPECT_THAT(ProblemLines(config), IsEmpty());
  std::vector<std::string> ends;
  if (!config) return ends;
  for (const plan::TableSpec& table : config->groups[0].tables) {
    ends.push_back(table.name + " " + table.source_uri + " " + table.target_uri);
  }
  return ends;
}

void ExpectProblem(const ConfigResult& config, const std::string& line) {
  EXPECT_THAT(ProblemLines(config), ElementsAre(HasSubstr(line)));
}

TEST(ConfigRegions, LocationsSayByRegionWhatSourceAndTargetSay) {
  EXPECT_THAT(Ends(LoadTables("[{name: b, locations: {west: file:///w/b, east: file:///e/b/}}]")),
              ElementsAre("b file:///e/b file:///w/b"));
  const std::string other_way = "    primary_region: west\n    secondary_region: east\n";
  EXPECT_THAT(Ends(LoadTables("[{name: b, locations: {west: file:///w/b, east: file:///e/b}}]", {}, other_way)),
              ElementsAre("b file:///w/b file:///e/b"));
  EXPECT_THAT(Ends(LoadTables("[{name: b, source: file:///e/b, locations: {west: file:///w/b}}]")),
              ElementsAre("b file:///e/b file:///w/b"))
      << "each end in its own way";
}

TEST(ConfigRegions, TwoWaysToSayOneEndHaveToAgree) {
  EXPECT_THAT(Ends(LoadTables("[{name: b, source: 'file:/e/b/', locations: {east: file:///e/b, west: file:///w/b}}]")),
              ElementsAre("b file:///e/b file:///w/b"));
  ExpectProblem(LoadTables("[{name: b, source: file:///x, locations: {east: file:///e/b, west: file:///w/b}}]"),
                "c.yaml:8:36 workspaces[0].sync_groups[0].tables[0].source | source is file:///x, and locations says "
                "file:///e/b of east | keep one of them");
  ExpectProblem(LoadTables("[{name: b, target: file:///x, locations: {east: file:///e/b, west: file:///w/b}}]"),
                "tables[0].target | target is file:///x, and locations says file:///w/b of west");
}

TEST(ConfigRegions, AThirdRegionIsLeftAloneUnlessAnotherWasMeant) {
  EXPECT_THAT(Ends(LoadTables("[{name: b, locations: {east: file:///e/b, west: file:///w/b, tokyo: s3://t/b}}]")),
              ElementsAre("b file:///e/b file:///w/b"));
  EXPECT_THAT(Ends(LoadTables("[{name: b, locations: {east: file:///e/b, west: file:///w/b, west2: s3://t/b}}]")),
              ElementsAre("b file:///e/b file:///w/b"))
      << "near a region that is there";
  EXPECT_THAT(ProblemLines(LoadTables("[{name: b, locations: {east: file:///e/b, wset: file:///w/b}}]")),
              Contains(AllOf(HasSubstr("tables[0].locations.wset | 'wset' is neither primary_region"),
                             HasSubstr("did you mean west?"))));
  ExpectProblem(LoadTables("[{name: b, locations: {east: file:///e/b, esat: file:///x, west: nowhere}}]"),
                "tables[0].locations.west | this is no location");
  ExpectProblem(LoadTables("[{name: b, locations: {east: file:///e/b, west: file:///w/b, tokyo: nowhere}}]"),
                "tables[0].locations.tokyo | this is no location");
}

TEST(ConfigRegions, AMisspeltRegionIsNotTakenFromTheRootsInstead) {
  ExpectProblem(LoadTables("[{name: b, locations: {esat: file:///other/b}}]", kRoots), "did you mean east?");
}

TEST(ConfigRegions, AnEndThatNobodyNamesIsMissing) {
  ExpectProblem(LoadTables("[{name: b, locations: {east: file:///e/b}}]"),
                "tables[0].target | target is missing | add target, or a location or root in west");
  ExpectProblem(LoadTables("[{name: b, locations: {west: file:///w/b, tokyo: s3://t/b}}]"), "source is missing");
  ExpectProblem(LoadTables("[a.b]", "        roots: {east: file:///e}\n"), "tables[0].target | target is missing");
}

TEST(ConfigRegions, LocationsAndRootsNeedTheTwoRegions) {
  ExpectProblem(LoadTables("[{name: b, locations: {east: file:///e/b}}]", {}, ""),
                "tables[0].locations | locations goes by region, and the workspace has no primary_region and "
                "secondary_region | say in the workspace");
  ExpectProblem(LoadTables("[a.b]", kRoots, ""), "sync_groups[0].roots | roots goes by region");
  ExpectProblem(LoadTables("[{name: b}]", kRoots, ""), "sync_groups[0].roots | roots goes by region");
  ExpectProblem(LoadTables("[a.b]", kRoots, "    primary_region: east\n"),
                "workspaces[0].secondary_region | primary_region and secondary_region go together");
  ExpectProblem(LoadTables("[a.b]", kRoots, "    primary_region: east\n    secondary_region: east\n"),
                "workspaces[0].secondary_region | both regions are 'east'");
  ExpectProblem(LoadTables("[{name: b, locations: file:///e/b}]"), "locations takes a location for each region");
  ExpectProblem(LoadTables("[a.b]", "        roots: {}\n"), "roots takes a location for each region");
  ExpectProblem(LoadTables("[a.b]", "        roots: {east: file:///e, east: file:///f, west: file:///w}\n"),
                "roots.east | the region east stands here a second time");
}

TEST(ConfigRegions, BelowRootsATableIsAName) {
  EXPECT_THAT(Ends(LoadTables("[main.raw.bronze, raw.silver, gold]", kRoots)),
              ElementsAre("main.raw.bronze file:///srv/east/main/raw/bronze file:///srv/west/main/raw/bronze",
                          "raw.silver file:///srv/east/raw/silver file:///srv/west/raw/silver",
                          "gold file:///srv/east/gold file:///srv/west/gold"));
  const ConfigResult buckets = LoadTables("[raw.bronze]", "        roots: {east: s3://lake-east, west: az://w/dr/}\n");
  EXPECT_THAT(Ends(buckets), ElementsAre("raw.bronze s3://lake-east/raw/bronze az://w/dr/raw/bronze"));
  EXPECT_THAT(buckets->unbuilt, IsEmpty());
}

TEST(ConfigRegions, ATableMaySayOtherwiseForEachEnd) {
  EXPECT_THAT(Ends(LoadTables("[{name: a.b, locations: {east: file:///other/b}}, {name: a.c, target: file:///t/c}, "
                              "{name: a.d}]",
                              kRoots)),
              ElementsAre("a.b file:///other/b file:///srv/west/a/b", "a.c file:///srv/east/a/c file:///t/c",
                          "a.d file:///srv/east/a/d file:///srv/west/a/d"));
}

TEST(ConfigRegions, AGroupsRootsStandInPlaceOfTheWorkspacesRegionByRegion) {
  const std::string workspace = kRegions + "    roots: {east: file:///all/east, west: file:///all/west}\n";
  EXPECT_THAT(Ends(LoadTables("[a.b]", {}, workspace)), ElementsAre("a.b file:///all/east/a/b file:///all/west/a/b"));
  EXPECT_THAT(Ends(LoadTables("[a.b]", "        roots: {east: file:///own}\n", workspace)),
              ElementsAre("a.b file:///own/a/b file:///all/west/a/b"));
}

TEST(ConfigRegions, ImportRootsOfTheGroupHoldForTablesThatAreNames) {
  const ConfigResult config = LoadTables("[a.b]", kRoots + "        import_roots: file:///lake/raw\n");
  ASSERT_TRUE(config);
  EXPECT_THAT(config->groups[0].tables[0].import_roots, ElementsAre("file:///lake/raw"));
}

TEST(ConfigRegions, NamesThatMakeNoFolderAreRefusedOnce) {
  for (const char* name : {"a..b", ".a", "a.", "a/b.c", "'a. b'", "a.`b.c`", "'a.b\\c'", "../x"}) {
    EXPECT_THAT(ProblemLines(LoadTables("[" + std::string(name) + "]", kRoots)),
                ElementsAre(AllOf(HasSubstr("tables[0] | the name '"),
                                  HasSubstr("makes no folder below the root of east: it is not of"),
                                  HasSubstr("give the table locations of its own"))))
        << name;
  }
  EXPECT_THAT(Ends(LoadTables("['a.100%?']", kRoots)),
              ElementsAre("a.100%? file:///srv/east/a/100%25%3F file:///srv/west/a/100%25%3F"));
  ExpectProblem(LoadTables("['a.100%']", "        roots: {east: s3://e, west: s3://w}\n"),
                "the name 'a.100%' makes no folder below the root of east: '%' stands in the location");
}

TEST(ConfigRegions, TablesBelowRootsAreHeldAgainstAllOthers) {
  EXPECT_THAT(ProblemLines(LoadTables("[raw, raw.bronze]", kRoots)),
              ElementsAre(AllOf(HasSubstr("tables[1] | the target file:///srv/west/raw/bronze overlaps"),
                                HasSubstr("(line 9)"))));
}

TEST(ConfigRegions, ADaemonOfAThirdRegionIsWarned) {
  const auto notes = [](const std::string& region) {
    return LoadConfig(ConfigLines{.top = "region: " + region + "\nmetadata_store: /m\n", .workspace = kRegions}.Text(),
                      "c.yaml")
        ->notes;
  };
  EXPECT_THAT(notes("east"), IsEmpty());
  EXPECT_THAT(notes("west"), IsEmpty());
  EXPECT_THAT(
      notes("wset"),
      ElementsAre(AllOf(
          Field(&plan::Finding::severity, plan::Severity::kWarning),
          Field(&plan::Finding::what, HasSubstr("this daemon stands in region 'wset'")),
          Field(&plan::Finding::where,
                Place(ConfigSpot{.file = "c.yaml", .line = 6, .column = 21, .key = "workspaces[0].primary_region"})))));
}

}  // namespace
}  // namespace lakeferry
