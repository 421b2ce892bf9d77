// S3Writer: writes one object of a bucket: in one request where it fits into a part, else as an upload.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "async/turns.h"
#include "env/object_store.h"
#include "storage/cloud/part_tally.h"
#include "storage/s3/s3_upload.h"

namespace lakeferry::s3 {

// So large that an object of `size_bytes` has at most 10,000 parts, and at least `part_bytes_min`.
[[nodiscard]] size_t PartBytesFor(std::optional<int64_t> size_bytes, size_t part_bytes_min);

class S3Writer final : public ObjectWriter {
 public:
  // `where` is what errors call the object. `vouches`: the service is known to compare what comes with its checksum.
  S3Writer(std::shared_ptr<S3Client> client, std::string key, std::string where, size_t part_bytes,
           std::optional<int64_t> size_bytes, bool vouches);

  // Before anything is written: goes on with an upload of this key that came to no end. As S3Upload::TakeUp.
  Task<Status> TakeUp(Call call) { return upload_.TakeUp(std::move(call)); }
  // Whether the object is to be an upload in parts.
  [[nodiscard]] bool in_parts() const { return !in_one_; }

  [[nodiscard]] size_t part_bytes() const override { return part_bytes_; }
  // Memory of an object in one part is needed until it is committed.
  Task<Result<Buffer>> Write(Call call, int64_t number, Buffer bytes) override;
  [[nodiscard]] bool MayHave(int64_t number) const override { return upload_.MayHave(static_cast<int>(number) + 1); }
  [[nodiscard]] bool TakeOver(int64_t number, const Buffer& bytes) override;
  Task<Result<bool>> SetModified(Call call, TimeMs modified) override;
  Task<Result<PutOutcome>> CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums checksums) override;
  [[nodiscard]] std::string etag() const override { return vouches_ ? etag_ : std::string(); }
  Task<Status> Abort(Call call) override;

 private:
  // Before a part is sent.
  Task<Status> BeginUpload(Call call);
  Task<Result<PutOutcome>> PutWhole(Call call);

  const std::shared_ptr<S3Client> client_;
  const std::string key_;
  const std::string where_;
  const size_t part_bytes_;
  bool in_one_;  // in one request
  const bool vouches_;
  std::string etag_;
  S3Upload upload_;
  Turns turns_;
  int64_t came_ = 0;
  Buffer only_;  // of an object in one part
  PartTally parts_;
};

}  // namespace lakeferry::s3
