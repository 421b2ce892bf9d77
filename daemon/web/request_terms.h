// What a request for a document asks for: of which groups, of which role, how much. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "daemon/config/config.h"
#include "http/server/server_message.h"

namespace lakeferry::web {

// The group of that name, all where it is empty. kNotFound with the nearest one.
[[nodiscard]] Result<std::vector<plan::GroupSpec>> GroupsOf(const Config& config, const std::string& name);
// The role that is asked for, `own` where none is. kInvalidArgument.
[[nodiscard]] Result<Role> RoleAsked(const ServerRequest& request, Role own);
// How many epochs. kInvalidArgument.
[[nodiscard]] Result<int64_t> LimitAsked(const ServerRequest& request);

}  // namespace lakeferry::web
