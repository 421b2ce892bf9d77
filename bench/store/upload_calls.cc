#include <pugixml.hpp>

#include <utility>

#include "bench/store/calls.h"
#include "storage/s3/checksum_text.h"

namespace lakeferry::bench {
namespace {

constexpr int kPartsMax = 10'000;
constexpr int64_t kPartBytesMax = int64_t{5} << 30;

Answer<int> NumberOfPart(const Request& request) {
  const auto number = NumberOf(request.QueryOr("partNumber", ""));
  if (!number || *number < 1 || *number > kPartsMax) return Refuse(400, "InvalidArgument", "no number of a part");
  return static_cast<int>(*number);
}

std::string IdOf(const Request& request) { return request.QueryOr("uploadId", ""); }

// Absent for what is no completion.
std::optional<Completion> ReadCompletion(const std::string& xml) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) return std::nullopt;
  const pugi::xml_node root = document.child("CompleteMultipartUpload");
  if (!root) return std::nullopt;
  Completion completion;
  for (const pugi::xml_node part : root.children("Part")) {
    std::string etag = part.child_value("ETag");
    if (!etag.starts_with('"')) etag = '"' + etag + '"';
    completion.parts.push_back({.number = part.child("PartNumber").text().as_int(),
                                .etag = std::move(etag),
                                .crc64 = part.child_value("ChecksumCRC64NVME")});
  }
  return completion;
}

}  // namespace

Answer<Reply> CreateMultipartUpload(Shelf& shelf, const Request& request) {
  BENCH_TRY(const std::string id,
            shelf.Begin(request.bucket, request.key,
                        {{"Content-Type", request.HeaderOr("Content-Type", "binary/octet-stream")}}));
  std::string xml = "<InitiateMultipartUploadResult>";
  AppendElement(xml, "Bucket", request.bucket);
  AppendElement(xml, "Key", request.key);
  AppendElement(xml, "UploadId", id);
  return XmlReply(xml + "</InitiateMultipartUploadResult>");
}

Answer<Reply> UploadPart(Shelf& shelf, const Request& request, const Body& body) {
  BENCH_TRY(const int number, NumberOfPart(request));
  const std::string etag = shelf.NewEtag(body.crc64);
  BENCH_TRY_OK(
      shelf.PutPart(IdOf(request), request.key, number, {.content = body.content, .crc64 = body.crc64, .etag = etag}));
  return Reply{.headers = {{"ETag", etag}, {"x-amz-checksum-crc64nvme", s3::ChecksumText(body.crc64)}}};
}

Answer<Reply> UploadPartCopy(Shelf& shelf, const Request& request) {
  BENCH_TRY(const int number, NumberOfPart(request));
  BENCH_TRY(const ObjectRef source, CopySource(shelf, request));
  BENCH_TRY(const auto range, RangeOf(request.Header("x-amz-copy-source-range"), source->content.size()));
  Part part{.content = source->content, .crc64 = source->crc64, .etag = {}};
  if (range) {
    part.content = source->content.Slice(range->first, range->second);
    if (!part.content.readable()) return Refuse(403, "InvalidObjectState", "its bytes were dropped");
    part.crc64 = part.content.Crc64();
  }
  if (part.content.size() > kPartBytesMax) return Refuse(400, "InvalidRequest", "too large for one part");
  part.etag = shelf.NewEtag(part.crc64);
  std::string xml = "<CopyPartResult>";
  AppendElement(xml, "LastModified", XmlDate(Now()));
  AppendElement(xml, "ETag", part.etag);
  AppendElement(xml, "ChecksumCRC64NVME", s3::ChecksumText(part.crc64));
  BENCH_TRY_OK(shelf.PutPart(IdOf(request), request.key, number, std::move(part)));
  return XmlReply(xml + "</CopyPartResult>");
}

Answer<Reply> CompleteMultipartUpload(Shelf& shelf, const Request& request, const std::string& text) {
  BENCH_TRY(const Conditions conditions, ConditionsOf(request));
  auto completion = ReadCompletion(text);
  if (!completion) return Refuse(400, "MalformedXML");
  if (const auto said = request.Header("x-amz-checksum-crc64nvme")) completion->crc64 = *said;
  if (const auto said = request.Header("x-amz-mp-object-size")) completion->size = NumberOf(*said);
  BENCH_TRY(const ObjectRef made, shelf.Complete(IdOf(request), request.key, *completion, conditions));
  std::string xml = "<CompleteMultipartUploadResult>";
  AppendElement(xml, "Bucket", request.bucket);
  AppendElement(xml, "Key", request.key);
  AppendElement(xml, "ETag", made->etag);
  AppendElement(xml, "ChecksumCRC64NVME", s3::ChecksumText(made->crc64));
  AppendElement(xml, "ChecksumType", "FULL_OBJECT");
  return XmlReply(xml + "</CompleteMultipartUploadResult>");
}

Answer<Reply> AbortMultipartUpload(Shelf& shelf, const Request& request) {
  BENCH_TRY_OK(shelf.Abort(IdOf(request), request.key));
  return Reply{.status = 204};
}

Answer<Reply> ListParts(const Shelf& shelf, const Request& request) {
  BENCH_TRY(const auto parts, shelf.Parts(IdOf(request), request.key));
  std::string xml = "<ListPartsResult>";
  AppendElement(xml, "Key", request.key);
  AppendElement(xml, "UploadId", IdOf(request));
  AppendElement(xml, "IsTruncated", "false");
  for (const auto& [number, part] : parts) {
    xml += "<Part>";
    AppendElement(xml, "PartNumber", std::to_string(number));
    AppendElement(xml, "ETag", part.etag);
    AppendElement(xml, "Size", std::to_string(part.content.size()));
    AppendElement(xml, "ChecksumCRC64NVME", s3::ChecksumText(part.crc64));
    xml += "</Part>";
  }
  return XmlReply(xml + "</ListPartsResult>");
}

Answer<Reply> ListMultipartUploads(const Shelf& shelf, const Request& request) {
  BENCH_TRY_OK(shelf.HasBucket(request.bucket));
  std::string xml = "<ListMultipartUploadsResult>";
  AppendElement(xml, "Bucket", request.bucket);
  AppendElement(xml, "IsTruncated", "false");
  for (const auto& [key, id] : shelf.Uploads(request.bucket)) {
    xml += "<Upload>";
    AppendElement(xml, "Key", key);
    AppendElement(xml, "UploadId", id);
    xml += "</Upload>";
  }
  return XmlReply(xml + "</ListMultipartUploadsResult>");
}

}  // namespace lakeferry::bench
