// S3Upload: an object that comes into being part by part (CreateMultipartUpload and what belongs to it).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "env/object_store.h"
#include "storage/s3/s3_client.h"

namespace lakeferry::s3 {

// Used on the engine thread. Its parts may be sent side by side.
class S3Upload {
 public:
  // `where` is what errors call the object.
  S3Upload(std::shared_ptr<S3Client> client, std::string key, std::string where)
      : client_(std::move(client)), key_(std::move(key)), where_(std::move(where)) {}

  // Once, before all else.
  Task<Status> Begin(Call call);
  [[nodiscard]] bool begun() const { return !id_.empty(); }
  // In place of Begin, where the service has uploads of this key that came to no end: goes on with the one that has
  // most. Where it has none, nothing is begun. Errors: kUnauthorized and kInternal where we may not ask, or the service
  // does not tell.
  Task<Status> TakeUp(Call call);
  // Whether the upload that was taken up has a part of that number, from 1 on.
  [[nodiscard]] bool MayHave(int number) const { return held_.contains(number); }
  // In place of SendPart, where it has this very part: of this length, and with this checksum or, where the service
  // tells none, with the MD5 that is a part's ETag at many.
  [[nodiscard]] bool TakeOver(int number, std::span<const char> bytes, uint64_t crc64);
  // In place of CopyPart, where it has a part of that number and length whose CRC-64 the service tells. Nobody
  // knows yet of what it was copied: that the parts are the object, their checksums together have to tell.
  [[nodiscard]] bool TakeOverCopied(int number, int64_t size_bytes);
  // Of a part that is sent, copied or taken over; absent where the service does not tell it.
  [[nodiscard]] std::optional<uint64_t> Crc64OfPart(int number) const;
  // Part `number`, from 1 on; `bytes` live until it ends.
  Task<Status> SendPart(Call call, int number, std::span<const char> bytes, uint64_t crc64);
  // A range of another object of the service, or the whole of it, as part `number`, if it has this etag still. A
  // refusal is an answer.
  Task<Result<S3Reply>> CopyPart(Call call, std::string place, std::string etag, int number,
                                 std::optional<ByteRange> range);
  // kCorruptData where the store finds another checksum; nothing is published then. kUnavailable where a part is no
  // longer the one that was sent or taken over.
  Task<Result<PutOutcome>> CompleteIfAbsent(Call call, std::optional<uint64_t> crc64);
  // Of what CompleteIfAbsent created, where the answer says it.
  [[nodiscard]] const std::string& etag() const { return etag_; }
  // Nothing is left of it; again: no effect.
  Task<Status> Abort(Call call);
  // Of the uploads of this key that TakeUp has seen, those that it has not taken up: for when the object is there, so
  // that they lead to nothing any more. Best effort.
  Task<void> DropOthers(Call call);

 private:
  Task<Result<S3Reply>> Complete(Call call, std::optional<uint64_t> crc64, ReplyBody& body);
  // Takes the ETags that parts have by now, of those whose checksums are ours still; false where none has another.
  Task<Result<bool>> Renew(Call call);

  const std::shared_ptr<S3Client> client_;
  const std::string key_;
  const std::string where_;
  std::string id_;
  std::string etag_;
  std::map<int, UploadedPart> parts_;
  std::map<int, HeldPart> held_;  // of the upload that was taken up, by number
  std::vector<OpenUpload> others_;
};

}  // namespace lakeferry::s3
