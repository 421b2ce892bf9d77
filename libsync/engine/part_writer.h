// PartWriter: collects the lines of a table's manifest and puts them into staging in parts of bounded size, each of which
// was read back first as the receiver will read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/staging_area.h"

namespace lakeferry::engine {

// `staging` must outlive it.
class PartWriter {
 public:
  // `table`: whose lines they are; for the rules of its paths, and for errors.
  PartWriter(const StagingArea& staging, Epoch epoch, const plan::ManifestTable& table, const Environment& env);

  // Adds one line (without line end); puts a part when it is full. The store's errors; kUnsupportedTable, naming table,
  // version and line, for what the receiver could not take: then nothing of it was put.
  Task<Status> Append(std::string line);
  // The same for many, each with its line end.
  Task<Status> AppendLines(std::string_view lines);
  // Puts what is left and returns all parts in order. Call once.
  Task<Result<std::vector<plan::ManifestPart>>> Finish();

 private:
  Task<Status> Flush();
  // Of what the receiver could not take: an error of the source table.
  [[nodiscard]] std::unexpected<Error> Unacceptable(const Error& error) const;
  [[nodiscard]] Status ReadBack() const;

  const StagingArea& staging_;
  const Environment& env_;
  Epoch epoch_;
  std::string table_;
  std::string source_uri_;
  Version version_;
  std::string text_;
  int64_t lines_ = 0;
  std::vector<plan::ManifestPart> parts_;
};

}  // namespace lakeferry::engine
