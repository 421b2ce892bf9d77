// Tries a bucket of an endpoint that is not Google's own: what it does with conditions, checksums and tokens.
#pragma once

#include <memory>
#include <string>

#include "async/task.h"
#include "storage/cloud/probed.h"
#include "storage/gcs/gcs_client.h"

namespace lakeferry::gcs {

// Writes and deletes objects below `folder`, which is without '/' at its ends and holds nothing: of a few bytes, and
// some of kChunkStep. Errors: what keeps it from being tried, as of the store's own calls.
Task<Result<Probed>> ProbeBucket(Call call, std::shared_ptr<GcsClient> client, std::string folder);

}  // namespace lakeferry::gcs
