#include "delta/table_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>

namespace lakeferry::delta {
namespace {

using Names = std::vector<std::string>;

constexpr std::string_view kProtectedBefore = "delta.requireCheckpointProtectionBeforeVersion";
constexpr int32_t kReaderVersionMax = 3;
constexpr int32_t kWriterVersionMax = 7;

// Features that change how a table is read and that replication knows how to carry. Sorted.
constexpr std::array<std::string_view, 10> kReaderFeatures = {
    "columnMapping", "deletionVectors", "geospatial",          "timestampNtz",     "timestampWithoutTimezone",
    "typeWidening",  "v2Checkpoint",    "vacuumProtocolCheck", "variantShredding", "variantType"};

// Features that only bind writers, of which a clone is one. Sorted.
constexpr std::array<std::string_view, 19> kWriterFeatures = {"allowColumnDefaults",  "appendOnly",
                                                              "changeDataFeed",       "checkConstraints",
                                                              "checkpointProtection", "clustering",
                                                              "collations",           "columnMapping",
                                                              "domainMetadata",       "generatedColumns",
                                                              "icebergCompatV1",      "icebergCompatV2",
                                                              "icebergCompatV3",      "icebergWriterCompatV1",
                                                              "identityColumns",      "inCommitTimestamp",
                                                              "invariants",           "materializePartitionColumns",
                                                              "rowTracking"};

// What a legacy version number stands for.
struct Implied {
  int32_t since;
  std::string_view feature;
};
constexpr std::array<Implied, 7> kImpliedByWriter = {{{2, "appendOnly"},
                                                      {2, "invariants"},
                                                      {3, "checkConstraints"},
                                                      {4, "changeDataFeed"},
                                                      {4, "generatedColumns"},
                                                      {5, "columnMapping"},
                                                      {6, "identityColumns"}}};
constexpr std::array<Implied, 1> kImpliedByReader = {{{2, "columnMapping"}}};

// Its properties had other names, which today's engines do not know: to them it is an unknown feature of writers.
constexpr std::string_view kPreviewOfInCommitTimestamp = "inCommitTimestamp-preview";

// The feature without the mark of a preview.
std::string_view BaseName(std::string_view feature) {
  for (const std::string_view suffix : {std::string_view("-preview"), std::string_view("-dev")}) {
    if (feature.ends_with(suffix)) return feature.substr(0, feature.size() - suffix.size());
  }
  return feature;
}

template <size_t kSize>
bool IsOneOf(const std::array<std::string_view, kSize>& names, std::string_view feature) {
  return std::ranges::binary_search(names, BaseName(feature));
}

template <size_t kSize>
Names ImpliedFeatures(const std::array<Implied, kSize>& table, int32_t version) {
  Names names;
  for (const auto& [since, feature] : table) {
    if (version >= since) names.emplace_back(feature);
  }
  return names;
}

Names ReaderFeaturesOf(const Protocol& protocol) {
  if (protocol.reader_features) return *protocol.reader_features;
  return ImpliedFeatures(kImpliedByReader, protocol.min_reader_version);
}

Names WriterFeaturesOf(const Protocol& protocol) {
  if (protocol.writer_features) return *protocol.writer_features;
  if (protocol.min_writer_version >= kWriterVersionMax) return {};
  return ImpliedFeatures(kImpliedByWriter, protocol.min_writer_version);
}

// Why tables with the feature are never carried, and what to do; absent for all others.
struct Refusal {
  std::string_view why;
  std::string_view remedy;
};

std::optional<Refusal> AlwaysRefused(std::string_view feature) {
  const std::string_view name = BaseName(feature);
  if (name == "catalogManaged" || name == "catalogOwned") {
    return Refusal{.why = "its commits are kept by a catalog, so that the files show only a part of them",
                   .remedy = "replicate a deep clone of the table, or drop the feature from it"};
  }
  if (name == "coordinatedCommits") {
    return Refusal{.why = "its commits are kept by a commit coordinator, so that the files show only a part of them",
                   .remedy = "unset the properties delta.coordinatedCommits.* and drop the feature"};
  }
  if (name == "redirectReaderWriter" || name == "redirectWriterOnly") {
    return Refusal{.why = "it sends its readers or writers to another location",
                   .remedy = "replicate the table it points to, or drop the feature"};
  }
  if (name == "adaptiveMetadata") {
    return Refusal{.why = "its files are listed outside of the log",
                   .remedy = "replicate a deep clone of the table, or drop the feature from it"};
  }
  return std::nullopt;
}

std::string VersionsOf(const Protocol& protocol) {
  return fmt::format("reader version {}, writer version {}", protocol.min_reader_version, protocol.min_writer_version);
}

// Collects what stands in the way of carrying a table.
class Obstacles {
 public:
  explicit Obstacles(const Protocol& protocol) : protocol_(protocol) {}

  void Version(std::string_view field, int32_t version, int32_t most, bool listed) {
    const bool known = version >= 1 && version <= most;
    if (known && listed) return;
    Add({.name = fmt::format("{} {}", field, version),
         .what = fmt::format("the table's protocol ({}) {}", VersionsOf(protocol_),
                             known ? "has no list of table features" : "is not known"),
         .remedy = "use a release of lakeferry that knows it, or write the table with another protocol"});
  }

  void List(std::string_view field) {
    Add({.name = std::string(field),
         .what = fmt::format("the table's protocol ({}) has the list {}, which its version does not allow",
                             VersionsOf(protocol_), field),
         .remedy = "write the table's protocol anew: readers refuse it as well"});
  }

  void Feature(std::string_view feature, std::string_view why, std::string remedy, bool of_clones = false) {
    Add({.name = std::string(feature),
         .what = fmt::format("table feature '{}' ({}) cannot be replicated: {}", feature, VersionsOf(protocol_), why),
         .remedy = std::move(remedy),
         .of_clones_only = of_clones});
  }

  void Property(std::string_view key, const Refusal& refusal) {
    Add({.name = std::string(key),
         .what = fmt::format("a table with the property '{}' cannot be replicated: {}", key, refusal.why),
         .remedy = std::string(refusal.remedy)});
  }

  [[nodiscard]] std::vector<Obstacle> Take() && { return std::move(found_); }

 private:
  void Add(Obstacle obstacle) {
    if (std::ranges::find(found_, obstacle.name, &Obstacle::name) == found_.end()) {
      found_.push_back(std::move(obstacle));
    }
  }

  const Protocol& protocol_;
  std::vector<Obstacle> found_;
};

std::string DropRemedy(std::string_view feature) {
  return fmt::format("drop it (ALTER TABLE … DROP FEATURE `{}`), or use a release of lakeferry that knows it", feature);
}

void AddVersions(const Protocol& protocol, Obstacles& found) {
  const bool readers_listed = protocol.min_reader_version < kReaderVersionMax || protocol.reader_features;
  const bool writers_listed = protocol.min_writer_version < kWriterVersionMax || protocol.writer_features;
  if (protocol.min_reader_version < kReaderVersionMax && protocol.reader_features) found.List("readerFeatures");
  if (protocol.min_writer_version < kWriterVersionMax && protocol.writer_features) found.List("writerFeatures");
  found.Version("minReaderVersion", protocol.min_reader_version, kReaderVersionMax, readers_listed);
  found.Version("minWriterVersion", protocol.min_writer_version, kWriterVersionMax, writers_listed);
}

void AddNeverCarried(const Protocol& protocol, const Metadata& metadata, Obstacles& found) {
  for (const std::string& feature : FeaturesOf(protocol)) {
    const auto refusal = AlwaysRefused(feature);
    if (refusal) found.Feature(feature, refusal->why, std::string(refusal->remedy));
  }
  for (const auto& [key, value] : metadata.configuration) {
    if (value.empty() || !key.starts_with("delta.")) continue;
    std::string_view name = std::string_view(key).substr(6);
    if (name.starts_with("coordinatedCommits.commitCoordinator")) name = "coordinatedCommits";
    if (const auto refusal = AlwaysRefused(name)) found.Property(key, *refusal);
  }
}

void AddUnknownToReaders(const Protocol& protocol, Obstacles& found) {
  for (const std::string& feature : ReaderFeaturesOf(protocol)) {
    if (IsOneOf(kReaderFeatures, feature)) continue;
    found.Feature(feature, "readers need to know it, and this release does not", DropRemedy(feature));
  }
}

void AddUnknownToWriters(const Protocol& protocol, Obstacles& found) {
  for (const std::string& feature : WriterFeaturesOf(protocol)) {
    const bool known = IsOneOf(kReaderFeatures, feature) || IsOneOf(kWriterFeatures, feature);
    if (known && feature != kPreviewOfInCommitTimestamp) continue;
    found.Feature(feature, "a clone writes commits of its own, and this release does not know the feature",
                  DropRemedy(feature) + ", or set mode: mirror", true);
  }
}

// `first` and what `second` has besides, in that order.
Names Union(Names first, const Names& second) {
  for (const std::string& name : second) {
    if (std::ranges::find(first, name) == first.end()) first.push_back(name);
  }
  return first;
}

bool DroppedFeature(const std::string& feature) {
  return AlwaysRefused(feature).has_value() || BaseName(feature) == "checkpointProtection";
}

bool DroppedProperty(std::string_view key) {
  constexpr std::array<std::string_view, 10> kDropped = {"delta.compatibility.symlinkFormatManifest.enabled",
                                                         "delta.enableChangeDataFeed",
                                                         "delta.inCommitTimestampEnablementTimestamp",
                                                         "delta.inCommitTimestampEnablementVersion",
                                                         "delta.redirectReaderWriter-preview",
                                                         "delta.redirectWriterOnly-preview",
                                                         kProtectedBefore,
                                                         "delta.universalFormat.enabledFormats",
                                                         "io.unitycatalog.tableId",
                                                         "ucTableId"};
  return key.starts_with("delta.coordinatedCommits.") || std::ranges::find(kDropped, key) != kDropped.end();
}

}  // namespace

std::string_view ReplicationModeName(ReplicationMode mode) {
  return mode == ReplicationMode::kClone ? "clone" : "mirror";
}

std::vector<std::string> FeaturesOf(const Protocol& protocol) {
  std::set<std::string> features;
  for (Names names : {ReaderFeaturesOf(protocol), WriterFeaturesOf(protocol)}) {
    std::ranges::move(names, std::inserter(features, features.end()));
  }
  return {features.begin(), features.end()};
}

std::vector<Obstacle> ObstaclesOf(const Protocol& protocol, const Metadata& metadata) {
  Obstacles found(protocol);
  AddVersions(protocol, found);
  AddNeverCarried(protocol, metadata, found);
  AddUnknownToReaders(protocol, found);
  AddUnknownToWriters(protocol, found);
  return std::move(found).Take();
}

Status CheckSupported(const Protocol& protocol, const Metadata& metadata, ReplicationMode mode) {
  for (Obstacle& obstacle : ObstaclesOf(protocol, metadata)) {
    if (obstacle.of_clones_only && mode == ReplicationMode::kMirror) continue;
    return Fail(ErrorCode::kUnsupportedTable, std::move(obstacle.what), "", std::move(obstacle.remedy));
  }
  return {};
}

Protocol MergeProtocol(const Protocol& replica, const Protocol& source) {
  Protocol merged{.min_reader_version = std::max(replica.min_reader_version, source.min_reader_version),
                  .min_writer_version = std::max(replica.min_writer_version, source.min_writer_version)};
  // Lists of features for readers exist only together with lists for writers.
  if (merged.min_reader_version >= kReaderVersionMax) merged.min_writer_version = kWriterVersionMax;
  if (merged.min_reader_version >= kReaderVersionMax) {
    merged.reader_features = Union(ReaderFeaturesOf(replica), ReaderFeaturesOf(source));
  }
  if (merged.min_writer_version >= kWriterVersionMax) {
    merged.writer_features = Union(WriterFeaturesOf(replica), WriterFeaturesOf(source));
    if (merged.reader_features) merged.writer_features = Union(*merged.writer_features, *merged.reader_features);
  }
  return merged;
}

Protocol StripForClone(Protocol source) {
  for (auto* features : {&source.reader_features, &source.writer_features}) {
    if (*features) std::erase_if(**features, DroppedFeature);
  }
  return source;
}

Metadata StripForClone(Metadata source) {
  std::erase_if(source.configuration, [](const auto& property) { return DroppedProperty(property.first); });
  return source;
}

std::optional<Version> CheckpointsProtectedBefore(const Metadata& metadata) {
  const auto text = metadata.Property(kProtectedBefore);
  if (!text) return std::nullopt;
  int64_t version = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), version);
  if (error != std::errc() || end != text->data() + text->size() || version <= 0) return std::nullopt;
  return Version(version);
}

}  // namespace lakeferry::delta
