#include "tests/replay/log_text.h"

#include <arrow/type.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/parquet/written_checkpoint.h"

namespace lakeferry::delta {
namespace {

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string Joined(const std::vector<std::string>& members) { return fmt::format("{}", fmt::join(members, ",")); }
std::string Object(const std::vector<std::string>& members) { return "{" + Joined(members) + "}"; }

template <typename Value>
std::string MapText(const std::vector<std::pair<std::string, Value>>& entries, bool as_pairs) {
  std::vector<std::string> members;
  for (const auto& [key, entry] : entries) {
    const std::optional<std::string> value = entry;
    const std::string text = value ? Quoted(*value) : "null";
    members.push_back(as_pairs ? fmt::format("[{},{}]", Quoted(key), text) : Quoted(key) + ":" + text);
  }
  return as_pairs ? "[" + Joined(members) + "]" : Object(members);
}

std::string ListText(const std::vector<std::string>& values) {
  std::vector<std::string> members;
  for (const std::string& value : values) members.push_back(Quoted(value));
  return "[" + Joined(members) + "]";
}

// The members of an object under way; absent values are left out, or in Parquet's rows null.
class Members {
 public:
  explicit Members(bool parquet) : parquet_(parquet) {}

  void Text(std::string_view key, const std::optional<std::string>& value) {
    Raw(key, value ? std::optional(Quoted(*value)) : std::nullopt);
  }
  void Number(std::string_view key, std::optional<int64_t> value) {
    Raw(key, value ? std::optional(std::to_string(*value)) : std::nullopt);
  }
  template <typename Entries>
  void Map(std::string_view key, const std::optional<Entries>& value) {
    Raw(key, value ? std::optional(MapText(*value, parquet_)) : std::nullopt);
  }
  void Raw(std::string_view key, const std::optional<std::string>& value) {
    if (value || parquet_) members_.push_back(fmt::format("\"{}\":{}", key, value.value_or("null")));
  }
  [[nodiscard]] std::vector<std::string>& list() { return members_; }
  [[nodiscard]] std::string Text() const { return Object(members_); }

 private:
  bool parquet_;
  std::vector<std::string> members_;
};

std::optional<std::string> VectorText(const std::optional<DeletionVector>& dv, bool parquet) {
  if (!dv) return std::nullopt;
  Members out(parquet);
  out.Text("storageType", dv->storage_type);
  out.Text("pathOrInlineDv", dv->path_or_inline_dv);
  out.Number("offset", dv->offset);
  out.Number("sizeInBytes", dv->size_in_bytes);
  out.Number("cardinality", dv->cardinality);
  return out.Text();
}

Members AddMembers(const AddFile& add, const std::string& path, bool parquet) {
  Members out(parquet);
  out.Text("path", path);
  out.Map("partitionValues", std::optional(add.partition_values));
  out.Number("size", add.size);
  out.Number("modificationTime", add.modification_time);
  out.Raw("dataChange", "false");
  out.Text("stats", add.stats);
  out.Map("tags", add.tags);
  out.Raw("deletionVector", VectorText(add.deletion_vector, parquet));
  out.Number("baseRowId", add.base_row_id);
  out.Number("defaultRowCommitVersion", add.default_row_commit_version);
  return out;
}

Members MetadataMembers(const Metadata& metadata, bool parquet) {
  Members out(parquet);
  out.Text("id", metadata.id);
  out.Text("name", metadata.name);
  out.Raw("format", fmt::format(R"({{"provider":"{}","options":{}}})", metadata.format_provider,
                                MapText(metadata.format_options, parquet)));
  out.Text("schemaString", metadata.schema_string);
  out.Raw("partitionColumns", ListText(metadata.partition_columns));
  out.Map("configuration", std::optional(metadata.configuration));
  return out;
}

Members ProtocolMembers(const Protocol& protocol, bool parquet) {
  Members out(parquet);
  out.Number("minReaderVersion", protocol.min_reader_version);
  out.Number("minWriterVersion", protocol.min_writer_version);
  if (protocol.reader_features) out.Raw("readerFeatures", ListText(*protocol.reader_features));
  if (protocol.writer_features) out.Raw("writerFeatures", ListText(*protocol.writer_features));
  return out;
}

Members TxnMembers(const Txn& txn, bool parquet) {
  Members out(parquet);
  out.Text("appId", txn.app_id);
  out.Number("version", txn.version);
  out.Number("lastUpdated", txn.last_updated);
  return out;
}

Members DomainMembers(const DomainMetadata& domain, bool parquet) {
  Members out(parquet);
  out.Text("domain", domain.domain);
  out.Text("configuration", domain.configuration);
  out.Raw("removed", domain.removed ? "true" : "false");
  return out;
}

// The action with fields in any order, now and then with one that nobody knows.
std::string Line(std::string_view action, Members members, Dice& dice) {
  if (dice.OneIn(3)) dice.Shuffle(members.list());
  if (dice.OneIn(5)) members.Raw("aFieldOfTheFuture", R"({"deep":[1,{"deeper":null}],"big":123456789012345678901234})");
  return fmt::format("{{\"{}\":{}}}", action, members.Text());
}

// Calls `emit` with the name and the members of every action that makes up a table.
template <typename Emit>
void ForEachAction(const TableModel& table, bool parquet, Dice& dice, const Emit& emit) {
  if (table.protocol) emit("protocol", ProtocolMembers(*table.protocol, parquet));
  if (table.metadata) emit("metaData", MetadataMembers(*table.metadata, parquet));
  for (const auto& [app, txn] : table.txns) emit("txn", TxnMembers(txn, parquet));
  for (const auto& [name, domain] : table.domains) emit("domainMetadata", DomainMembers(domain, parquet));
  for (const auto& [name, add] : table.files) {
    emit("add", AddMembers(add, dice.Pick(Spellings()[static_cast<size_t>(name.first)]), parquet));
  }
}

const arrow::FieldVector& CheckpointColumns() {
  using arrow::field;
  const auto text = arrow::utf8();
  const auto number = arrow::int64();
  const auto texts = arrow::list(text);
  const auto map = arrow::map(text, text);
  const auto dv =
      arrow::struct_({field("storageType", text), field("pathOrInlineDv", text), field("offset", arrow::int32()),
                      field("sizeInBytes", arrow::int32()), field("cardinality", number)});
  static const arrow::FieldVector kColumns = {
      parquet::Action("protocol", {field("minReaderVersion", arrow::int32()), field("minWriterVersion", arrow::int32()),
                                   field("readerFeatures", texts), field("writerFeatures", texts)}),
      parquet::Action("metaData",
                      {field("id", text), field("name", text),
                       field("format", arrow::struct_({field("provider", text), field("options", map)})),
                       field("schemaString", text), field("partitionColumns", texts), field("configuration", map)}),
      parquet::Action("txn", {field("appId", text), field("version", number), field("lastUpdated", number)}),
      parquet::Action("domainMetadata",
                      {field("domain", text), field("configuration", text), field("removed", arrow::boolean())}),
      parquet::AddColumn({field("dataChange", arrow::boolean()), field("stats", text), field("tags", map),
                          field("deletionVector", dv), field("baseRowId", number),
                          field("defaultRowCommitVersion", number)})};
  return kColumns;
}

}  // namespace

std::string LineOf(const Operation& operation, Dice& dice) {
  const auto path = [&](int file) { return dice.Pick(Spellings()[static_cast<size_t>(file)]); };
  if (const auto* add = std::get_if<AddOperation>(&operation)) {
    return Line("add", AddMembers(add->add, path(add->file), false), dice);
  }
  if (const auto* remove = std::get_if<RemoveOperation>(&operation)) {
    Members members(false);
    members.Text("path", path(remove->file));
    members.Raw("dataChange", "true");
    if (dice.OneIn(2)) members.Number("deletionTimestamp", 7);
    members.Raw("deletionVector", VectorText(remove->deletion_vector, false));
    return Line("remove", members, dice);
  }
  if (const auto* metadata = std::get_if<Metadata>(&operation)) {
    return Line("metaData", MetadataMembers(*metadata, false), dice);
  }
  if (const auto* protocol = std::get_if<Protocol>(&operation)) {
    return Line("protocol", ProtocolMembers(*protocol, false), dice);
  }
  if (const auto* txn = std::get_if<Txn>(&operation)) return Line("txn", TxnMembers(*txn, false), dice);
  if (const auto* domain = std::get_if<DomainMetadata>(&operation)) {
    return Line("domainMetadata", DomainMembers(*domain, false), dice);
  }
  Members members(false);
  members.Number("inCommitTimestamp", std::get<OwnTime>(operation).ms);
  members.Text("operation", "WRITE");
  return Line("commitInfo", members, dice);
}

std::string CommitText(std::vector<std::string> lines, Dice& dice) {
  if (dice.OneIn(10)) lines.emplace_back(R"({"actionOfTheFuture":{"add":{"path":"never"}}})");
  if (dice.OneIn(10)) lines.emplace_back(" ");
  dice.Shuffle(lines);
  const std::string_view end = dice.OneIn(10) ? "\r\n" : "\n";
  std::string text = fmt::format("{}", fmt::join(lines, end));
  if (!dice.OneIn(10)) text += end;
  return text;
}

std::string JsonCheckpoint(const TableModel& table, int64_t version, Dice& dice) {
  std::string text = fmt::format(R"({{"checkpointMetadata":{{"version":{}}}}})", version) + "\n";
  ForEachAction(table, false, dice, [&](std::string_view action, Members members) {
    text += Line(action, std::move(members), dice) + "\n";
  });
  return text;
}

std::vector<std::string> ParquetCheckpoint(const TableModel& table, size_t parts, Dice& dice) {
  std::vector<std::vector<std::string>> rows(parts);
  ForEachAction(table, true, dice, [&](std::string_view action, const Members& members) {
    rows[static_cast<size_t>(dice.Below(static_cast<int64_t>(parts)))].push_back(
        fmt::format("{{\"{}\":{}}}", action, members.Text()));
  });
  std::vector<std::string> files;
  for (const auto& part : rows) files.push_back(parquet::WriteParquet(CheckpointColumns(), "[" + Joined(part) + "]"));
  return files;
}

}  // namespace lakeferry::delta
