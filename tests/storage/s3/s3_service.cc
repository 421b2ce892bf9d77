#include "tests/storage/s3/s3_service.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crc64.h"
#include "storage/s3/checksum_text.h"

namespace lakeferry::s3 {
namespace {

HttpReply Plain(int status) { return {.status = status, .headers = {{"ETag", "\"e\""}}}; }

}  // namespace

S3Service::Answer S3Service::Status(int status, std::string text, Headers headers) {
  return [=](const HttpRequest&, ReplyBody& body) -> Result<HttpReply> {
    body.text = text;
    return HttpReply{.status = status, .headers = headers};
  };
}

S3Service::Answer S3Service::Fails(ErrorCode code, std::string received) {
  return [=](const HttpRequest&, ReplyBody& body) -> Result<HttpReply> {
    std::ranges::copy(received, body.room.begin());
    body.received = received.size();
    return Fail(code, "as the test wants it");
  };
}

HttpReply S3Service::Put(const HttpRequest& request, const std::string& key) {
  const auto source = request.headers.Find("x-amz-copy-source");
  const std::string text =
      source ? objects.at(std::string(source->substr(3))) : std::string(request.body.data(), request.body.size());
  const auto checksum = request.headers.Find("x-amz-checksum-crc64nvme");
  if (checks_checksums && checksum && *checksum != ChecksumText(Crc64Of(text))) return Plain(400);
  const bool keeps = source ? keeps_copy_conditions : keeps_conditions;
  if (keeps && request.headers.Find("If-None-Match") && objects.contains(key)) return Plain(412);
  objects[key] = text;
  return Plain(200);
}

HttpReply S3Service::Get(const HttpRequest& request, const std::string& key, ReplyBody& body) const {
  if (key.empty()) {
    body.text = "<ListBucketResult>";
    const size_t at = request.target.find("prefix=") + 7;
    for (const auto& [name, text] : objects) {
      if (!lists || PercentEncode(name) != request.target.substr(at)) continue;
      body.text += fmt::format(
          "<Contents><Key>{}</Key><Size>{}</Size><LastModified>2026-01-01T00:00:00Z</LastModified>"
          "</Contents>",
          name, text.size());
    }
    body.text += "</ListBucketResult>";
    return Plain(200);
  }
  const auto found = objects.find(key);
  if (found == objects.end()) return Plain(404);
  if (request.method == Method::kHead) {
    return {.status = 200,
            .headers = {{"ETag", "\"e\""},
                        {"Content-Length", std::to_string(found->second.size())},
                        {"Last-Modified", "Mon, 30 Nov 2026 01:02:03 GMT"},
                        {"x-amz-checksum-crc64nvme", ChecksumText(Crc64Of(found->second))}}};
  }
  if (body.room.empty()) {
    body.text = found->second;
  } else {
    body.received = std::min(body.room.size(), found->second.size());
    std::copy_n(found->second.begin(), body.received, body.room.begin());
  }
  return Plain(body.room.empty() ? 200 : 206);
}

Task<Result<HttpReply>> S3Service::Send(Call, HttpRequest request, ReplyBody& body) {
  body.received = 0;
  body.text.clear();
  asked.push_back(request);
  asked.back().body = {};
  if (!script.empty()) {
    const Answer answer = std::move(script.front());
    script.pop_front();
    co_return answer(request, body);
  }
  const bool turned_away = checks_signatures && request.headers.Find("Authorization");
  Result<HttpReply> reply = turned_away ? Plain(403) : Do(request, body);
  if (lost == asked.size() - 1) co_return Fail(ErrorCode::kOutcomeUnknown, "lost, as the test wants it");
  co_return reply;
}

HttpReply S3Service::Do(const HttpRequest& request, ReplyBody& body) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  const std::string key = path.size() > 3 ? path.substr(3) : std::string();
  switch (request.method) {
    case Method::kPut:
      if (!request.target.contains("partNumber")) return Put(request, key);
      return Plain(200);
    case Method::kPost:
      if (request.target.contains("uploads")) {
        body.text = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";
        return Plain(200);
      }
      return Plain(keeps_conditions && objects.contains(key) ? 412 : 200);
    case Method::kDelete:
      if (!request.target.contains("uploadId")) objects.erase(key);
      return Plain(204);
    default: return Get(request, key, body);
  }
}

}  // namespace lakeferry::s3
