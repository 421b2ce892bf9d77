// Tries a bucket: what it does with conditions, checksums and signatures.
#pragma once

#include <memory>
#include <string>

#include "async/task.h"
#include "storage/cloud/probed.h"
#include "storage/s3/s3_client.h"

namespace lakeferry::s3 {

// Writes and deletes objects of a few bytes whose keys begin with `folder`. AWS's own endpoints are not asked about
// signatures. Errors: what keeps it from being tried, as of the store's own calls.
Task<Result<Probed>> ProbeBucket(Call call, std::shared_ptr<S3Client> client, std::string folder);

}  // namespace lakeferry::s3
