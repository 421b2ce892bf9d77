// The operations of S3 over a shelf, each as a function of request and body.
#pragma once

#include <string>

#include "bench/store/body.h"
#include "bench/store/refusal.h"
#include "bench/store/reply.h"
#include "bench/store/request.h"
#include "bench/store/shelf.h"

namespace lakeferry::bench {

// Objects.
[[nodiscard]] Answer<Reply> GetObject(const Shelf& shelf, const Request& request);  // and HeadObject
[[nodiscard]] Answer<Reply> PutObject(Shelf& shelf, const Request& request, const Body& body);
[[nodiscard]] Answer<Reply> CopyObject(Shelf& shelf, const Request& request);
[[nodiscard]] Answer<Reply> DeleteObject(Shelf& shelf, const Request& request);
// What a copy names, if it is as the request wants it. NoSuchKey, PreconditionFailed.
[[nodiscard]] Answer<ObjectRef> CopySource(const Shelf& shelf, const Request& request);
// What a write wants to find. NotImplemented for what S3 knows no write on.
[[nodiscard]] Answer<Conditions> ConditionsOf(const Request& request);

// Uploads.
[[nodiscard]] Answer<Reply> CreateMultipartUpload(Shelf& shelf, const Request& request);
[[nodiscard]] Answer<Reply> UploadPart(Shelf& shelf, const Request& request, const Body& body);
[[nodiscard]] Answer<Reply> UploadPartCopy(Shelf& shelf, const Request& request);
[[nodiscard]] Answer<Reply> CompleteMultipartUpload(Shelf& shelf, const Request& request, const std::string& xml);
[[nodiscard]] Answer<Reply> AbortMultipartUpload(Shelf& shelf, const Request& request);
[[nodiscard]] Answer<Reply> ListParts(const Shelf& shelf, const Request& request);
[[nodiscard]] Answer<Reply> ListMultipartUploads(const Shelf& shelf, const Request& request);

// Buckets.
[[nodiscard]] Answer<Reply> ListBuckets(const Shelf& shelf);
[[nodiscard]] Answer<Reply> HeadBucket(const Shelf& shelf, const Request& request, const std::string& region);
[[nodiscard]] Answer<Reply> GetBucketLocation(const Shelf& shelf, const Request& request, const std::string& region);
[[nodiscard]] Answer<Reply> ListObjects(const Shelf& shelf, const Request& request);  // both versions
[[nodiscard]] Answer<Reply> DeleteObjects(Shelf& shelf, const Request& request, const std::string& xml, bool summed);

}  // namespace lakeferry::bench
