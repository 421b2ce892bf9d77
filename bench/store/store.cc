#include "bench/store/store.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry::bench {
namespace {

// What is so small is kept: clients try a store out with objects that they read back.
constexpr int64_t kKeptMax = int64_t{64} << 10;

std::string TextOf(const Body& body) {
  Spans spans;
  body.content.AppendTo(spans);
  std::string text;
  for (const std::span<const char> one : spans.list) text.append(one.data(), one.size());
  return text;
}

}  // namespace

bool Store::Drops(const Request& request, std::string_view operation) const {
  const bool of_object = operation == "PutObject" || operation == "UploadPart";
  return of_object && !options_.drop.empty() && request.key.starts_with(options_.drop) &&
         request.length.value_or(0) > kKeptMax;
}

Answer<Reply> Store::Call(const Request& request, std::string_view operation, const Body& body) {
  if (operation == "GetObject" || operation == "HeadObject") return GetObject(shelf_, request);
  if (operation == "PutObject") return PutObject(shelf_, request, body);
  if (operation == "UploadPart") return UploadPart(shelf_, request, body);
  if (operation == "CopyObject") return CopyObject(shelf_, request);
  if (operation == "DeleteObject") return DeleteObject(shelf_, request);
  if (operation == "CreateMultipartUpload") return CreateMultipartUpload(shelf_, request);
  if (operation == "CompleteMultipartUpload") return CompleteMultipartUpload(shelf_, request, TextOf(body));
  if (operation == "UploadPartCopy") return UploadPartCopy(shelf_, request);
  if (operation == "AbortMultipartUpload") return AbortMultipartUpload(shelf_, request);
  if (operation == "ListParts") return ListParts(shelf_, request);
  if (operation == "ListMultipartUploads") return ListMultipartUploads(shelf_, request);
  if (operation == "ListObjectsV2" || operation == "ListObjects") return ListObjects(shelf_, request);
  if (operation == "DeleteObjects") return DeleteObjects(shelf_, request, TextOf(body), body.summed);
  if (operation == "HeadBucket") return HeadBucket(shelf_, request, options_.keys.region);
  if (operation == "GetBucketLocation") return GetBucketLocation(shelf_, request, options_.keys.region);
  if (operation == "ListBuckets") return ListBuckets(shelf_);
  if (operation == "CreateBucket") {
    shelf_.MakeBucket(request.bucket);
    return Reply{.headers = {{"Location", "/" + request.bucket}}};
  }
  return Refuse(501, "NotImplemented", "this store does not know what is asked for");
}

Reply Store::Do(const Request& request, std::string_view operation, const Body& body) {
  Answer<Reply> reply = Call(request, operation, body);
  return reply ? *std::move(reply) : ReplyOf(reply.error(), options_.keys.region);
}

Answer<Reply> Store::PutSparse(const Request& request) {
  constexpr std::string_view kFolder = "sparse/";
  const std::string_view place = std::string_view(request.key).substr(kFolder.size());
  const size_t slash = std::min(place.find('/'), place.size());
  const std::string bucket(place.substr(0, slash));
  const std::string key(place.substr(std::min(slash + 1, place.size())));
  const auto size = NumberOf(request.QueryOr("size", ""));
  const auto count = NumberOf(request.QueryOr("count", "0"));
  if (bucket.empty() || key.empty() || !size || !count) return Refuse(400, "InvalidArgument");
  shelf_.MakeBucket(bucket);
  for (int64_t number = 0; number < std::max<int64_t>(*count, 1); ++number) {
    const std::string name = *count == 0 ? key : fmt::format("{}{}", key, number);
    const Tiles tiles(name);
    const uint64_t crc64 = tiles.Crc64OfFirst(*size);
    BENCH_TRY_OK(shelf_.Put(bucket, name,
                            std::make_shared<const Object>(Object{.content = Content::Sparse(tiles, *size),
                                                                  .crc64 = crc64,
                                                                  .etag = shelf_.NewEtag(crc64),
                                                                  .kept = {{"Content-Type", "binary/octet-stream"}},
                                                                  .modified = Now()}),
                            {}));
  }
  return Reply{};
}

Reply Store::Control(const Request& request) {
  if (request.method == "GET" && request.key == "counts") return {.text = counts.Json()};
  if (request.method == "POST" && request.key == "reset") {
    counts.Reset();
    return {};
  }
  Answer<Reply> reply = Refuse(404, "NoSuchKey", "the control does not know this");
  if (request.method == "PUT" && request.key.starts_with("sparse/")) reply = PutSparse(request);
  return reply ? *std::move(reply) : ReplyOf(reply.error(), options_.keys.region);
}

}  // namespace lakeferry::bench
