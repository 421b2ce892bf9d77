// GcsWriter: writes one object of a bucket: in one request where it is small, else as an upload whose chunks go one
// after the other, in the order of the parts.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "async/turns.h"
#include "base/crc32c.h"
#include "base/crc64.h"
#include "env/object_store.h"
#include "storage/cloud/upload_book.h"
#include "storage/gcs/gcs_upload.h"

namespace lakeferry::gcs {

// Creates an object in one request on condition that there is none. Its etag is the generation, where the service says
// that it has the checksum that was sent.
Task<Result<Created>> InsertIfAbsent(Call call, std::shared_ptr<GcsClient> client, std::string key, std::string where,
                                     std::string_view bytes);

// Parts that come before those that they follow wait for these, with their memory: whoever writes side by side begins
// with the lowest number.
class GcsWriter final : public ObjectWriter {
 public:
  // `where` is what errors call the object; `part_bytes` a multiple of kChunkStep. `vouches`: the service compares
  // checksums, so that its generations name bytes.
  GcsWriter(std::shared_ptr<GcsClient> client, std::string key, std::string where, size_t part_bytes,
            std::optional<int64_t> size_bytes, bool vouches = true);

  // Before anything is written: goes on with the upload that `book` has of `object`, if it is of that size; and
  // from now on the book has this one, until it has ended. `book` outlives this.
  Task<Status> TakeUp(Call call, UploadBook& book, std::string object, int64_t size_bytes);

  [[nodiscard]] size_t part_bytes() const override { return part_bytes_; }
  [[nodiscard]] bool MayHave(int64_t number) const override {
    return (number + 1) * static_cast<int64_t>(part_bytes_) <= held_;
  }
  // By its place alone: the service tells no checksum of what it has.
  [[nodiscard]] bool TakeOver(int64_t number, const Buffer& bytes) override;
  // Memory of an object that is known to fit into one part is needed until it is committed.
  Task<Result<Buffer>> Write(Call call, int64_t number, Buffer bytes) override;
  // The time of an object is that of its writing.
  Task<Result<bool>> SetModified(Call call, TimeMs modified) override;
  Task<Result<PutOutcome>> CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums checksums) override;
  [[nodiscard]] std::string etag() const override { return vouches_ ? etag_ : std::string(); }
  Task<Status> Abort(Call call) override;

 private:
  // What another process needs to go on with it.
  struct Record {
    UploadBook& book;
    std::string object;
    int64_t size_bytes;
  };
  void Forget();
  // An error after something was taken over: what is there was another's, where it is of the bytes.
  Task<Error> Judge(Call call, Error error);
  Task<Status> WriteNext(Call call, const Buffer& part);
  Task<Status> SendSteps(Call call, std::span<const char> bytes);
  void Sum(const Buffer& part);
  [[nodiscard]] Status CheckWhole(int64_t size_bytes, const ObjectChecksums& checksums) const;

  const std::shared_ptr<GcsClient> client_;
  const std::string key_;
  const std::string where_;
  const size_t part_bytes_;
  const bool in_one_;
  const bool vouches_;
  GcsUpload upload_;
  Turns turns_;
  std::optional<Record> record_;
  int64_t held_ = 0;      // bytes that the upload had when it was taken up
  int64_t taken_ = 0;     // parts that were taken over
  Buffer only_;           // of an object in one part
  std::string rest_;      // less than a step: what no chunk but the last may have
  bool existed_ = false;  // the store refuses to begin: somebody has the name
  int64_t size_ = 0;      // of what came, and its checksums
  uint64_t crc64_ = Crc64().value();
  Crc32c crc32c_;
  std::string etag_;  // of what it created
};

}  // namespace lakeferry::gcs
