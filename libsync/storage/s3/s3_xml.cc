#include "storage/s3/s3_xml.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <pugixml.hpp>
#include <utility>

#include "http/origin.h"
#include "storage/cloud/size_text.h"

namespace lakeferry::s3 {
namespace {

std::unexpected<Error> NoAnswer(std::string_view what) {
  return Fail(ErrorCode::kCorruptData, fmt::format("the answer to {} is not what S3 gives", what), {},
              "see what answers at the endpoint: is it an S3 service?");
}

// The root element of a document, by its name without a namespace; null where there is none such.
pugi::xml_node RootOf(pugi::xml_document& document, std::string_view xml, std::string_view name) {
  if (!document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata_single)) return {};
  const pugi::xml_node root = document.document_element();
  const std::string_view full = root.name();
  const size_t colon = full.find(':');
  return full.substr(colon == std::string_view::npos ? 0 : colon + 1) == name ? root : pugi::xml_node();
}

std::string TextOf(pugi::xml_node parent, const char* name) { return parent.child_value(name); }

// Names come URL-encoded, because XML cannot hold every byte of them.
std::string Decode(std::string_view text, bool encoded) {
  std::string plain(text);
  if (!encoded) return plain;
  std::ranges::replace(plain, '+', ' ');
  return PercentDecode(plain);
}

void AppendEscaped(std::string& out, std::string_view text) {
  for (const char byte : text) {
    switch (byte) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\r': out += "&#13;"; break;
      case '\n': out += "&#10;"; break;
      default: out.push_back(byte);
    }
  }
}

}  // namespace

Result<ListResult> ReadList(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "ListBucketResult");
  if (!root) return NoAnswer("a listing");
  const bool encoded = TextOf(root, "EncodingType") == "url";
  ListResult result;
  for (const pugi::xml_node entry : root.children("Contents")) {
    const auto modified = ParseTime(entry.child_value("LastModified"));
    const auto size = SizeOf(entry.child_value("Size"));
    std::string key = Decode(entry.child_value("Key"), encoded);
    if (!modified || !size || key.empty()) return NoAnswer("a listing");
    result.objects.push_back(
        {.key = std::move(key), .size_bytes = *size, .modified = *modified, .etag = TextOf(entry, "ETag")});
  }
  for (const pugi::xml_node entry : root.children("CommonPrefixes")) {
    result.prefixes.push_back(Decode(entry.child_value("Prefix"), encoded));
    if (!result.prefixes.back().ends_with('/')) return NoAnswer("a listing");
  }
  if (TextOf(root, "IsTruncated") != "true") return result;
  result.next = TextOf(root, "NextContinuationToken");
  if (result.next.empty()) return NoAnswer("a listing");
  return result;
}

Fault ReadFault(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "Error");
  if (!root) return {};
  return {.code = TextOf(root, "Code"), .message = TextOf(root, "Message"), .region = TextOf(root, "Region")};
}

Result<std::string> ReadUploadId(std::string_view xml) {
  pugi::xml_document document;
  std::string id = TextOf(RootOf(document, xml, "InitiateMultipartUploadResult"), "UploadId");
  if (id.empty()) return NoAnswer("an upload's beginning");
  return id;
}

Result<OpenUploads> ReadOpenUploads(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "ListMultipartUploadsResult");
  if (!root) return NoAnswer("a listing of uploads");
  const bool encoded = TextOf(root, "EncodingType") == "url";
  OpenUploads result;
  for (const pugi::xml_node entry : root.children("Upload")) {
    result.uploads.push_back({.key = Decode(entry.child_value("Key"), encoded),
                              .id = TextOf(entry, "UploadId"),
                              .begun = ParseTime(entry.child_value("Initiated")).value_or(TimeMs())});
    if (result.uploads.back().key.empty() || result.uploads.back().id.empty()) return NoAnswer("a listing of uploads");
  }
  if (TextOf(root, "IsTruncated") != "true") return result;
  result.next_key = Decode(root.child_value("NextKeyMarker"), encoded);
  result.next_id = TextOf(root, "NextUploadIdMarker");
  if (result.next_key.empty()) return NoAnswer("a listing of uploads");
  return result;
}

Result<HeldParts> ReadHeldParts(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "ListPartsResult");
  if (!root) return NoAnswer("a listing of parts");
  HeldParts result;
  const std::string algorithm = TextOf(root, "ChecksumAlgorithm");
  const std::string type = TextOf(root, "ChecksumType");
  result.is_crc64 = (algorithm.empty() || algorithm == "CRC64NVME") && (type.empty() || type == "FULL_OBJECT");
  for (const pugi::xml_node entry : root.children("Part")) {
    const auto size = SizeOf(entry.child_value("Size"));
    const int number = entry.child("PartNumber").text().as_int();
    std::string etag = TextOf(entry, "ETag");
    if (!size || number <= 0 || etag.empty()) return NoAnswer("a listing of parts");
    result.parts.push_back(
        {.number = number, .size_bytes = *size, .etag = std::move(etag), .crc64 = TextOf(entry, "ChecksumCRC64NVME")});
  }
  if (TextOf(root, "IsTruncated") != "true") return result;
  result.next = root.child("NextPartNumberMarker").text().as_int();
  if (result.next <= 0) return NoAnswer("a listing of parts");
  return result;
}

std::string ReadCompleted(std::string_view xml) {
  pugi::xml_document document;
  return TextOf(RootOf(document, xml, "CompleteMultipartUploadResult"), "ETag");
}

Result<CopiedPart> ReadCopiedPart(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "CopyPartResult");
  CopiedPart part{.etag = TextOf(root, "ETag"), .crc64 = TextOf(root, "ChecksumCRC64NVME")};
  if (part.etag.empty()) return NoAnswer("a copy");
  return part;
}

Result<std::vector<NotDeletedKey>> ReadNotDeleted(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = RootOf(document, xml, "DeleteResult");
  if (!root) return NoAnswer("a deletion");
  std::vector<NotDeletedKey> stayed;
  for (const pugi::xml_node entry : root.children("Error")) {
    stayed.push_back({.key = TextOf(entry, "Key"),
                      .fault = {.code = TextOf(entry, "Code"), .message = TextOf(entry, "Message"), .region = {}}});
    if (stayed.back().key.empty()) return NoAnswer("a deletion");
  }
  return stayed;
}

std::string WriteDelete(const std::vector<std::string>& keys) {
  std::string xml = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>";
  for (const std::string& key : keys) {
    xml += "<Object><Key>";
    AppendEscaped(xml, key);
    xml += "</Key></Object>";
  }
  return xml + "</Delete>";
}

std::string WriteComplete(const std::vector<UploadedPart>& parts) {
  std::string xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (const UploadedPart& part : parts) {
    fmt::format_to(std::back_inserter(xml), "<Part><PartNumber>{}</PartNumber><ETag>", part.number);
    AppendEscaped(xml, part.etag);
    xml += "</ETag>";
    if (!part.crc64.empty()) xml += fmt::format("<ChecksumCRC64NVME>{}</ChecksumCRC64NVME>", part.crc64);
    xml += "</Part>";
  }
  return xml + "</CompleteMultipartUpload>";
}

}  // namespace lakeferry::s3
