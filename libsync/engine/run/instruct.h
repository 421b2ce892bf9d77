// Instruct: what a person wants one role to do with a group, whichever way it is asked for: command line, control
// socket, API. It is on record, with who and why, when it is answered; a crash at any point leaves all of it or
// nothing.
#pragma once

#include "async/call.h"
#include "async/task.h"
#include "engine/group/group_book.h"
#include "plan/group/group_spec.h"
#include "plan/record/instruction.h"

namespace lakeferry::engine {

// The record as the instruction leaves it. To pause a group that is paused, and to resume one that is not, changes
// nothing but who says why, and is kept too; a sync is kept, and whoever makes the passes begins one. kInvalidArgument
// for a resync of a table that the group does not have, or of a receiver; kRefused for a sync of a group that is
// paused; else the errors of the metadata store. `spec` and `book` outlive the task.
Task<Result<GroupRecord>> Instruct(Call call, const plan::GroupSpec& spec, GroupBook& book, Instruction instruction);

}  // namespace lakeferry::engine
