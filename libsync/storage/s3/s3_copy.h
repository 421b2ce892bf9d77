// S3Copy: makes an object of another one of the same service, without moving its bytes through this process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "env/object_store.h"
#include "storage/cloud/probed.h"
#include "storage/s3/s3_client.h"
#include "storage/s3/s3_upload.h"

namespace lakeferry::s3 {

// For one object, once. Used on the engine thread.
class S3Copy {
 public:
  // `where` is what errors call the object; `probed`: which conditions the service keeps.
  S3Copy(std::shared_ptr<S3Client> client, std::string key, std::string where, Probed probed)
      : client_(std::move(client)), key_(std::move(key)), where_(std::move(where)), probed_(probed) {}

  // As ObjectStore::CopyIfAbsent: in one request (CopyObject) where the service keeps its condition, else, and above
  // 5 GiB, as an upload whose parts are ranges of the other object (UploadPartCopy) and whose end is on condition.
  Task<Result<CopyOutcome>> Run(Call call, ObjectAddress from);

 private:
  // What one request comes to; absent where it is too large for one.
  Task<Result<std::optional<CopyOutcome>>> AtOnce(Call call, ObjectAddress from);
  Task<Result<std::optional<CopyOutcome>>> AsOnePart(Call call, ObjectAddress from);
  Task<Result<CopyOutcome>> ByRanges(Call call, ObjectAddress from);
  Task<Result<CopyOutcome>> Complete(Call call, S3Upload& upload);
  // Absent where we may not look there, or it is another by now.
  Task<Result<std::optional<int64_t>>> SizeOfSource(Call call, ObjectAddress from);
  Task<Status> CopyRange(Call call, S3Upload& upload, ObjectAddress from, int number, ByteRange range);
  // After a refused condition: was it that of the target or that of the source?
  Task<Result<CopyOutcome>> WhichCondition(Call call);

  const std::shared_ptr<S3Client> client_;
  const std::string key_;
  const std::string where_;
  const Probed probed_;
  bool not_possible_ = false;  // a range was refused for what its source is
};

}  // namespace lakeferry::s3
