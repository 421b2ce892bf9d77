#include "storage/s3/s3_writer.h"

#include <utility>

#include "storage/s3/checksum_text.h"
#include "storage/s3/s3_fault.h"

namespace lakeferry::s3 {
namespace {

constexpr int64_t kPartsMax = 10'000;

}  // namespace

size_t PartBytesFor(std::optional<int64_t> size_bytes, size_t part_bytes_min) {
  return PartBytesOf(size_bytes, part_bytes_min, kPartsMax);
}

S3Writer::S3Writer(std::shared_ptr<S3Client> client, std::string key, std::string where, size_t part_bytes,
                   std::optional<int64_t> size_bytes, bool vouches)
    : client_(std::move(client)),
      key_(std::move(key)),
      where_(std::move(where)),
      part_bytes_(part_bytes),
      in_one_(size_bytes && std::cmp_less_equal(*size_bytes, part_bytes)),
      vouches_(vouches),
      upload_(client_, key_, where_) {}

// Whoever comes first begins; those who come meanwhile wait for that.
Task<Status> S3Writer::BeginUpload(Call call) {
  if (upload_.begun()) co_return Status();
  LF_CO_TRY_OK(co_await turns_.Await(call, came_++));
  Status begun;
  if (!upload_.begun()) begun = co_await upload_.Begin(call);
  if (begun) {
    turns_.Pass();
  } else {
    turns_.Fail(begun.error());
  }
  co_return begun;
}

Task<Result<Buffer>> S3Writer::Write(Call call, int64_t number, Buffer bytes) {
  LF_CO_TRY_OK(CheckWanted(call));
  const size_t size = bytes.size();
  const uint64_t crc64 = Crc64OfPart(bytes);
  // A part that is not full is the last.
  in_one_ = in_one_ || (number == 0 && size < part_bytes_ && size <= kHeldBytesMax);
  if (!in_one_) {
    LF_CO_TRY_OK(co_await BeginUpload(call));
    const Status sent = co_await upload_.SendPart(call, static_cast<int>(number) + 1, bytes.bytes(), crc64);
    LF_CO_TRY_OK(sent);
  } else if (number > 0) {
    co_return Fail(ErrorCode::kCorruptData, "the object is longer than it was said to be", where_);
  } else {
    only_ = std::exchange(bytes, Buffer());
  }
  parts_.Add(number, size, crc64);
  co_return bytes;
}

bool S3Writer::TakeOver(int64_t number, const Buffer& bytes) {
  const uint64_t crc64 = Crc64OfPart(bytes);
  if (!upload_.TakeOver(static_cast<int>(number) + 1, bytes.bytes(), crc64)) return false;
  parts_.Add(number, bytes.size(), crc64);
  return true;
}

// The time of an object is that of its writing.
Task<Result<bool>> S3Writer::SetModified(Call, TimeMs) { co_return false; }

Task<Result<PutOutcome>> S3Writer::PutWhole(Call call) {
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPut,
                                       .key = key_,
                                       .headers = {{"Content-Type", "application/octet-stream"},
                                                   {"x-amz-checksum-crc64nvme", ChecksumText(parts_.WholeCrc64())},
                                                   {"If-None-Match", "*"}},
                                       .body = only_.bytes(),
                                       .conditional = true},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (reply->ok()) {
    etag_ = reply->http.headers.Find("ETag").value_or("");
    co_return PutOutcome::kCreated;
  }
  if (reply->http.status == 412) co_return PutOutcome::kExisted;
  co_return std::unexpected(ErrorOf(*reply, where_));
}

Task<Result<PutOutcome>> S3Writer::CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums checksums) {
  LF_CO_TRY_OK(CheckWanted(call));
  LF_CO_TRY_OK(parts_.Check(size_bytes, checksums, where_));
  // An upload cannot end without a part.
  if (in_one_ || parts_.empty()) co_return co_await PutWhole(call);
  auto outcome = co_await upload_.CompleteIfAbsent(call, parts_.WholeCrc64());
  etag_ = upload_.etag();
  if (outcome && *outcome == PutOutcome::kExisted) {
    [[maybe_unused]] const Status gone = co_await upload_.Abort(call.Unstoppable());
  }
  if (outcome) co_await upload_.DropOthers(call.Unstoppable());
  co_return outcome;
}

Task<Status> S3Writer::Abort(Call call) {
  only_ = Buffer();
  co_return co_await upload_.Abort(call);
}

}  // namespace lakeferry::s3
