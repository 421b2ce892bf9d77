// S3Copy: makes an object of another one of the same service, without moving its bytes through this process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "env/object_store.h"
#include "storage/cloud/probed.h"
#include "storage/s3/s3_client.h"
#include "storage/s3/s3_upload.h"

namespace lakeferry::s3 {

// For one object, once. Used on the engine thread.
class S3Copy {
 public:
  // `where` is what errors call the object; `probed`: which conditions the service keeps. `resumes`: an upload that
  // came to no end may be gone on with.
  S3Copy(std::shared_ptr<S3Client> client, std::string key, std::string where, Probed probed, bool resumes = false)
      : client_(std::move(client)),
        key_(std::move(key)),
        where_(std::move(where)),
        probed_(probed),
        resumes_(resumes) {}

  // As ObjectStore::CopyIfAbsent: in one request (CopyObject) where the service keeps its condition, else, and above
  // 5 GiB, as an upload whose parts are ranges of the other object (UploadPartCopy) and whose end is on
  // condition. Where the service tells the CRC-64 of the other object and of every part, such an upload is gone on with
  // where another broke off: what that has left counts as copied once all parts together have the checksum of the
  // object.
  Task<Result<CopyOutcome>> Run(Call call, ObjectAddress from);
  // After Run: what came of asking for uploads; a success where nothing was asked.
  [[nodiscard]] const Status& asked() const { return asked_; }

 private:
  struct Source {
    int64_t size_bytes;
    std::optional<uint64_t> crc64;
  };
  // What one request comes to; absent where it is too large for one.
  Task<Result<std::optional<CopyOutcome>>> AtOnce(Call call, ObjectAddress from);
  Task<Result<std::optional<CopyOutcome>>> AsOnePart(Call call, ObjectAddress from);
  Task<Result<CopyOutcome>> ByRanges(Call call, ObjectAddress from);
  // All ranges that the upload, which may be taken up, lacks, and its end. kCorruptData where what was taken up is not
  // of this object; nothing is left of it then.
  Task<Result<CopyOutcome>> CopyRanges(Call call, S3Upload& upload, ObjectAddress from, Source source);
  // Whether the parts together have that checksum.
  [[nodiscard]] static bool IsWhole(const S3Upload& upload, const std::vector<ByteRange>& ranges, uint64_t crc64);
  struct End {
    std::optional<uint64_t> crc64 = {};  // what the service is to find; absent: whatever it finds
    bool leaves = false;                 // an error that passes leaves the upload to the next attempt
  };
  Task<Result<CopyOutcome>> Complete(Call call, S3Upload& upload, End end);
  // Absent where we may not look there, or it is another by now.
  Task<Result<std::optional<Source>>> LookAtSource(Call call, ObjectAddress from);
  Task<Status> CopyRange(Call call, S3Upload& upload, ObjectAddress from, int number, ByteRange range);
  // After a refused condition: was it that of the target or that of the source?
  Task<Result<CopyOutcome>> WhichCondition(Call call);

  const std::shared_ptr<S3Client> client_;
  const std::string key_;
  const std::string where_;
  const Probed probed_;
  const bool resumes_;
  Status asked_;
  bool taken_over_ = false;    // a range that was there
  bool not_possible_ = false;  // a range was refused for what its source is
};

}  // namespace lakeferry::s3
