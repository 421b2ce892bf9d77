// Tables that go over whole with the next epoch because somebody asked for it (`resync`): from when it was said until
// the epoch that brought them is applied. Pure.
#pragma once

#include <string>

#include "engine/cut/sender_position.h"
#include "plan/group/group_spec.h"
#include "plan/record/group_record.h"

namespace lakeferry::engine {

// The next cut builds upon nothing for each that no epoch brings: one that was refused brings none.
void BeginWhole(const GroupRecord& record, SenderPosition& position);

// What the record says of the tables that go over whole; empty where there is none.
[[nodiscard]] std::string RestagingText(const plan::GroupSpec& spec, const GroupRecord& record,
                                        const SenderPosition& position);

// `epoch` brings all that `position` has been told of.
void NoteStagedWhole(Epoch epoch, const SenderPosition& position, GroupRecord& record);
// Those of epochs up to this one have arrived.
void NoteAppliedWhole(Epoch applied, GroupRecord& record);

}  // namespace lakeferry::engine
