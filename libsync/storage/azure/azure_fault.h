// What a refusal of Azure means to the engine and to people. Pure.
#pragma once

#include <string>

#include "base/error.h"
#include "storage/azure/azure_request.h"

namespace lakeferry::azure {

// `where`: the blob or container that was asked for. The codes of env/object_store.h; kNotFound for a name without a
// blob, kInvalidArgument for a container, account or endpoint that is none.
[[nodiscard]] Error ErrorOf(const AzureReply& reply, std::string where);

// Of a write that was to create and not to replace: it was refused because something of that name is there.
[[nodiscard]] bool SaysExists(const AzureReply& reply);

}  // namespace lakeferry::azure
