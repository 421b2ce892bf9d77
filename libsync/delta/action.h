// The actions of a Delta log as values (protocol: "Actions"). Field names are the protocol's; values are kept as they
// stand in the log, because a replicator must not re-encode what it carries.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lakeferry::delta {

// Keys with values that may be null, in the order they were written.
using NullableMap = std::vector<std::pair<std::string, std::optional<std::string>>>;
using StringMap = std::vector<std::pair<std::string, std::string>>;

struct DeletionVector {
  std::string storage_type;  // "u" relative file, "i" inline, "p" absolute path
  std::string path_or_inline_dv;
  std::optional<int64_t> offset;
  int64_t size_in_bytes = 0;
  int64_t cardinality = 0;
  bool operator==(const DeletionVector&) const = default;
};

struct AddFile {
  std::string path;  // as in the log: percent-encoded, relative or absolute
  NullableMap partition_values;
  int64_t size = 0;
  int64_t modification_time = 0;
  bool data_change = true;
  std::optional<std::string> stats;  // the JSON text, verbatim
  std::optional<NullableMap> tags;
  std::optional<DeletionVector> deletion_vector;
  std::optional<int64_t> base_row_id;
  std::optional<int64_t> default_row_commit_version;
  std::optional<std::string> clustering_provider;
  bool operator==(const AddFile&) const = default;
};

struct RemoveFile {
  std::string path;
  std::optional<int64_t> deletion_timestamp;  // absent counts as 0: long expired
  bool data_change = true;
  bool extended_file_metadata = false;
  std::optional<NullableMap> partition_values;
  std::optional<int64_t> size;
  std::optional<std::string> stats;
  std::optional<NullableMap> tags;
  std::optional<DeletionVector> deletion_vector;
  std::optional<int64_t> base_row_id;
  std::optional<int64_t> default_row_commit_version;
  bool operator==(const RemoveFile&) const = default;
};

struct AddCdcFile {
  std::string path;
  NullableMap partition_values;
  int64_t size = 0;
  std::optional<NullableMap> tags;
  bool operator==(const AddCdcFile&) const = default;
};

struct Metadata {
  std::string id;
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::string format_provider = "parquet";
  StringMap format_options;
  std::optional<std::string> schema_string;  // verbatim; absent where the table has no columns yet
  std::vector<std::string> partition_columns;
  std::optional<int64_t> created_time;
  StringMap configuration;
  bool operator==(const Metadata&) const = default;

  // The value of a table property, absent where it is not set.
  [[nodiscard]] std::optional<std::string> Property(std::string_view key) const {
    for (const auto& [name_, value] : configuration) {
      if (name_ == key) return value;
    }
    return std::nullopt;
  }
  // Whether the property is set to true, in whatever case.
  [[nodiscard]] bool IsOn(std::string_view key) const {
    const auto value = Property(key);
    return value &&
           std::ranges::equal(*value, std::string_view("true"), {}, [](unsigned char c) { return std::tolower(c); });
  }
};

struct Protocol {
  int32_t min_reader_version = 1;
  int32_t min_writer_version = 2;
  std::optional<std::vector<std::string>> reader_features;  // absent below reader version 3
  std::optional<std::vector<std::string>> writer_features;  // absent below writer version 7
  bool operator==(const Protocol&) const = default;
};

struct Txn {
  std::string app_id;
  int64_t version = 0;
  std::optional<int64_t> last_updated;
  bool operator==(const Txn&) const = default;
};

struct DomainMetadata {
  std::string domain;
  std::string configuration;
  bool removed = false;
  bool operator==(const DomainMetadata&) const = default;
};

// What a replicator reads of commitInfo; the rest is free-form and stays in the text.
struct CommitInfo {
  std::optional<int64_t> timestamp;
  std::optional<int64_t> in_commit_timestamp;
  std::optional<std::string> operation;
  std::optional<std::string> engine_info;
  std::optional<std::string> txn_id;
  std::optional<std::string> user_metadata;
  std::optional<std::string> job_id;             // commitInfo.job.jobId
  std::optional<std::string> job_run_id;         // commitInfo.job.runId, else jobRunId, else job.jobRunId
  std::optional<std::string> job_parent_run_id;  // commitInfo.job.jobRunId: of a job of many tasks, the job's own run
  // Top-level commitInfo fields of type string that are none of the above, such as Airflow or dbt writers set.
  StringMap other_strings;
  bool operator==(const CommitInfo&) const = default;
};

// A file of a V2 checkpoint that holds more of its actions (protocol: "Sidecar File Information").
struct Sidecar {
  std::string path;
  int64_t size_in_bytes = 0;
  int64_t modification_time = 0;
  bool operator==(const Sidecar&) const = default;
};

}  // namespace lakeferry::delta
