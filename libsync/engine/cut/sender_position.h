// SenderPosition: the newest epoch in staging and what the next cut builds upon. Staging is the truth; the metadata
// store only saves reading it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/cut_evidence.h"
#include "engine/staging/staging_area.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// How often what builds upon the base was refused, and what was in it.
struct Refusals {
  int count = 0;                           // of epochs upon this base, since it
  TimeMs newest = {};                      // when the last of them was answered
  std::string reason = {};                 // its words
  std::map<std::string, Version> sources;  // the source's version of each table in it; empty where it cannot be read
};

// Tables of one manifest, by name. A sender has a position of each group, and copies of it: they share what it says.
using BaseTables = std::map<std::string, std::shared_ptr<const plan::ManifestTable>>;

struct SenderPosition {
  // Newest manifest in staging, null for none; where it cannot be read, it is refused.
  std::shared_ptr<const StagedObject> newest;
  // That of base_epoch, which can be read; null for none.
  std::shared_ptr<const StagedObject> base_object = {};
  Epoch base_epoch;                // newest epoch that is not refused, nor built upon a refused one; 0: none
  std::optional<TimeMs> cut_time;  // of base_epoch
  bool atomic = true;              // false: base_epoch is a forced cut
  CutEvidence evidence;            // of base_epoch
  // Tables at base_epoch, by name; without those that the receiver asked to have whole.
  BaseTables base;
  // Tables of base_epoch whose source was elsewhere then (PROTOCOL.md section 4); CheckMovedSources is to prove each.
  std::vector<plan::ManifestTable> moved;
  std::set<std::string> restage;  // tables that the receiver asked to have whole
  std::set<std::string> replay;   // tables whose live set the next epoch takes from a replay
  // By table: fingerprint of what the receiver has found the base's replica to come to since, where that is not what
  // the base says.
  std::map<std::string, std::string> found_there;
  std::string found_in;  // digest of what found_there was told from: to compare takes longer than all else of a pass
  Refusals refusals;
  std::map<Epoch, std::string> uncounted;  // receipts behind the base that do not count, and why

  // All that base_epoch has.
  [[nodiscard]] std::vector<std::string> Tables() const {
    std::vector<std::string> names(restage.begin(), restage.end());
    for (const auto& [name, table] : base) names.push_back(name);
    return names;
  }
  [[nodiscard]] Epoch next_epoch() const { return newest ? newest->epoch.Next() : Epoch(1); }
  // False: those of `base` stand there as empty ones.
  [[nodiscard]] bool has_live_sets() const { return !base_object || base_object->has_live_sets; }
};

// Gives back the memory of the live sets of `base`, most of what a position takes: nobody looks at them before a table
// has changed. Not where somebody else holds the manifest, nor of one that is not the newest.
void GiveBackLiveSets(SenderPosition& position);
// Reads them again, where they were given back: one request. kCorruptData where another manifest lies there by now; the
// staging area's errors.
Task<Status> ReadLiveSets(Call call, const StagingArea& staging, SenderPosition& position);

// Reads the position out of staging. `known`: the position of the last pass, to read and compare only what is new; null
// for none. It stays as it is until the task has ended.
// kRefused when the manifests there are not of this configuration (another workspace, region, mode or, unless sources
// may have moved, source), or when staging has lost an epoch that `known` or `recorded` (the metadata store's newest)
// says was staged. kCorruptData for a manifest that cannot be read and has no refusal yet: the receiver gives it one.
Task<Result<SenderPosition>> LoadSenderPosition(Call call, const StagingArea& staging, const plan::GroupSpec& spec,
                                                std::string region, const SenderPosition* known, Epoch recorded);

}  // namespace lakeferry::engine
