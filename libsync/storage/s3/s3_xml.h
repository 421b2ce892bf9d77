// What S3 says and takes as XML. Pure. Entities that a document defines by itself are never resolved.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace lakeferry::s3 {

struct ListedObject {
  std::string key;
  int64_t size_bytes = 0;
  TimeMs modified;
  std::string etag;
};

// ListObjectsV2.
struct ListResult {
  std::vector<ListedObject> objects;
  std::vector<std::string> prefixes;  // each with the '/' at its end
  std::string next;                   // continuation token; empty on the last page
};
// kCorruptData for what is no such answer.
[[nodiscard]] Result<ListResult> ReadList(std::string_view xml);

// What an <Error> says; empty where the text is none, as with a proxy's page.
struct Fault {
  std::string code;
  std::string message;
  std::string region;  // in which the bucket is, where it says that
};
[[nodiscard]] Fault ReadFault(std::string_view xml);

// CreateMultipartUpload. kCorruptData.
[[nodiscard]] Result<std::string> ReadUploadId(std::string_view xml);

// ListMultipartUploads: those that have neither been completed nor given up.
struct OpenUpload {
  std::string key;
  std::string id;
  TimeMs begun;  // the first moment of all times where it is not told
};
struct OpenUploads {
  std::vector<OpenUpload> uploads;
  // Where the next page begins; both empty on the last page.
  std::string next_key = {};
  std::string next_id = {};
};
// kCorruptData.
[[nodiscard]] Result<OpenUploads> ReadOpenUploads(std::string_view xml);

// ListParts.
struct HeldPart {
  int number;  // from 1 on
  int64_t size_bytes;
  std::string etag;
  std::string crc64;  // base64; empty: none is told
};
struct HeldParts {
  std::vector<HeldPart> parts;
  int next = 0;          // the number behind which the next page begins; 0 on the last page
  bool is_crc64 = true;  // false: the upload says that its parts have other checksums, or none of the whole
};
// kCorruptData.
[[nodiscard]] Result<HeldParts> ReadHeldParts(std::string_view xml);

struct CopiedPart {
  std::string etag;
  std::string crc64;  // base64; empty: none is told
};
// CompleteMultipartUpload: the object's etag; empty where it is not told.
[[nodiscard]] std::string ReadCompleted(std::string_view xml);
// UploadPartCopy. kCorruptData.
[[nodiscard]] Result<CopiedPart> ReadCopiedPart(std::string_view xml);

struct NotDeletedKey {
  std::string key;
  Fault fault;
};
// DeleteObjects, which names those alone that stayed. kCorruptData.
[[nodiscard]] Result<std::vector<NotDeletedKey>> ReadNotDeleted(std::string_view xml);

[[nodiscard]] std::string WriteDelete(const std::vector<std::string>& keys);

struct UploadedPart {
  int number;  // from 1 on
  std::string etag;
  std::string crc64;  // base64; empty: none is said
};
[[nodiscard]] std::string WriteComplete(const std::vector<UploadedPart>& parts);

}  // namespace lakeferry::s3
