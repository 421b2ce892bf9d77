// Where the tables of a group lie, as far as catalogs tell it: asked anew by every pass and every command, so that a
// table that was moved, made or dropped is seen.
#pragma once

#include <string>
#include <vector>

#include "engine/environment.h"
#include "plan/group/group_spec.h"
#include "plan/record/role.h"

namespace lakeferry::engine {

// The group with its patterns resolved and with the places that `role` works at: for a sender the sources, and the
// targets where it places files itself; for a receiver the targets. The other end's places stay empty. `known`: tables
// that the group is known to have, of which a receiver takes those of its patterns; a sender takes what the catalog
// has, and none of these may be missing. Groups that ask no catalog come back as they are.
//   kNotFound           tables that the catalog does not have, by name
//   kUnsupportedTable, kRefused, kInvalidArgument  tables that cannot be taken as they are, by name
//   else                why a catalog could not be asked
Task<Result<plan::GroupSpec>> LookUpTables(Call call, const Environment& env, plan::GroupSpec configured, Role role,
                                           std::vector<std::string> known);

// The same with what the metadata store knows of the group: for those who only ask.
Task<Result<plan::GroupSpec>> LookUpTables(Call call, const Environment& env, plan::GroupSpec configured, Role role);

// The same into `spec`, which is `configured` with what was found before. True where its tables are others now, or lie
// elsewhere; after an error it is as it was.
Task<Result<bool>> UpdateTables(Call call, const Environment& env, const plan::GroupSpec& configured, Role role,
                                std::vector<std::string> known, plan::GroupSpec& spec);

}  // namespace lakeferry::engine
