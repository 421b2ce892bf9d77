// StatusExporter: writes what roles know of their groups into a Delta table that any engine reads
// (plan/export/status_table.h). Nothing depends on that table: what it cannot be given is an error of the export and of
// nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "delta/row_file.h"
#include "engine/apply/checkpoint_keeper.h"
#include "engine/environment.h"
#include "plan/export/status_table.h"

namespace lakeferry::engine {

struct ExportedRow {
  plan::StatusKey key;
  plan::RowStanding standing = plan::RowStanding::kDue;  // as it was found: kDue is written by now
};

struct StatusExport {
  std::string table_uri;
  std::optional<Version> version;  // the table's newest; absent where there was no row to write and is no table
  std::vector<ExportedRow> rows;
};

// `env` and `files` must outlive it. One task at a time.
class StatusExporter {
 public:
  // `table`: where the table lies, or is to be made by the first export.
  StatusExporter(const Environment& env, const delta::RowFileWriter& files, StoreRef table)
      : env_(env), files_(files), table_(std::move(table)), checkpoints_(env) {}

  // Rows that say something new replace those of their keys, all by one commit; a repeated export of the same state
  // writes nothing. Others may write at the same time: whoever is second looks again. kRefused for a table that is
  // another, and for a folder in which something else lies; kUnavailable where others were faster for long; the store's
  // errors, and those of a log that cannot be read.
  Task<Result<StatusExport>> Export(Call call, std::vector<plan::StatusRow> rows);
  // Whether an export would find a table that it can write into, as far as reading tells: true where there is one,
  // false where the first export makes it. Errors as of Export.
  Task<Result<bool>> Check(Call call) const;

 private:
  struct Found;  // the table as it is
  Task<Result<Found>> Look(Call call, std::shared_ptr<ObjectStore> store) const;
  // Whether the commit is in the log; false: look again.
  Task<Result<bool>> Write(Call call, ObjectStore& store, const std::vector<plan::StatusRow>& rows,
                           const std::vector<size_t>& due, const Found& found) const;
  Task<Result<plan::StatusUpdate>> WriteFile(Call call, ObjectStore& store, const plan::StatusRow& row) const;

  const Environment& env_;
  const delta::RowFileWriter& files_;
  const StoreRef table_;
  CheckpointKeeper checkpoints_;
};

// What the metadata store knows of these groups, as rows. Its errors.
Task<Result<std::vector<plan::StatusRow>>> StatusRowsOf(Call call, const Environment& env,
                                                        std::vector<GroupRecord> records);

}  // namespace lakeferry::engine
