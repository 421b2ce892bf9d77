#include "storage/azure/azure_object.h"

#include <fmt/format.h>

#include <utility>

#include "storage/azure/azure_fault.h"
#include "storage/cloud/ranged_read.h"

namespace lakeferry::azure {

Task<Result<size_t>> AzureObject::Read(Call call, int64_t offset, std::span<char> buffer) {
  const int64_t size = BytesToRead(info_, offset, buffer);
  if (size == 0) co_return size_t{0};
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
  LF_CO_TRY_OK(CheckRangeReply(reply->http.status, size, body.received, info_, where_));
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
