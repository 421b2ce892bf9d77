#include "storage/azure/azure_blocks.h"

#include <fmt/format.h>

#include <utility>

#include "base/base64.h"
#include "base/crc64.h"
#include "base/digest.h"
#include "storage/azure/azure_fault.h"
#include "storage/azure/azure_xml.h"
#include "storage/cloud/size_text.h"

namespace lakeferry::azure {
namespace {

// Another blob of the name came into being and our blocks went with it; is it there still?
Task<Result<Created>> WhoTookTheBlocks(Call call, std::shared_ptr<AzureClient> client, std::string blob, Error lost) {
  ReplyBody body;
  auto there = co_await client->Send(call, {.method = Method::kHead, .blob = std::move(blob)}, body);
  if (!there) co_return FailAt(there.error(), lost.where);
  if (there->ok()) co_return Created{.outcome = PutOutcome::kExisted};
  co_return std::unexpected(std::move(lost));
}

}  // namespace

std::string BlockId(uint64_t name, int64_t number) { return ToBase64(fmt::format("{}-{:07}", Hex64(name), number)); }

std::optional<int64_t> NumberOf(std::string_view id) {
  constexpr size_t kNameChars = 16;
  const auto text = FromBase64(id);
  if (!text || text->size() <= kNameChars || (*text)[kNameChars] != '-') return std::nullopt;
  return SizeOf(std::string_view(*text).substr(kNameChars + 1));
}

Task<Result<std::map<std::string, int64_t>>> ListLooseBlocks(Call call, std::shared_ptr<AzureClient> client,
                                                             std::string blob, std::string where) {
  constexpr size_t kListBytesMax = size_t{32} << 20;  // of a hundred thousand, as many as there may be
  ReplyBody body{.text_bytes_max = kListBytesMax};
  const auto reply = co_await client->Send(
      call, {.blob = std::move(blob), .query = {{"comp", "blocklist"}, {"blocklisttype", "uncommitted"}}}, body);
  if (!reply) co_return FailAt(reply.error(), where);
  std::map<std::string, int64_t> sizes;
  if (reply->http.status == 404) co_return sizes;
  if (!reply->ok()) co_return std::unexpected(ErrorOf(*reply, where));
  const auto blocks = ReadLooseBlocks(body.text);
  if (!blocks) co_return FailAt(blocks.error(), where);
  for (const LooseBlock& block : *blocks) sizes[block.id] = block.size_bytes;
  co_return sizes;
}

std::string ContentCrc64(uint64_t crc64) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(crc64 >> shift));
  return ToBase64(bytes);
}

Task<Result<Created>> CommitBlocks(Call call, std::shared_ptr<AzureClient> client, std::string blob, std::string where,
                                   std::vector<std::string> ids, Headers headers) {
  const std::string xml = WriteBlockList(ids);
  headers.Add("Content-Type", "application/xml");
  headers.Add("x-ms-content-crc64", ContentCrc64(Crc64Of(xml)));
  headers.Add("If-None-Match", "*");
  ReplyBody body;
  auto reply = co_await client->Send(call,
                                     {.method = Method::kPut,
                                      .blob = blob,
                                      .query = {{"comp", "blocklist"}},
                                      .headers = std::move(headers),
                                      .body = xml,
                                      .conditional = true},
                                     body);
  if (!reply) co_return FailAt(reply.error(), where);
  if (reply->ok()) co_return Created{.etag = std::string(reply->http.headers.Find("ETag").value_or(""))};
  if (SaysExists(*reply)) co_return Created{.outcome = PutOutcome::kExisted};
  Error error = ErrorOf(*reply, where);
  if (reply->fault.code != "InvalidBlockList") co_return std::unexpected(std::move(error));
  co_return co_await WhoTookTheBlocks(call, std::move(client), std::move(blob), std::move(error));
}

}  // namespace lakeferry::azure
