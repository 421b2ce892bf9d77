// PartWriter: collects the lines of a table's manifest and puts them into staging in parts of bounded size, each of
// which was read back first as the receiver will read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/staging/staging_area.h"
#include "plan/rules/epoch_rules.h"

namespace lakeferry::engine {

// `staging` must outlive it.
class PartWriter {
 public:
  // `table`: whose lines they are, which must outlive the writer; its counts are complete when Finish is called.
  PartWriter(const StagingArea& staging, Epoch epoch, delta::ReplicationMode mode, const plan::ManifestTable& table,
             const Environment& env);
  PartWriter(const PartWriter&) = delete;
  PartWriter& operator=(const PartWriter&) = delete;

  // Adds one line (without line end); puts a part when it is full. The store's errors; kUnsupportedTable, naming table,
  // version and line, for what the receiver could not take: then nothing of it was put.
  Task<Status> Append(Call call, std::string line);
  // The same for many, each with its line end.
  Task<Status> AppendLines(Call call, std::string_view lines);
  // Puts what is left and returns all parts in order; kUnsupportedTable as above, where they do not make a whole. Call
  // once.
  Task<Result<std::vector<plan::ManifestPart>>> Finish(Call call);

 private:
  Task<Status> Flush(Call call);
  // Of what the receiver could not take: an error of the source table.
  [[nodiscard]] std::unexpected<Error> Unacceptable(const Error& error) const;
  [[nodiscard]] Status ReadBack();
  // An error that names the object which is missing; there is one.
  Task<Status> FindMissing(Call call);

  const StagingArea& staging_;
  const Environment& env_;
  const plan::ManifestTable& table_;
  plan::Manifest header_;  // of the manifest to come, as far as the rules look at it
  plan::EpochRules rules_;
  std::string text_;
  int64_t lines_ = 0;
  std::vector<plan::ManifestPart> parts_;
};

}  // namespace lakeferry::engine
