// What a refusal of S3 means to the engine and to people. Pure.
#pragma once

#include <string>

#include "base/error.h"
#include "storage/s3/s3_request.h"

namespace lakeferry::s3 {

// `where`: the object or bucket that was asked for. The codes of env/object_store.h; kNotFound for a name without an
// object, kInvalidArgument for a bucket, region or endpoint that is none.
[[nodiscard]] Error ErrorOf(const S3Reply& reply, std::string where);

}  // namespace lakeferry::s3
