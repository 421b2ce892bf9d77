// A random small log: the objects of its folder, and by the reference what each version is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "delta/log_path.h"
#include "tests/replay/table_model.h"

namespace lakeferry::delta {

struct RandomLog {
  std::map<std::string, std::string> objects;  // name in _delta_log -> bytes
  std::vector<TableModel> states;              // by version
  std::vector<int64_t> readable_checkpoints;   // versions
  int64_t first_broken = INT64_MAX;            // from this version on there is no valid table
  std::optional<Version> hint;                 // what _last_checkpoint says, where it is sound

  [[nodiscard]] std::vector<LogFile> Listing() const;
  [[nodiscard]] int64_t newest() const { return static_cast<int64_t>(states.size()) - 1; }
  // Whether the version can be rebuilt, by the plain rule: its own commit, and all commits from a checkpoint or from 0.
  [[nodiscard]] bool Rebuildable(int64_t version) const;
  [[nodiscard]] static TimeMs FileTime(int64_t version) { return FromEpochMs(5'000'000 + version); }

 private:
  [[nodiscard]] bool HasCommits(int64_t first, int64_t last) const;
};

// Everything follows from the seed. Parquet checkpoints take a thousand times longer to write than JSON ones.
[[nodiscard]] RandomLog MakeRandomLog(uint64_t seed, bool parquet);

}  // namespace lakeferry::delta
