#include "tests/parquet/action_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace lakeferry::parquet {
namespace {

// The escapes of Python's json.dumps(ensure_ascii=False).
std::string Quoted(std::string_view text) {
  static const std::map<char, std::string> kShort = {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\r', "\\r"},
                                                     {'\t', "\\t"}, {'\b', "\\b"},  {'\f', "\\f"}};
  std::string out = "\"";
  for (const char c : text) {
    if (const auto found = kShort.find(c); found != kShort.end()) {
      out += found->second;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string Text(const std::string& value) { return Quoted(value); }
std::string Text(int64_t value) { return std::to_string(value); }
std::string Text(bool value) { return value ? "true" : "false"; }

template <typename Map>
std::string MapText(const Map& entries) {
  std::map<std::string, std::string> sorted;
  for (const auto& [key, value] : entries) {
    if constexpr (requires { value.has_value(); }) {
      sorted[key] = value ? Quoted(*value) : "null";
    } else {
      sorted[key] = Quoted(value);
    }
  }
  std::string out;
  for (const auto& [key, value] : sorted) out += (out.empty() ? "" : ",") + Quoted(key) + ":" + value;
  return "{" + out + "}";
}

std::string Text(const delta::NullableMap& entries) { return MapText(entries); }
std::string Text(const delta::StringMap& entries) { return MapText(entries); }

std::string Text(const std::vector<std::string>& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : ",") + Quoted(value);
  return "[" + out + "]";
}

// One object; fields that are absent leave no trace.
class Object {
 public:
  template <typename T>
  Object& Field(std::string_view name, const T& value) {
    if constexpr (requires { value.has_value(); }) {
      if (value) Raw(name, Text(*value));
    } else {
      Raw(name, Text(value));
    }
    return *this;
  }
  Object& Raw(std::string_view name, const std::string& json) {
    out_ += (out_.empty() ? "" : ",") + Quoted(name) + ":" + json;
    return *this;
  }
  [[nodiscard]] std::string Json() const { return "{" + out_ + "}"; }

 private:
  std::string out_;
};

std::string Text(const delta::DeletionVector& dv) {
  return Object()
      .Field("storageType", dv.storage_type)
      .Field("pathOrInlineDv", dv.path_or_inline_dv)
      .Field("offset", dv.offset)
      .Field("sizeInBytes", dv.size_in_bytes)
      .Field("cardinality", dv.cardinality)
      .Json();
}

std::string Line(std::string_view kind, const Object& action) { return Object().Raw(kind, action.Json()).Json(); }

}  // namespace

Status TextSink::OnAdd(delta::AddFile&& add) {
  Object text;
  text.Field("path", add.path)
      .Field("partitionValues", add.partition_values)
      .Field("size", add.size)
      .Field("modificationTime", add.modification_time)
      .Field("stats", add.stats)
      .Field("tags", add.tags);
  if (add.deletion_vector) text.Raw("deletionVector", Text(*add.deletion_vector));
  text.Field("baseRowId", add.base_row_id)
      .Field("defaultRowCommitVersion", add.default_row_commit_version)
      .Field("clusteringProvider", add.clustering_provider);
  if (add.data_change) text.Field("dataChange", true);
  lines_.push_back(Line("add", text));
  return {};
}

Status TextSink::OnRemove(delta::RemoveFile&& remove) {
  Object text;
  text.Field("path", remove.path)
      .Field("deletionTimestamp", remove.deletion_timestamp)
      .Field("extendedFileMetadata", remove.extended_file_metadata)
      .Field("partitionValues", remove.partition_values)
      .Field("size", remove.size)
      .Field("stats", remove.stats)
      .Field("tags", remove.tags);
  if (remove.deletion_vector) text.Raw("deletionVector", Text(*remove.deletion_vector));
  text.Field("baseRowId", remove.base_row_id).Field("defaultRowCommitVersion", remove.default_row_commit_version);
  if (remove.data_change) text.Field("dataChange", true);
  lines_.push_back(Line("remove", text));
  return {};
}

Status TextSink::OnMetadata(delta::Metadata&& metadata) {
  Object format;
  format.Field("provider", metadata.format_provider).Field("options", metadata.format_options);
  Object text;
  text.Field("id", metadata.id)
      .Field("name", metadata.name)
      .Field("description", metadata.description)
      .Raw("format", format.Json())
      .Field("schemaString", metadata.schema_string)
      .Field("partitionColumns", metadata.partition_columns)
      .Field("createdTime", metadata.created_time)
      .Field("configuration", metadata.configuration);
  lines_.push_back(Line("metaData", text));
  return {};
}

Status TextSink::OnProtocol(delta::Protocol&& protocol) {
  Object text;
  text.Field("minReaderVersion", int64_t{protocol.min_reader_version})
      .Field("minWriterVersion", int64_t{protocol.min_writer_version})
      .Field("readerFeatures", protocol.reader_features)
      .Field("writerFeatures", protocol.writer_features);
  lines_.push_back(Line("protocol", text));
  return {};
}

Status TextSink::OnTxn(delta::Txn&& txn) {
  Object text;
  text.Field("appId", txn.app_id).Field("version", txn.version).Field("lastUpdated", txn.last_updated);
  lines_.push_back(Line("txn", text));
  return {};
}

Status TextSink::OnDomainMetadata(delta::DomainMetadata&& domain) {
  Object text;
  text.Field("domain", domain.domain).Field("configuration", domain.configuration).Field("removed", domain.removed);
  lines_.push_back(Line("domainMetadata", text));
  return {};
}

Status TextSink::OnSidecar(delta::Sidecar&& sidecar) {
  Object text;
  text.Field("path", sidecar.path)
      .Field("sizeInBytes", sidecar.size_in_bytes)
      .Field("modificationTime", sidecar.modification_time);
  lines_.push_back(Line("sidecar", text));
  return {};
}

Status TextSink::OnCheckpointMetadata(int64_t version) {
  lines_.push_back(Line("checkpointMetadata", Object().Field("version", version)));
  return {};
}

std::vector<std::string> TextSink::Sorted() const {
  auto sorted = lines_;
  std::ranges::sort(sorted);
  return sorted;
}

}  // namespace lakeferry::parquet
