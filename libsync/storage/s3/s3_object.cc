#include "storage/s3/s3_object.h"

#include <utility>

#include "storage/cloud/ranged_read.h"
#include "storage/s3/s3_fault.h"

namespace lakeferry::s3 {

Task<Result<size_t>> S3Object::Read(Call call, int64_t offset, std::span<char> buffer) {
  const int64_t size = BytesToRead(info_, offset, buffer);
  if (size == 0) co_return size_t{0};
  ReplyBody body{.room = buffer.first(static_cast<size_t>(size)),
                 .room_for = [this](const HttpReply& reply) { return reply.headers.Find("ETag") == info_.etag; }};
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kGet,
                                       .key = key_,
                                       .headers = {{"If-Match", info_.etag}},
                                       .range = ByteRange{.first = offset, .last = offset + size - 1}},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (reply->http.status == 404) {
    co_return Fail(ErrorCode::kCorruptData, "the object is no longer there", where_);
  }
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, where_));
  LF_CO_TRY_OK(CheckRangeReply(reply->http.status, size, body.received, info_, where_));
  co_return body.received;
}

ObjectAddress AddressOfKey(const BucketAddress& bucket, const std::string& key, std::string etag) {
  return {.service = ServiceOf(bucket), .place = CopySourceOf(bucket, key), .etag = std::move(etag), .held = nullptr};
}

ObjectAddress S3Object::address() const { return AddressOfKey(client_->address(), key_, info_.etag); }

}  // namespace lakeferry::s3
