// What a cut of a mirrored table comes to: every commit since the base, byte for byte, and every object that any of
// them adds and the replica does not have from before; with history: cuts-only, those the table needs at the cut. With
// a base, reading it costs what the commits since hold.
#pragma once

#include "engine/change/table_change.h"

namespace lakeferry::engine {

// As ReadChange. Without a base it begins at version 0 if the log still holds it, else at the earliest checkpoint from
// which the log goes on without a gap.
Task<Result<TableChange>> ReadMirrorChange(Call call, const Environment& env, const TableCut& cut);

}  // namespace lakeferry::engine
