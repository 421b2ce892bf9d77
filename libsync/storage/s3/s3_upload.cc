#include "storage/s3/s3_upload.h"

#include <fmt/format.h>

#include <vector>

#include "storage/s3/checksum_text.h"
#include "storage/s3/s3_fault.h"

namespace lakeferry::s3 {

Task<Status> S3Upload::Begin(Call call) {
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPost,
                                       .key = key_,
                                       .query = {{"uploads", ""}},
                                       .headers = {{"Content-Type", "application/octet-stream"},
                                                   {"x-amz-checksum-algorithm", "CRC64NVME"},
                                                   {"x-amz-checksum-type", "FULL_OBJECT"}}},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, where_));
  LF_CO_TRY(id_, ReadUploadId(body.text));
  co_return Status();
}

Task<Status> S3Upload::SendPart(Call call, int number, std::span<const char> bytes, uint64_t crc64) {
  ReplyBody body;
  std::string checksum = ChecksumText(crc64);
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPut,
                                       .key = key_,
                                       .query = {{"partNumber", std::to_string(number)}, {"uploadId", id_}},
                                       .headers = {{"x-amz-checksum-crc64nvme", checksum}},
                                       .body = bytes},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, where_));
  const auto etag = reply->http.headers.Find("ETag");
  if (!etag) co_return Fail(ErrorCode::kCorruptData, "the answer to a part has no ETag", where_);
  parts_[number] = {.number = number, .etag = std::string(*etag), .crc64 = std::move(checksum)};
  co_return Status();
}

Task<Result<S3Reply>> S3Upload::CopyPart(Call call, std::string place, std::string etag, int number,
                                         std::optional<ByteRange> range) {
  Headers headers{{"x-amz-copy-source", PercentEncode(place, true)}, {"x-amz-copy-source-if-match", etag}};
  if (range) headers.Add("x-amz-copy-source-range", fmt::format("bytes={}-{}", range->first, range->last));
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPut,
                                       .key = key_,
                                       .query = {{"partNumber", std::to_string(number)}, {"uploadId", id_}},
                                       .headers = std::move(headers)},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (!reply->ok()) co_return reply;
  LF_CO_TRY(CopiedPart copied, ReadCopiedPart(body.text));
  parts_[number] = {.number = number, .etag = std::move(copied.etag), .crc64 = std::move(copied.crc64)};
  co_return reply;
}

Task<Result<PutOutcome>> S3Upload::CompleteIfAbsent(Call call, std::optional<uint64_t> crc64) {
  std::vector<UploadedPart> parts;
  parts.reserve(parts_.size());
  for (const auto& [number, part] : parts_) parts.push_back(part);
  const std::string xml = WriteComplete(parts);
  Headers headers{{"Content-Type", "application/xml"}, {"If-None-Match", "*"}};
  if (crc64) {
    headers.Add("x-amz-checksum-crc64nvme", ChecksumText(*crc64));
    headers.Add("x-amz-checksum-type", "FULL_OBJECT");
  }
  ReplyBody body;
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kPost,
                                       .key = key_,
                                       .query = {{"uploadId", id_}},
                                       .headers = std::move(headers),
                                       .body = xml,
                                       .conditional = true},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (reply->http.status == 412) co_return PutOutcome::kExisted;
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, where_));
  id_.clear();
  etag_ = ReadCompleted(body.text);
  co_return PutOutcome::kCreated;
}

Task<Status> S3Upload::Abort(Call call) {
  if (!begun()) co_return Status();
  ReplyBody body;
  auto reply =
      co_await client_->Send(call, {.method = Method::kDelete, .key = key_, .query = {{"uploadId", id_}}}, body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (!reply->ok() && reply->http.status != 404) co_return std::unexpected(ErrorOf(*reply, where_));
  id_.clear();
  co_return Status();
}

}  // namespace lakeferry::s3
