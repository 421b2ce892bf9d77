#include <pugixml.hpp>

#include <algorithm>

#include "bench/store/calls.h"

namespace lakeferry::bench {
namespace {

constexpr size_t kDeletedAtOnce = 1000;

}  // namespace

Answer<Reply> ListBuckets(const Shelf& shelf) {
  std::string xml = "<ListAllMyBucketsResult><Buckets>";
  for (const std::string& name : shelf.Buckets()) {
    xml += "<Bucket>";
    AppendElement(xml, "Name", name);
    AppendElement(xml, "CreationDate", XmlDate(Now()));
    xml += "</Bucket>";
  }
  return XmlReply(xml + "</Buckets></ListAllMyBucketsResult>");
}

Answer<Reply> HeadBucket(const Shelf& shelf, const Request& request, const std::string& region) {
  BENCH_TRY_OK(shelf.HasBucket(request.bucket));
  return Reply{.headers = {{"x-amz-bucket-region", region}}};
}

Answer<Reply> GetBucketLocation(const Shelf& shelf, const Request& request, const std::string& region) {
  BENCH_TRY_OK(shelf.HasBucket(request.bucket));
  std::string xml;
  // The first region has no name there.
  AppendElement(xml, "LocationConstraint", region == "us-east-1" ? "" : region);
  return XmlReply(xml);
}

Answer<Reply> DeleteObjects(Shelf& shelf, const Request& request, const std::string& text, bool summed) {
  if (!summed) return Refuse(400, "InvalidRequest", "a deletion of many wants Content-MD5 or a checksum");
  pugi::xml_document document;
  const bool read = static_cast<bool>(document.load_buffer(text.data(), text.size()));
  const pugi::xml_node root = document.child("Delete");
  const auto objects = root.children("Object");
  const auto count = static_cast<size_t>(std::distance(objects.begin(), objects.end()));
  if (!read || count == 0 || count > kDeletedAtOnce) return Refuse(400, "MalformedXML");
  const bool quiet = root.child("Quiet").text().as_bool();
  BENCH_TRY_OK(shelf.HasBucket(request.bucket));
  std::string xml = "<DeleteResult>";
  for (const pugi::xml_node object : objects) {
    const std::string key = object.child_value("Key");
    BENCH_TRY_OK(shelf.Delete(request.bucket, key, {}));
    if (quiet) continue;
    xml += "<Deleted>";
    AppendElement(xml, "Key", key);
    xml += "</Deleted>";
  }
  return XmlReply(xml + "</DeleteResult>");
}

}  // namespace lakeferry::bench
