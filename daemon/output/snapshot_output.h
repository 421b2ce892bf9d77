// A table's snapshot as `lakeferry log` prints it: JSON (docs/json.md, the stable contract) and text.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "daemon/output/file_list.h"
#include "delta/snapshot.h"

namespace lakeferry {

// What is printed of a snapshot's files: their sums, and themselves where a listing is asked for.
class FileTally final : public delta::FileSink {
 public:
  explicit FileTally(bool keep) : keep_(keep) {}
  Status OnLive(delta::AddFile&& add) override;
  void Restart() override { *this = FileTally(keep_); }

  [[nodiscard]] int64_t files() const { return files_; }
  [[nodiscard]] int64_t bytes() const { return bytes_; }
  // Rows that a reader sees: those of the files less those that deletion vectors mark. Absent where a file does not
  // say.
  [[nodiscard]] std::optional<int64_t> records() const { return records_; }
  // The files that were kept.
  [[nodiscard]] const FileList& list() const { return list_; }

 private:
  bool keep_;
  int64_t files_ = 0;
  int64_t bytes_ = 0;
  std::optional<int64_t> records_ = 0;
  FileList list_;
};

struct SnapshotReport {
  std::string table_uri;
  const delta::Snapshot* snapshot;  // these two outlive the report
  const FileTally* files;
  bool with_files = false;
};

// Piece by piece, files ordered by path, so that millions of them never stand in memory as text.
void WriteJson(std::ostream& out, const SnapshotReport& report);
void WriteText(std::ostream& out, const SnapshotReport& report);

// numRecords out of the statistics of an add action; absent where they do not say or are no JSON object.
[[nodiscard]] std::optional<int64_t> NumRecordsOf(const delta::AddFile& file);

}  // namespace lakeferry
