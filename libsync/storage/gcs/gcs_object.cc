#include "storage/gcs/gcs_object.h"

#include <utility>

#include "storage/cloud/ranged_read.h"
#include "storage/gcs/gcs_fault.h"

namespace lakeferry::gcs {

Task<Result<size_t>> GcsObject::Read(Call call, int64_t offset, std::span<char> buffer) {
  const int64_t size = BytesToRead(info_, offset, buffer);
  if (size == 0) co_return size_t{0};
  const auto is_part = [this](const HttpReply& reply) {
    const auto generation = reply.headers.Find("x-goog-generation");
    return generation ? *generation == info_.etag
                      : !reply.headers.Find("Content-Type").value_or("").starts_with("text/html");
  };
  ReplyBody body{.room = buffer.first(static_cast<size_t>(size)), .room_for = is_part};
  // What is stored compressed comes as it lies there, and not unpacked.
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kGet,
                                       .path = client_->PathOf(key_),
                                       .query = {{"alt", "media"}, {"ifGenerationMatch", info_.etag}},
                                       .headers = {{"Accept-Encoding", "gzip"}},
                                       .range = ByteRange{.first = offset, .last = offset + size - 1}},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  LF_CO_TRY_OK(CheckReply(*reply));
  LF_CO_TRY_OK(CheckRangeReply(reply->http.status, size, body.received, info_, where_));
  co_return body.received;
}

Status GcsObject::CheckReply(const GcsReply& reply) const {
  if (reply.http.status == 404 && !IsNoBucket(reply)) {
    return Fail(ErrorCode::kCorruptData, "the object is no longer there", where_);
  }
  if (!reply.ok()) return std::unexpected(ErrorOf(reply, where_));
  // Not every service looks at the condition.
  const auto generation = reply.http.headers.Find("x-goog-generation");
  if (generation && *generation != info_.etag) {
    return Fail(ErrorCode::kCorruptData, "the object was replaced meanwhile", where_);
  }
  return {};
}

ObjectAddress AddressOfKey(const GcsClient& client, const std::string& key, std::string generation) {
  return {.service = ServiceOf(client.address()),
          .place = client.PathOf(key),
          .etag = std::move(generation),
          .held = nullptr};
}

ObjectAddress GcsObject::address() const { return AddressOfKey(*client_, key_, info_.etag); }

}  // namespace lakeferry::gcs
