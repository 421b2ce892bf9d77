#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bench/store/calls.h"
#include "storage/s3/checksum_text.h"

namespace lakeferry::bench {
namespace {

constexpr int64_t kCopyBytesMax = int64_t{5} << 30;
constexpr std::string_view kMeta = "x-amz-meta-";

bool IsMeta(std::string_view name) {
  return name.size() > kMeta.size() && std::ranges::equal(name.substr(0, kMeta.size()), kMeta, {}, [](char byte) {
           return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
         });
}

// What is kept of a request beside the bytes.
Headers KeptOf(const Request& request) {
  Headers kept;
  kept.Add("Content-Type", request.HeaderOr("Content-Type", "binary/octet-stream"));
  for (const auto& [name, value] : request.headers) {
    if (IsMeta(name)) kept.Add(name, value);
  }
  return kept;
}

void AddChecksum(Headers& headers, uint64_t crc64) {
  headers.Add("x-amz-checksum-crc64nvme", s3::ChecksumText(crc64));
  headers.Add("x-amz-checksum-type", "FULL_OBJECT");
}

Answer<bool> CheckRead(const Object& object, const Request& request) {
  const auto match = request.Header("If-Match");
  if (match && *match != "*" && *match != object.etag) return Refuse(412, "PreconditionFailed");
  const auto none = request.Header("If-None-Match");
  if (none && (*none == "*" || *none == object.etag)) return Refuse(304, "NotModified");
  return true;
}

}  // namespace

Answer<Conditions> ConditionsOf(const Request& request) {
  Conditions conditions;
  if (const auto none = request.Header("If-None-Match")) {
    if (*none != "*")
      return Refuse(501, "NotImplemented", "a write is on condition of nothing being there, or of If-Match");
    conditions.absent = true;
  }
  if (const auto match = request.Header("If-Match")) conditions.etag = *match;
  return conditions;
}

Answer<Reply> GetObject(const Shelf& shelf, const Request& request) {
  BENCH_TRY(const ObjectRef object, shelf.Find(request.bucket, request.key));
  BENCH_TRY_OK(CheckRead(*object, request));
  const int64_t size = object->content.size();
  BENCH_TRY(const auto range, RangeOf(request.Header("Range"), size));
  Reply reply{.headers = object->kept, .content = object->content};
  reply.headers.Add("ETag", object->etag);
  reply.headers.Add("Last-Modified", HttpDate(object->modified));
  reply.headers.Add("Accept-Ranges", "bytes");
  if (range) {
    const auto [first, count] = *range;
    reply.status = 206;
    reply.content = object->content.Slice(first, count);
    reply.headers.Add("Content-Range", fmt::format("bytes {}-{}/{}", first, first + count - 1, size));
  } else if (request.Header("x-amz-checksum-mode")) {
    AddChecksum(reply.headers, object->crc64);
  }
  if (request.method == "GET" && !reply.content.readable()) {
    return Refuse(403, "InvalidObjectState", "the bytes of this object were dropped as they came");
  }
  return reply;
}

Answer<Reply> PutObject(Shelf& shelf, const Request& request, const Body& body) {
  BENCH_TRY(const Conditions conditions, ConditionsOf(request));
  const std::string etag = shelf.NewEtag(body.crc64);
  BENCH_TRY_OK(shelf.Put(
      request.bucket, request.key,
      std::make_shared<const Object>(Object{
          .content = body.content, .crc64 = body.crc64, .etag = etag, .kept = KeptOf(request), .modified = Now()}),
      conditions));
  Reply reply{.headers = {{"ETag", etag}}};
  AddChecksum(reply.headers, body.crc64);
  return reply;
}

Answer<ObjectRef> CopySource(const Shelf& shelf, const Request& request) {
  std::string source = PercentDecode(request.HeaderOr("x-amz-copy-source", ""));
  if (source.starts_with('/')) source.erase(0, 1);
  const size_t slash = source.find('/');
  if (slash == std::string::npos) return Refuse(400, "InvalidArgument", "a copy names bucket and key");
  BENCH_TRY(ObjectRef object, shelf.Find(source.substr(0, slash), source.substr(slash + 1)));
  const auto match = request.Header("x-amz-copy-source-if-match");
  const auto none = request.Header("x-amz-copy-source-if-none-match");
  if ((match && *match != object->etag) || (none && *none == object->etag)) {
    return Refuse(412, "PreconditionFailed", "the source is another");
  }
  return object;
}

Answer<Reply> CopyObject(Shelf& shelf, const Request& request) {
  BENCH_TRY(const Conditions conditions, ConditionsOf(request));
  BENCH_TRY(const ObjectRef source, CopySource(shelf, request));
  if (source->content.size() > kCopyBytesMax) return Refuse(400, "InvalidRequest", "too large for one copy");
  const bool replaces = request.Header("x-amz-metadata-directive") == "REPLACE";
  const auto there = shelf.Find(request.bucket, request.key);
  if (!replaces && there && *there == source) {
    return Refuse(400, "InvalidRequest", "a copy onto itself changes nothing");
  }
  Object copy{.content = source->content,
              .crc64 = source->crc64,
              .etag = shelf.NewEtag(source->crc64),
              .kept = replaces ? KeptOf(request) : source->kept,
              .modified = Now()};
  std::string xml = "<CopyObjectResult>";
  AppendElement(xml, "LastModified", XmlDate(copy.modified));
  AppendElement(xml, "ETag", copy.etag);
  AppendElement(xml, "ChecksumType", "FULL_OBJECT");
  AppendElement(xml, "ChecksumCRC64NVME", s3::ChecksumText(copy.crc64));
  BENCH_TRY_OK(shelf.Put(request.bucket, request.key, std::make_shared<const Object>(std::move(copy)), conditions));
  return XmlReply(xml + "</CopyObjectResult>");
}

Answer<Reply> DeleteObject(Shelf& shelf, const Request& request) {
  Conditions conditions;
  if (const auto match = request.Header("If-Match")) conditions.etag = *match;
  BENCH_TRY_OK(shelf.Delete(request.bucket, request.key, conditions));
  return Reply{.status = 204};
}

}  // namespace lakeferry::bench
