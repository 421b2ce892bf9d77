// PartWriter: collects the lines of a table's manifest and puts them into staging in parts of bounded size.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/staging_area.h"

namespace lakeferry::engine {

// `staging` must outlive it.
class PartWriter {
 public:
  PartWriter(const StagingArea& staging, Epoch epoch, size_t part_bytes)
      : staging_(staging), epoch_(epoch), part_bytes_(part_bytes) {}

  // Adds one line (without line end); puts a part when it is full. The store's errors.
  Task<Status> Append(std::string line);
  // The same for many, each with its line end.
  Task<Status> AppendLines(std::string_view lines);
  // Puts what is left and returns all parts in order. Call once.
  Task<Result<std::vector<plan::ManifestPart>>> Finish();

 private:
  Task<Status> Flush();

  const StagingArea& staging_;
  Epoch epoch_;
  size_t part_bytes_;
  std::string text_;
  int64_t lines_ = 0;
  std::vector<plan::ManifestPart> parts_;
};

}  // namespace lakeferry::engine
