#include "delta/table_features.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Names = std::vector<std::string>;

Protocol Legacy(int32_t reader, int32_t writer) { return {.min_reader_version = reader, .min_writer_version = writer}; }
Protocol Listed(Names reader, Names writer) {
  return {.min_reader_version = 3,
          .min_writer_version = 7,
          .reader_features = std::move(reader),
          .writer_features = std::move(writer)};
}
// A reader-writer feature stands in both lists.
Protocol ReaderWriter(const std::string& feature) { return Listed({feature}, {feature}); }
Protocol WriterOnly(const std::string& feature) {
  return {.min_reader_version = 1, .min_writer_version = 7, .writer_features = Names{feature}};
}

constexpr ReplicationMode kModes[] = {ReplicationMode::kClone, ReplicationMode::kMirror};

TEST(TableFeatures, LegacyVersionsImplyFeatures) {
  EXPECT_THAT(FeaturesOf(Legacy(1, 1)), IsEmpty());
  EXPECT_THAT(FeaturesOf(Legacy(1, 2)), ElementsAre("appendOnly", "invariants"));
  EXPECT_THAT(FeaturesOf(Legacy(1, 4)),
              ElementsAre("appendOnly", "changeDataFeed", "checkConstraints", "generatedColumns", "invariants"));
  EXPECT_THAT(FeaturesOf(Legacy(2, 6)), ElementsAre("appendOnly", "changeDataFeed", "checkConstraints", "columnMapping",
                                                    "generatedColumns", "identityColumns", "invariants"));
}

TEST(TableFeatures, ListsStandForThemselves) {
  EXPECT_THAT(FeaturesOf(Listed({"deletionVectors"}, {"deletionVectors", "appendOnly"})),
              ElementsAre("appendOnly", "deletionVectors"));
  EXPECT_THAT(FeaturesOf({.min_reader_version = 2, .min_writer_version = 7, .writer_features = Names{"columnMapping"}}),
              ElementsAre("columnMapping"));
}

TEST(TableFeatures, CarriesKnownFeaturesInBothModes) {
  for (const ReplicationMode mode : kModes) {
    for (int32_t writer = 1; writer <= 6; ++writer) {
      EXPECT_THAT(CheckSupported(Legacy(1, writer), {}, mode), Succeeded());
      EXPECT_THAT(CheckSupported(Legacy(2, writer), {}, mode), Succeeded());
    }
    for (const char* feature :
         {"columnMapping", "deletionVectors", "v2Checkpoint", "timestampNtz", "timestampWithoutTimezone",
          "typeWidening", "typeWidening-preview", "variantType", "variantType-preview", "variantShredding",
          "variantShredding-preview", "vacuumProtocolCheck", "geospatial", "geospatial-dev"}) {
      EXPECT_THAT(CheckSupported(ReaderWriter(feature), {}, mode), Succeeded()) << feature;
    }
    for (const char* feature :
         {"appendOnly", "invariants", "checkConstraints", "generatedColumns", "allowColumnDefaults", "changeDataFeed",
          "identityColumns", "rowTracking", "domainMetadata", "clustering", "checkpointProtection", "inCommitTimestamp",
          "collations-preview", "materializePartitionColumns", "icebergCompatV1", "icebergCompatV2", "icebergCompatV3",
          "icebergWriterCompatV1"}) {
      EXPECT_THAT(CheckSupported(WriterOnly(feature), {}, mode), Succeeded()) << feature;
    }
  }
}

TEST(TableFeatures, RefusesUnknownReaderFeaturesByName) {
  for (const ReplicationMode mode : kModes) {
    for (const char* feature : {"timestampNanos", "somethingNew", "deletionVectors2", "DeletionVectors", ""}) {
      EXPECT_THAT(CheckSupported(ReaderWriter(feature), {}, mode),
                  FailedWith(ErrorCode::kUnsupportedTable, "'" + std::string(feature) + "'"));
    }
  }
  EXPECT_THAT(CheckSupported(ReaderWriter("timestampNanos"), {}, ReplicationMode::kMirror),
              FailedWith(ErrorCode::kUnsupportedTable, "DROP FEATURE `timestampNanos`"));
  // A feature that only binds writers does not become readable by standing in the readers' list.
  EXPECT_THAT(CheckSupported(ReaderWriter("rowTracking"), {}, ReplicationMode::kClone),
              FailedWith(ErrorCode::kUnsupportedTable, "'rowTracking'"));
}

TEST(TableFeatures, RefusesUnknownWriterFeaturesOnlyWhereItWrites) {
  // Of timestamps in commits the preview has properties of other names: a clone would not know what to write.
  for (const char* feature : {"somethingNew", "inCommitTimestamp-preview"}) {
    EXPECT_THAT(CheckSupported(WriterOnly(feature), {}, ReplicationMode::kClone),
                FailedWith(ErrorCode::kUnsupportedTable, "mode: mirror"));
    EXPECT_THAT(CheckSupported(WriterOnly(feature), {}, ReplicationMode::kMirror), Succeeded()) << feature;
  }
}

TEST(TableFeatures, RefusesTablesWhoseLogIsNotTheWholeTruth) {
  for (const ReplicationMode mode : kModes) {
    for (const char* feature :
         {"catalogManaged", "catalogOwned-preview", "coordinatedCommits-preview", "redirectReaderWriter-preview",
          "redirectWriterOnly-preview", "adaptiveMetadata", "adaptiveMetadata-preview"}) {
      EXPECT_THAT(CheckSupported(ReaderWriter(feature), {}, mode), FailedWith(ErrorCode::kUnsupportedTable, feature));
      EXPECT_THAT(CheckSupported(WriterOnly(feature), {}, mode), FailedWith(ErrorCode::kUnsupportedTable, feature));
    }
    for (const char* property : {"delta.coordinatedCommits.commitCoordinator-preview",
                                 "delta.redirectReaderWriter-preview", "delta.redirectWriterOnly-preview"}) {
      EXPECT_THAT(CheckSupported(Legacy(1, 2), {.configuration = {{property, "x"}}}, mode),
                  FailedWith(ErrorCode::kUnsupportedTable, property));
    }
  }
}

TEST(TableFeatures, RefusesUnknownVersionsAndMissingLists) {
  for (const ReplicationMode mode : kModes) {
    EXPECT_THAT(CheckSupported(Legacy(4, 7), {}, mode), FailedWith(ErrorCode::kUnsupportedTable, "reader version 4"));
    EXPECT_THAT(CheckSupported(Legacy(1, 8), {}, mode), FailedWith(ErrorCode::kUnsupportedTable, "writer version 8"));
    EXPECT_THAT(CheckSupported(Legacy(0, 2), {}, mode), FailedWith(ErrorCode::kUnsupportedTable, "not known"));
    EXPECT_THAT(CheckSupported(Legacy(3, 7), {}, mode), FailedWith(ErrorCode::kUnsupportedTable, "no list"));
    EXPECT_THAT(CheckSupported(Legacy(1, 7), {}, mode), FailedWith(ErrorCode::kUnsupportedTable, "no list"));
  }
}

TEST(TableFeatures, NamesAllThatIsInTheWay) {
  const auto names = [](const Protocol& protocol, const Metadata& metadata) {
    Names found;
    for (const Obstacle& obstacle : ObstaclesOf(protocol, metadata)) {
      found.push_back(obstacle.name + (obstacle.of_clones_only ? " of clones" : ""));
    }
    return found;
  };
  EXPECT_THAT(names(Legacy(2, 5), {}), IsEmpty());
  EXPECT_THAT(names(Listed({"deletionVectors"}, {"deletionVectors", "appendOnly"}), {}), IsEmpty());
  EXPECT_THAT(names(Legacy(99, 98), {}), ElementsAre("minReaderVersion 99", "minWriterVersion 98"));
  EXPECT_THAT(names(Listed({"catalogManaged", "new"}, {"catalogManaged", "new", "newer"}),
                    {.configuration = {{"delta.redirectWriterOnly-preview", "x"}}}),
              ElementsAre("catalogManaged", "delta.redirectWriterOnly-preview", "new", "newer of clones"));
  EXPECT_THAT(names({.min_reader_version = 1, .min_writer_version = 7, .reader_features = Names{}}, {}),
              ElementsAre("readerFeatures", "minWriterVersion 7"));
}

TEST(MergeProtocol, LeavesAReplicaAloneThatHasEverything) {
  const Protocol replica = Listed({"deletionVectors"}, {"deletionVectors", "domainMetadata", "appendOnly"});
  EXPECT_EQ(MergeProtocol(replica, Listed({}, {"appendOnly"})), replica);
  EXPECT_EQ(MergeProtocol(replica, Legacy(1, 2)),
            Listed({"deletionVectors"}, {"deletionVectors", "domainMetadata", "appendOnly", "invariants"}));
  EXPECT_EQ(MergeProtocol(Legacy(2, 5), Legacy(1, 4)), Legacy(2, 5));
}

TEST(MergeProtocol, NeverGoesBelowEither) {
  EXPECT_EQ(MergeProtocol(Legacy(1, 4), Legacy(2, 2)), Legacy(2, 4));
  EXPECT_EQ(MergeProtocol(Legacy(1, 2), Legacy(1, 3)), Legacy(1, 3));
}

TEST(MergeProtocol, ExpandsALegacySideWhereTheOtherHasLists) {
  const Protocol merged = MergeProtocol(Legacy(2, 5), ReaderWriter("deletionVectors"));
  EXPECT_EQ(merged.min_reader_version, 3);
  EXPECT_EQ(merged.min_writer_version, 7);
  EXPECT_THAT(*merged.reader_features, ElementsAre("columnMapping", "deletionVectors"));
  EXPECT_THAT(*merged.writer_features, ElementsAre("appendOnly", "invariants", "checkConstraints", "changeDataFeed",
                                                   "generatedColumns", "columnMapping", "deletionVectors"));
}

TEST(MergeProtocol, KeepsReadersWithoutListsWhereOnlyWritersHaveThem) {
  const Protocol merged = MergeProtocol(WriterOnly("domainMetadata"), Legacy(1, 2));
  EXPECT_EQ(merged.min_reader_version, 1);
  EXPECT_FALSE(merged.reader_features.has_value());
  EXPECT_THAT(*merged.writer_features, ElementsAre("domainMetadata", "appendOnly", "invariants"));
}

TEST(MergeProtocol, HasTheFeaturesOfBothAndMergingAgainChangesNothing) {
  const Protocol protocols[] = {
      Legacy(1, 1),
      Legacy(1, 2),
      Legacy(2, 6),
      Legacy(1, 6),
      WriterOnly("rowTracking"),
      {.min_reader_version = 2, .min_writer_version = 7, .writer_features = Names{"columnMapping"}},
      Listed({}, {}),
      ReaderWriter("deletionVectors"),
      ReaderWriter("columnMapping")};
  for (const Protocol& a : protocols) {
    for (const Protocol& b : protocols) {
      const Protocol merged = MergeProtocol(a, b);
      Names both = FeaturesOf(a);
      std::ranges::copy(FeaturesOf(b), std::back_inserter(both));
      std::ranges::sort(both);
      both.erase(std::ranges::unique(both).begin(), both.end());
      EXPECT_TRUE(std::ranges::includes(FeaturesOf(merged), both));
      EXPECT_EQ(MergeProtocol(merged, a), merged);
      EXPECT_EQ(MergeProtocol(merged, b), merged);
      EXPECT_THAT(CheckSupported(merged, {}, ReplicationMode::kClone), Succeeded());
    }
  }
}

TEST(StripForClone, DropsWhatBindsToACatalogOrToHistory) {
  const Protocol stripped =
      StripForClone(Listed({"catalogManaged", "deletionVectors"},
                           {"deletionVectors", "checkpointProtection", "inCommitTimestamp", "catalogManaged"}));
  EXPECT_EQ(stripped, Listed({"deletionVectors"}, {"deletionVectors", "inCommitTimestamp"}));
  EXPECT_EQ(StripForClone(Legacy(2, 5)), Legacy(2, 5));
}

TEST(StripForClone, DropsPropertiesThatACloneCannotUphold) {
  Metadata source{.id = "i",
                  .schema_string = "s",
                  .configuration = {{"delta.appendOnly", "true"},
                                    {"delta.enableChangeDataFeed", "true"},
                                    {"delta.coordinatedCommits.commitCoordinatorConf-preview", "{}"},
                                    {"delta.universalFormat.enabledFormats", "iceberg"},
                                    {"delta.compatibility.symlinkFormatManifest.enabled", "true"},
                                    {"delta.inCommitTimestampEnablementVersion", "3"},
                                    {"delta.inCommitTimestampEnablementTimestamp", "4"},
                                    {"delta.enableInCommitTimestamps", "true"},
                                    {"delta.requireCheckpointProtectionBeforeVersion", "5"},
                                    {"delta.redirectReaderWriter-preview", "x"},
                                    {"delta.redirectWriterOnly-preview", "x"},
                                    {"io.unitycatalog.tableId", "x"},
                                    {"ucTableId", "x"},
                                    {"delta.columnMapping.mode", "name"},
                                    {"user.owner", "me"}}};
  Metadata expected = source;
  expected.configuration = {{"delta.appendOnly", "true"},
                            {"delta.enableInCommitTimestamps", "true"},
                            {"delta.columnMapping.mode", "name"},
                            {"user.owner", "me"}};
  EXPECT_EQ(StripForClone(source), expected);
}

TEST(ReplicationMode, HasANameForPeople) {
  EXPECT_EQ(ReplicationModeName(ReplicationMode::kClone), "clone");
  EXPECT_EQ(ReplicationModeName(ReplicationMode::kMirror), "mirror");
}

TEST(CheckpointsProtectedBefore, ReadsTheProperty) {
  const auto of = [](std::string value) {
    Metadata metadata;
    if (!value.empty()) metadata.configuration = {{"delta.requireCheckpointProtectionBeforeVersion", std::move(value)}};
    return CheckpointsProtectedBefore(metadata);
  };
  EXPECT_EQ(of("7"), Version(7));
  for (const char* none : {"", "0", "-1", "7x", "seven"}) EXPECT_EQ(of(none), std::nullopt) << none;
}

}  // namespace
}  // namespace lakeferry::delta
