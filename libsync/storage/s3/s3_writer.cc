#include "storage/s3/s3_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/crc64.h"
#include "base/digest.h"
#include "storage/s3/checksum_text.h"
#include "storage/s3/s3_fault.h"

namespace lakeferry::s3 {
namespace {

constexpr int64_t kPartsMax = 10'000;
constexpr int64_t kStep = int64_t{1} << 20;

}  // namespace

size_t PartBytesFor(std::optional<int64_t> size_bytes, size_t part_bytes_min) {
  const int64_t least = (size_bytes.value_or(0) + kPartsMax - 1) / kPartsMax;
  return std::max(part_bytes_min, static_cast<size_t>((least + kStep - 1) / kStep * kStep));
}

S3Writer::S3Writer(std::shared_ptr<S3Client> client, std::string key, std::string where, size_t part_bytes,
                   std::optional<int64_t> size_bytes)
    : client_(std::move(client)),
      key_(std::move(key)),
      where_(std::move(where)),
      part_bytes_(part_bytes),
      in_one_(size_bytes && std::cmp_less_equal(*size_bytes, part_bytes)),
      upload_(client_, key_, where_) {}

Task<Status> S3Writer::Begin(Call call) {
  if (in_one_) co_return Status();
  co_return co_await upload_.Begin(call);
}

Task<Result<Buffer>> S3Writer::Write(Call call, int64_t number, Buffer bytes) {
  LF_CO_TRY_OK(CheckWanted(call));
  const Part part{.size = bytes.size(), .crc64 = Crc64Of({bytes.bytes().data(), bytes.size()})};
  if (!in_one_) {
    const Status sent = co_await upload_.SendPart(call, static_cast<int>(number) + 1, bytes.bytes(), part.crc64);
    LF_CO_TRY_OK(sent);
  } else if (number > 0) {
    co_return Fail(ErrorCode::kCorruptData, "the object is longer than it was said to be", where_);
  } else {
    only_ = std::exchange(bytes, Buffer());
  }
  parts_[number] = part;
  co_return bytes;
}

// The time of an object is that of its writing.
Task<Result<bool>> S3Writer::SetModified(Call, TimeMs) { co_return false; }

uint64_t S3Writer::WholeCrc64() const {
  uint64_t crc64 = Crc64().value();
  for (const auto& [number, part] : parts_) crc64 = Crc64OfBoth(crc64, part.crc64, part.size);
  return crc64;
}

Status S3Writer::CheckWhole(int64_t size_bytes, const ObjectChecksums& checksums) const {
  int64_t size = 0;
  for (const auto& [number, part] : parts_) size += static_cast<int64_t>(part.size);
  if (size != size_bytes) {
    return Fail(ErrorCode::kCorruptData, fmt::format("{} bytes were written where {} were meant", size, size_bytes),
                where_);
  }
  if (checksums.crc64 && *checksums.crc64 != WholeCrc64()) {
    return Fail(ErrorCode::kCorruptData,
                fmt::format("the CRC-64 of what was written is {} where {} was meant", Hex64(WholeCrc64()),
                            Hex64(*checksums.crc64)),
                where_);
  }
  return {};
}

Task<Result<PutOutcome>> S3Writer::PutWhole(Call call) {
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPut,
                                       .key = key_,
                                       .headers = {{"Content-Type", "application/octet-stream"},
                                                   {"x-amz-checksum-crc64nvme", ChecksumText(WholeCrc64())},
                                                   {"If-None-Match", "*"}},
                                       .body = only_.bytes(),
                                       .conditional = true},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (reply->ok()) co_return PutOutcome::kCreated;
  if (reply->http.status == 412) co_return PutOutcome::kExisted;
  co_return std::unexpected(ErrorOf(*reply, where_));
}

Task<Result<PutOutcome>> S3Writer::CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums checksums) {
  LF_CO_TRY_OK(CheckWanted(call));
  LF_CO_TRY_OK(CheckWhole(size_bytes, checksums));
  // An upload cannot end without a part.
  if (in_one_ || parts_.empty()) {
    auto put = co_await PutWhole(call);
    if (put) [[maybe_unused]]
      const Status gone = co_await upload_.Abort(call.Unstoppable());
    co_return put;
  }
  auto outcome = co_await upload_.CompleteIfAbsent(call, WholeCrc64());
  if (outcome && *outcome == PutOutcome::kExisted) {
    [[maybe_unused]] const Status gone = co_await upload_.Abort(call.Unstoppable());
  }
  co_return outcome;
}

Task<Status> S3Writer::Abort(Call call) {
  only_ = Buffer();
  co_return co_await upload_.Abort(call);
}

}  // namespace lakeferry::s3
