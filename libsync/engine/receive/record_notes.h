// What a receiver notes in its group's record on the way, for people and for the pass after a crash.
#pragma once

#include <map>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "plan/document/manifest.h"
#include "plan/group/group_spec.h"
#include "plan/record/group_record.h"

namespace lakeferry::engine {

// That from `since` on the epoch may be seen in some tables alone: from the first commit of several to the last. What
// the record has from before a crash counts on. Where managed tables are cloned from the replicas, readers read those,
// and nothing is noted here.
void NoteTorn(GroupRecord& record, const plan::GroupSpec& spec, const plan::Manifest& next, TimeMs since);

// That the epoch is staged, and since when the group waits for it.
void NoteStaged(GroupRecord& record, const plan::Manifest& next);

// Receipts that do not count are a finding of the group's account.
void NoteReceipts(GroupRecord& record, const std::map<Epoch, std::string>& uncounted);

}  // namespace lakeferry::engine
