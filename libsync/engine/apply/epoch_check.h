// Whether all that a manifest and its parts hold can be committed (plan/rules/epoch_rules.h), read from staging table
// by table: by the receiver, before it places the first file. The sender asks the same while it writes the parts
// (engine/stage/part_writer.h).
#pragma once

#include <cstdint>
#include <vector>

#include "engine/staging/staging_area.h"
#include "plan/rules/epoch_rules.h"

namespace lakeferry::engine {

// What the targets have to be asked, by table, in the manifest's order. `seed`: drawn by the process.
// kCorruptData, with table, part and record, for what cannot be committed, and for a part that is missing or is not the
// one that the manifest names; the store's errors. Memory: as of EpochRules, for `at_once` tables at a time.
Task<Result<std::vector<plan::EpochNeeds>>> CheckEpoch(Call call, const StagingArea& staging, plan::Manifest manifest,
                                                       uint64_t seed, size_t at_once);

}  // namespace lakeferry::engine
