// The tables of an epoch that is half applied, at the places where it began.
#pragma once

#include <vector>

#include "engine/environment.h"
#include "plan/document/apply_journal.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// What the journal of an epoch says of its targets; empty for a group that asks no catalog.
[[nodiscard]] std::vector<plan::JournaledTarget> TargetsToJournal(const plan::GroupSpec& spec);

// By the group's journal: its tables, at the targets that it names. Empty where it has no journal, or one that names
// none. The metadata store's errors; kCorruptData for a journal that cannot be read.
Task<Result<std::vector<plan::TableSpec>>> JournaledTables(Call call, const Environment& env,
                                                           const plan::GroupSpec& configured);

}  // namespace lakeferry::engine
