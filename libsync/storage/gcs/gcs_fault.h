// What a refusal of Google's storage means to the engine and to people. Pure.
#pragma once

#include <string>

#include "base/error.h"
#include "storage/gcs/gcs_request.h"

namespace lakeferry::gcs {

// `where`: the object or bucket that was asked for. The codes of env/object_store.h; kNotFound for a name without an
// object, kInvalidArgument for a bucket or endpoint that is none.
[[nodiscard]] Error ErrorOf(const GcsReply& reply, std::string where);
// It has done nothing, and wants to be asked later.
[[nodiscard]] bool IsBusy(const GcsReply& reply);
// There is no bucket of that name, which is another thing than no object.
[[nodiscard]] bool IsNoBucket(const GcsReply& reply);

}  // namespace lakeferry::gcs
