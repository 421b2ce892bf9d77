// SenderPosition: the newest epoch in staging and what the next cut builds upon. Staging is the truth; the metadata
// store only saves reading it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/cut_evidence.h"
#include "engine/staging_area.h"
#include "plan/group_spec.h"

namespace lakeferry::engine {

struct SenderPosition {
  std::optional<StagedEpoch> newest;  // newest manifest in staging
  Epoch base_epoch;                   // newest epoch that is not refused, nor built upon a refused one; 0: none
  std::optional<TimeMs> cut_time;     // of base_epoch
  bool atomic = true;                 // false: base_epoch is a forced cut
  CutEvidence evidence;               // of base_epoch
  // Tables at base_epoch, by name; without those that the receiver asked to have whole.
  std::map<std::string, plan::ManifestTable> base;
  // Tables of base_epoch whose source was elsewhere then (PROTOCOL.md section 4); CheckMovedSources is to prove each.
  std::vector<plan::ManifestTable> moved;
  std::set<std::string> restage;  // tables that the receiver asked to have whole

  [[nodiscard]] Epoch next_epoch() const { return newest ? newest->manifest.epoch.Next() : Epoch(1); }
};

// Reads the position out of staging. `known`: the position of the last pass, to read only what is new; may be empty.
// kRefused when the manifests there are not of this configuration (another workspace, region, mode or, unless sources
// may have moved, source), or when staging has lost an epoch that `known` or `recorded` (the metadata store's newest)
// says was staged.
Task<Result<SenderPosition>> LoadSenderPosition(const StagingArea& staging, const plan::GroupSpec& spec,
                                                std::string region, std::optional<SenderPosition> known,
                                                Epoch recorded);

}  // namespace lakeferry::engine
