// Uploads of a bucket that came to no end, as the service lists them, and what each has.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "storage/s3/s3_client.h"
#include "storage/s3/s3_xml.h"

namespace lakeferry::s3 {

// Of keys that begin so, ascending by key; `where` is what errors call that. Those of one key alone come on the first
// page: `first_page` leaves out the rest. Needs s3:ListBucketMultipartUploads.
Task<Result<std::vector<OpenUpload>>> ListOpenUploads(Call call, std::shared_ptr<S3Client> client, std::string prefix,
                                                      std::string where, bool first_page = false);

// All parts of one. Needs s3:ListMultipartUploadParts.
Task<Result<HeldParts>> ListHeldParts(Call call, std::shared_ptr<S3Client> client, OpenUpload upload,
                                      std::string where);

// Ends it, and gives back its room; one that has ended by then is no error.
Task<Status> DropUpload(Call call, std::shared_ptr<S3Client> client, OpenUpload upload, std::string where);

}  // namespace lakeferry::s3
