// A table's snapshot as `lakeferry log` prints it: JSON (docs/json.md, the stable contract) and text. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "delta/snapshot.h"

namespace lakeferry {

struct SnapshotReport {
  std::string table_uri;
  const delta::Snapshot* snapshot;  // outlives the report
  bool with_files = false;
};

[[nodiscard]] std::string ToJson(const SnapshotReport& report);
[[nodiscard]] std::string ToText(const SnapshotReport& report);

// numRecords out of the statistics of an add action; absent where they do not say or are no JSON object.
[[nodiscard]] std::optional<int64_t> NumRecordsOf(const delta::AddFile& file);

}  // namespace lakeferry
