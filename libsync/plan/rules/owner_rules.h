// Whose a group's staging is, by the mark that lies there. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "plan/document/owner_mark.h"

namespace lakeferry::plan {

// `own`: what this sender would put; its id is the one in its metadata store, empty where it has none for this group. A
// mark is its own by the id, wherever the metadata store has been moved to, and by host and metadata store, of which
// the role's lock lets one process at a time be the sender: a store that was lost, or is an older copy, stops nothing.
[[nodiscard]] bool IsOwn(const OwnerMark& mark, const OwnerMark& own);

// What is said to a sender that is not the owner: kRefused.
[[nodiscard]] Error OwnedByAnother(const OwnerMark& mark, const std::string& group, std::string where);
// And where the mark cannot be read.
[[nodiscard]] Error UnreadableOwner(const std::string& why, const std::string& group, std::string where);

}  // namespace lakeferry::plan
