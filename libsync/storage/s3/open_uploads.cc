#include "storage/s3/open_uploads.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "storage/s3/s3_fault.h"

namespace lakeferry::s3 {
namespace {

constexpr size_t kUploadsBytesMax = size_t{16} << 20;  // a thousand names of 1 KiB, each byte of it in three

// `where` for a body that is no answer of S3.
template <typename Page>
Result<Page> PageOf(const Result<S3Reply>& reply, Result<Page> (*read)(std::string_view), const std::string& text,
                    const std::string& where) {
  if (!reply) return FailAt(reply.error(), where);
  if (!reply->ok()) return std::unexpected(ErrorOf(*reply, where));
  Result<Page> page = read(text);
  if (!page) return FailAt(page.error(), where);
  return page;
}

}  // namespace

Task<Result<std::vector<OpenUpload>>> ListOpenUploads(Call call, std::shared_ptr<S3Client> client, std::string prefix,
                                                      std::string where, bool first_page) {
  std::vector<OpenUpload> all;
  OpenUploads page;
  do {
    S3Request ask{.query = {{"uploads", ""}, {"encoding-type", "url"}, {"prefix", prefix}}};
    if (!page.next_key.empty()) ask.query.emplace_back("key-marker", page.next_key);
    if (!page.next_id.empty()) ask.query.emplace_back("upload-id-marker", page.next_id);
    ReplyBody body{.text_bytes_max = kUploadsBytesMax};
    const auto reply = co_await client->Send(call, std::move(ask), body);
    const std::pair<std::string, std::string> behind(page.next_key, page.next_id);
    LF_CO_TRY(page, PageOf<OpenUploads>(reply, ReadOpenUploads, body.text, where));
    // A marker that stands still would never come to an end.
    if (!page.next_key.empty() && std::pair(page.next_key, page.next_id) <= behind) {
      co_return Fail(ErrorCode::kCorruptData, "a listing of uploads does not go on", where);
    }
    for (OpenUpload& upload : page.uploads) {
      // Not every service keeps to the prefix.
      if (upload.key.starts_with(prefix)) all.push_back(std::move(upload));
    }
  } while (!first_page && !page.next_key.empty());
  co_return all;
}

Task<Result<HeldParts>> ListHeldParts(Call call, std::shared_ptr<S3Client> client, OpenUpload upload,
                                      std::string where) {
  HeldParts all;
  do {
    S3Request ask{.key = upload.key, .query = {{"uploadId", upload.id}}};
    if (all.next > 0) ask.query.emplace_back("part-number-marker", std::to_string(all.next));
    ReplyBody body{.text_bytes_max = kUploadsBytesMax};
    const auto reply = co_await client->Send(call, std::move(ask), body);
    LF_CO_TRY(HeldParts page, PageOf<HeldParts>(reply, ReadHeldParts, body.text, where));
    if (page.next != 0 && page.next <= all.next) {
      co_return Fail(ErrorCode::kCorruptData, "a listing of parts does not go on", where);
    }
    std::ranges::move(page.parts, std::back_inserter(all.parts));
    all.next = page.next;
    all.is_crc64 = all.is_crc64 && page.is_crc64;
  } while (all.next > 0);
  co_return all;
}

Task<Status> DropUpload(Call call, std::shared_ptr<S3Client> client, OpenUpload upload, std::string where) {
  ReplyBody body;
  const auto reply = co_await client->Send(
      call, {.method = Method::kDelete, .key = upload.key, .query = {{"uploadId", upload.id}}}, body);
  if (!reply) co_return FailAt(reply.error(), where);
  if (!reply->ok() && reply->http.status != 404) co_return std::unexpected(ErrorOf(*reply, where));
  co_return Status();
}

}  // namespace lakeferry::s3
