#include "daemon/output/snapshot_output.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "base/saturated.h"
#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "daemon/output/text_table.h"
#include "delta/table_features.h"
#include "json/scanner.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

using delta::AddFile;
using delta::Snapshot;

constexpr size_t kValueColumn = 17;               // of the text form, behind the names
constexpr size_t kPieceBytes = size_t{64} << 10;  // of a document that is written piece by piece

constexpr std::string_view kNumRecords = "numRecords";
constexpr size_t kDigitsMax = 20;  // longer ones are no number of 64 bits

// Finds the whole number under the key numRecords of the outermost object.
class NumRecordsListener : public json::Scanner::Listener {
 public:
  [[nodiscard]] std::optional<int64_t> value() const { return value_; }

  void OnOpen(bool /*object*/) override { ++depth_; }
  void OnClose(bool /*object*/) override { --depth_; }
  void OnBetween(std::string_view /*text*/) override {}
  void OnKeyPart(std::string_view raw) override {
    if (key_.size() <= kNumRecords.size()) key_.append(raw.substr(0, kNumRecords.size() + 1));
  }
  void OnKeyEnd() override {
    wanted_ = depth_ == 1 && key_ == kNumRecords;
    key_.clear();
  }
  void OnScalar(char first) override {
    wanted_ = wanted_ && depth_ == 1 && first != '"';
    number_.clear();
  }
  void OnScalarPart(std::string_view raw) override {
    if (wanted_ && number_.size() <= kDigitsMax) number_.append(raw.substr(0, kDigitsMax + 1));
  }
  void OnScalarEnd() override {
    int64_t number = 0;
    const char* const end = number_.data() + number_.size();
    const auto [after, problem] = std::from_chars(number_.data(), end, number);
    if (wanted_ && problem == std::errc() && after == end && number >= 0) value_ = number;
    wanted_ = false;
  }

 private:
  int depth_ = 0;
  bool wanted_ = false;
  std::string key_;
  std::string number_;
  std::optional<int64_t> value_;
};

// The number where the statistics begin with it, without looking at the rest.
std::optional<int64_t> FirstNumRecords(std::string_view stats) {
  constexpr std::string_view kBegin = R"({"numRecords":)";
  if (!stats.starts_with(kBegin)) return std::nullopt;
  int64_t number = 0;
  const char* const end = stats.data() + stats.size();
  const auto [after, problem] = std::from_chars(stats.data() + kBegin.size(), end, number);
  if (problem != std::errc() || number < 0 || after == end || (*after != ',' && *after != '}')) return std::nullopt;
  return number;
}

void WriteDeletionVector(json::Writer& json, const std::optional<delta::DeletionVector>& vector) {
  if (!vector) {
    json.Null("deletion_vector");
    return;
  }
  json.Object("deletion_vector", [&] {
    json.Field("storage_type", vector->storage_type);
    json.Field("path_or_inline_dv", vector->path_or_inline_dv);
    json.Field("offset", vector->offset);
    json.Field("size_in_bytes", vector->size_in_bytes);
    json.Field("cardinality", vector->cardinality);
  });
}

void WriteFiles(std::ostream& out, json::Writer& json, const FileList& files) {
  ListedFile file;
  json.Objects("files", files.Sorted(), [&](const FileList::Place& place) {
    files.Read(place, file);
    json.Field("path", file.path);
    json.Field("size", file.size);
    json.Object("partition_values", [&] {
      for (const auto& [column, value] : file.partition_values) json.Field(column, value);
    });
    json.Field("num_records", file.num_records);
    WriteDeletionVector(json, file.deletion_vector);
    if (json.size() >= kPieceBytes) out << json.Take();
  });
}

std::string Features(const std::optional<std::vector<std::string>>& features) {
  return features ? HumanList(*features) : "-";
}

std::vector<std::string> NamesOf(const std::vector<delta::Obstacle>& obstacles) {
  std::vector<std::string> names;
  names.reserve(obstacles.size());
  for (const delta::Obstacle& obstacle : obstacles) names.push_back(obstacle.name);
  return names;
}

// What the table asks for and this release does not know, for people.
std::string Unsupported(const Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const delta::Obstacle& obstacle : delta::ObstaclesOf(snapshot.protocol, snapshot.metadata)) {
    names.push_back(obstacle.name + (obstacle.of_clones_only ? " (in clone mode)" : ""));
  }
  return HumanList(names);
}

std::vector<std::string> Cells(const ListedFile& file) {
  return {std::string(file.path), HumanBytes(file.size), file.num_records ? std::to_string(*file.num_records) : "-",
          file.deletion_vector ? std::to_string(file.deletion_vector->cardinality) : "-"};
}

void WriteFiles(std::ostream& out, const FileList& files) {
  using Align = TextColumns::Align;
  TextColumns columns({{.title = "PATH", .fit = TextColumns::Fit::kShorten},
                       {.title = "SIZE", .align = Align::kRight},
                       {.title = "RECORDS", .align = Align::kRight},
                       {.title = "DELETED", .align = Align::kRight}});
  const std::vector<FileList::Place> places = files.Sorted();
  ListedFile file;
  for (const FileList::Place& place : places) {
    files.Read(place, file);
    columns.Measure(Cells(file));
  }
  out << columns.Titles();
  for (const FileList::Place& place : places) {
    files.Read(place, file);
    out << columns.Row(Cells(file));
  }
}

}  // namespace

Status FileTally::OnLive(AddFile&& add) {
  ++files_;
  bytes_ = AddSaturated(bytes_, add.size);
  const auto in_file = records_ || keep_ ? NumRecordsOf(add) : std::nullopt;
  int64_t live = 0;
  const bool known =
      records_ && in_file &&
      !__builtin_sub_overflow(*in_file, add.deletion_vector ? add.deletion_vector->cardinality : 0, &live) &&
      !__builtin_add_overflow(*records_, live, &live);
  records_ = known ? std::optional(live) : std::nullopt;
  if (keep_) list_.Add(add, in_file);
  return {};
}

std::optional<int64_t> NumRecordsOf(const AddFile& file) {
  if (!file.stats) return std::nullopt;
  // Writers begin with it.
  if (const auto first = FirstNumRecords(*file.stats)) return first;
  NumRecordsListener listener;
  json::Scanner scanner(listener);
  scanner.Read(*file.stats);
  return scanner.Finish().empty() ? listener.value() : std::nullopt;
}

void WriteJson(std::ostream& out, const SnapshotReport& report) {
  const Snapshot& snapshot = *report.snapshot;
  const std::vector<std::string> none;
  json::Writer json(json::Texts::kShown);
  json.Field("table_uri", report.table_uri);
  json.Field("version", snapshot.version);
  json.Field("timestamp_ms", snapshot.timestamp);
  json.Field("table_id", snapshot.metadata.id);
  json.Field("min_reader_version", int64_t{snapshot.protocol.min_reader_version});
  json.Field("min_writer_version", int64_t{snapshot.protocol.min_writer_version});
  json.Field("reader_features", snapshot.protocol.reader_features.value_or(none));
  json.Field("writer_features", snapshot.protocol.writer_features.value_or(none));
  json.Field("unsupported", NamesOf(delta::ObstaclesOf(snapshot.protocol, snapshot.metadata)));
  json.Field("partition_columns", snapshot.metadata.partition_columns);
  json.Field("schema_string", snapshot.metadata.schema_string);
  json.Object("properties", [&] {
    for (const auto& [key, value] : snapshot.metadata.configuration) json.Field(key, value);
  });
  json.Field("num_files", report.files->files());
  json.Field("size_bytes", report.files->bytes());
  json.Field("num_records", report.files->records());
  if (report.with_files) WriteFiles(out, json, report.files->list());
  out << json.FinishLine();
}

void WriteText(std::ostream& out, const SnapshotReport& report) {
  const Snapshot& snapshot = *report.snapshot;
  const auto records = report.files->records();
  std::vector<std::string> properties;
  for (const auto& [key, value] : snapshot.metadata.configuration)
    properties.push_back(fmt::format("{}={}", key, value));
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"table", report.table_uri},
      {"version", std::to_string(snapshot.version.value())},
      {"time", HumanTime(snapshot.timestamp)},
      {"table id", snapshot.metadata.id},
      {"protocol",
       fmt::format("reader {}, writer {}", snapshot.protocol.min_reader_version, snapshot.protocol.min_writer_version)},
      {"reader features", Features(snapshot.protocol.reader_features)},
      {"writer features", Features(snapshot.protocol.writer_features)},
      {"unsupported", Unsupported(snapshot)},
      {"partitioned by", HumanList(snapshot.metadata.partition_columns)},
      {"properties", HumanList(properties)},
      {"files", std::to_string(report.files->files())},
      {"size", HumanBytes(report.files->bytes())},
      {"records", records ? std::to_string(*records) : "unknown"},
      {"schema", snapshot.metadata.schema_string.value_or("none")},
  };
  for (const auto& [name, value] : lines) out << Wrapped(fmt::format("{:<16} {}", name, value), 0, kValueColumn);
  if (!report.with_files) return;
  out << '\n';
  WriteFiles(out, report.files->list());
}

}  // namespace lakeferry
