#include "storage/azure/azure_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "storage/azure/azure_fault.h"

namespace lakeferry::azure {

Task<Result<size_t>> AzureObject::Read(Call call, int64_t offset, std::span<char> buffer) {
  if (offset >= info_.size_bytes || buffer.empty()) co_return size_t{0};
  const int64_t size = std::min(info_.size_bytes - offset, static_cast<int64_t>(buffer.size()));
  ReplyBody body{.room = buffer.first(static_cast<size_t>(size)),
                 .room_for = [this](const HttpReply& reply) { return reply.headers.Find("ETag") == info_.etag; }};
  auto reply = co_await client_->Send(call,
                                      {.method = Method::kGet,
                                       .blob = blob_,
                                       .headers = {{"If-Match", info_.etag}},
                                       .range = ByteRange{.first = offset, .last = offset + size - 1}},
                                      body);
  if (!reply) co_return FailAt(reply.error(), where_);
  if (reply->http.status == 404) {
    co_return Fail(ErrorCode::kCorruptData, "the blob is no longer there", where_);
  }
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, where_));
  if (reply->http.status != 206 && size != info_.size_bytes) {
    co_return Fail(ErrorCode::kCorruptData, "the store answers a part of a blob with something else", where_);
  }
  if (std::cmp_not_equal(body.received, size)) {
    co_return Fail(ErrorCode::kCorruptData, fmt::format("{} bytes came where {} were asked for", body.received, size),
                   where_);
  }
  co_return body.received;
}

ObjectAddress AddressOfBlob(const std::shared_ptr<AzureClient>& client, const std::string& blob, std::string etag) {
  const ContainerAddress& address = client->address();
  return {.service = CloudOf(address),
          .place = fmt::format("/{}/{}", address.container, blob),
          .etag = std::move(etag),
          .held = std::make_shared<AzureSource>(client)};
}

ObjectAddress AzureObject::address() const { return AddressOfBlob(client_, blob_, info_.etag); }

}  // namespace lakeferry::azure
