#include "bench/store/operations.h"

#include <fmt/format.h>

namespace lakeferry::bench {
namespace {

std::string_view OfBucket(const Request& request) {
  const std::string_view method = request.method;
  if (method == "POST") return request.Has("delete") ? "DeleteObjects" : "";
  if (method == "HEAD") return "HeadBucket";
  if (method == "PUT") return "CreateBucket";
  if (method != "GET") return "";
  if (request.Has("location")) return "GetBucketLocation";
  if (request.Has("uploads")) return "ListMultipartUploads";
  for (const char* other : {"versioning", "versions", "lifecycle", "object-lock", "policy", "acl"}) {
    if (request.Has(other)) return "";
  }
  return request.Query("list-type") == "2" ? "ListObjectsV2" : "ListObjects";
}

std::string_view OfUpload(const Request& request) {
  const std::string_view method = request.method;
  if (method == "PUT") return request.Header("x-amz-copy-source") ? "UploadPartCopy" : "UploadPart";
  if (method == "POST") return "CompleteMultipartUpload";
  if (method == "DELETE") return "AbortMultipartUpload";
  return method == "GET" ? "ListParts" : "";
}

std::string_view OfObject(const Request& request) {
  const std::string_view method = request.method;
  for (const char* other : {"attributes", "tagging", "acl", "retention", "legal-hold", "versionId", "restore"}) {
    if (request.Has(other)) return "";
  }
  if (method == "PUT") return request.Header("x-amz-copy-source") ? "CopyObject" : "PutObject";
  if (method == "GET") return "GetObject";
  if (method == "HEAD") return "HeadObject";
  return method == "DELETE" ? "DeleteObject" : "";
}

}  // namespace

std::string_view OperationOf(const Request& request) {
  if (request.bucket.empty()) return request.method == "GET" ? "ListBuckets" : "";
  if (request.key.empty()) return OfBucket(request);
  if (request.method == "POST" && request.Has("uploads")) return "CreateMultipartUpload";
  return request.Has("uploadId") ? OfUpload(request) : OfObject(request);
}

void OperationCounts::Count(std::string_view operation) {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(operation);
  if (found != counts_.end()) {
    ++found->second;
  } else {
    counts_.emplace(operation, 1);
  }
}

std::string OperationCounts::Json() const {
  const std::lock_guard lock(mutex_);
  std::string json = "{";
  for (const auto& [name, count] : counts_) {
    json += fmt::format("{}\"{}\": {}", json.size() > 1 ? ", " : "", name, count);
  }
  return json + "}\n";
}

void OperationCounts::Reset() {
  const std::lock_guard lock(mutex_);
  counts_.clear();
}

}  // namespace lakeferry::bench
