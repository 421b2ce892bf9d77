#include "storage/s3/s3_upload.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "base/digest.h"
#include "base/saturated.h"
#include "storage/s3/checksum_text.h"
#include "storage/s3/open_uploads.h"
#include "storage/s3/s3_fault.h"

namespace lakeferry::s3 {
namespace {

// Of the uploads of one key so many are asked for their parts: each crash leaves one at most.
constexpr size_t kAskedMax = 4;

int64_t BytesOf(const HeldParts& held) {
  int64_t bytes = 0;
  for (const HeldPart& part : held.parts) bytes = AddSaturated(bytes, part.size_bytes);
  return bytes;
}

std::string_view WithoutQuotes(std::string_view etag) {
  if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"')) etag = etag.substr(1, etag.size() - 2);
  return etag;
}

}  // namespace

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

Task<Status> S3Upload::TakeUp(Call call) {
  LF_CO_TRY(std::vector<OpenUpload> all, co_await ListOpenUploads(call, client_, key_, where_, true));
  std::erase_if(all, [this](const OpenUpload& one) { return one.key != key_; });
  std::ranges::sort(all, std::ranges::greater(), &OpenUpload::begun);
  int64_t most = 0;
  for (size_t i = 0; i < std::min(all.size(), kAskedMax); ++i) {
    Result<HeldParts> held = co_await ListHeldParts(call, client_, all[i], where_);
    const auto failed = held ? ErrorCode::kInternal : held.error().code;
    // It has come to its end meanwhile.
    if (!held && (failed == ErrorCode::kUnavailable || failed == ErrorCode::kNotFound)) continue;
    LF_CO_TRY_OK(held);
    const int64_t bytes = BytesOf(*held);
    // Without CRC-64 of the whole it would not be compared when it ends.
    if (!held->is_crc64 || bytes <= most) continue;
    most = bytes;
    id_ = all[i].id;
    held_.clear();
    for (HeldPart& part : held->parts) held_[part.number] = std::move(part);
  }
  std::erase_if(all, [this](const OpenUpload& one) { return one.id == id_; });
  others_ = std::move(all);
  co_return Status();
}

bool S3Upload::TakeOver(int number, std::span<const char> bytes, uint64_t crc64) {
  const auto found = held_.find(number);
  if (found == held_.end() || !std::cmp_equal(found->second.size_bytes, bytes.size())) return false;
  const HeldPart& held = found->second;
  std::string checksum = ChecksumText(crc64);
  const bool same =
      held.crc64.empty() ? WithoutQuotes(held.etag) == Md5Hex({bytes.data(), bytes.size()}) : held.crc64 == checksum;
  if (!same) return false;
  parts_[number] = {.number = number, .etag = held.etag, .crc64 = std::move(checksum)};
  return true;
}

bool S3Upload::TakeOverCopied(int number, int64_t size_bytes) {
  const auto found = held_.find(number);
  if (found == held_.end() || found->second.size_bytes != size_bytes || !Crc64OfText(found->second.crc64)) return false;
  parts_[number] = {.number = number, .etag = found->second.etag, .crc64 = found->second.crc64};
  return true;
}

std::optional<uint64_t> S3Upload::Crc64OfPart(int number) const {
  const auto found = parts_.find(number);
  return found == parts_.end() ? std::nullopt : Crc64OfText(found->second.crc64);
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

Task<Result<S3Reply>> S3Upload::Complete(Call call, std::optional<uint64_t> crc64, ReplyBody& body) {
  std::vector<UploadedPart> parts;
  parts.reserve(parts_.size());
  for (const auto& [number, part] : parts_) parts.push_back(part);
  const std::string xml = WriteComplete(parts);
  Headers headers{{"Content-Type", "application/xml"}, {"If-None-Match", "*"}};
  if (crc64) {
    headers.Add("x-amz-checksum-crc64nvme", ChecksumText(*crc64));
    headers.Add("x-amz-checksum-type", "FULL_OBJECT");
  }
  co_return co_await client_->Send(call,
                                   {.method = Method::kPost,
                                    .key = key_,
                                    .query = {{"uploadId", id_}},
                                    .headers = std::move(headers),
                                    .body = xml,
                                    .conditional = true},
                                   body);
}

Task<Result<bool>> S3Upload::Renew(Call call) {
  LF_CO_TRY(const HeldParts now, co_await ListHeldParts(call, client_, {.key = key_, .id = id_, .begun = {}}, where_));
  bool renewed = false;
  for (const HeldPart& part : now.parts) {
    const auto ours = parts_.find(part.number);
    if (ours == parts_.end() || ours->second.etag == part.etag || ours->second.crc64 != part.crc64) continue;
    ours->second.etag = part.etag;
    renewed = true;
  }
  co_return renewed;
}

Task<Result<PutOutcome>> S3Upload::CompleteIfAbsent(Call call, std::optional<uint64_t> crc64) {
  ReplyBody body;
  auto reply = co_await Complete(call, crc64, body);
  // What the writer before had on its way may arrive after its parts were listed, and then has another ETag.
  if (reply && reply->fault.code == "InvalidPart" && !held_.empty()) {
    const Result<bool> renewed = co_await Renew(call);
    if (renewed && *renewed) reply = co_await Complete(call, crc64, body);
  }
  if (!reply) co_return FailAt(reply.error(), where_);
  if (reply->http.status == 412) co_return PutOutcome::kExisted;
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, where_));
  id_.clear();
  etag_ = ReadCompleted(body.text);
  co_return PutOutcome::kCreated;
}

Task<Status> S3Upload::Abort(Call call) {
  if (!begun()) co_return Status();
  LF_CO_TRY_OK(co_await DropUpload(call, client_, {.key = key_, .id = id_, .begun = {}}, where_));
  id_.clear();
  co_return Status();
}

Task<void> S3Upload::DropOthers(Call call) {
  for (OpenUpload& one : std::exchange(others_, {})) {
    [[maybe_unused]] const Status dropped = co_await DropUpload(call, client_, std::move(one), where_);
  }
}

}  // namespace lakeferry::s3
