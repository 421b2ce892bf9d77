// What Google's storage says and takes as JSON, and its checksums. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "env/object_info.h"
#include "http/message.h"

namespace lakeferry::gcs {

// The members of an object that are asked for.
inline constexpr std::string_view kObjectFields = "name,size,generation,updated,timeCreated,crc32c,md5Hash";

struct StoredObject {
  std::string key;
  int64_t size_bytes = 0;
  // When its content or what is said of it was changed last: what engines take for its modification time.
  TimeMs modified;
  std::string generation;  // another content has another
  ObjectChecksums checksums;
};
// kCorruptData for what is no such answer; so of all that follow.
[[nodiscard]] Result<StoredObject> ReadObject(std::string_view json);

// objects.list.
struct ListResult {
  std::vector<StoredObject> objects;
  std::vector<std::string> prefixes;  // each with the '/' at its end
  std::string next;                   // page token; empty on the last page
};
[[nodiscard]] Result<ListResult> ReadList(std::string_view json);

// objects.rewrite: where it is not done yet, the token by which it goes on.
struct RewriteResult {
  bool done = false;
  std::string token;
};
[[nodiscard]] Result<RewriteResult> ReadRewrite(std::string_view json);

// What a refusal says; empty where the text is none. Of bytes that were asked for it is no JSON but a line.
struct Fault {
  std::string reason;  // "conditionNotMet"
  std::string message;
};
[[nodiscard]] Fault ReadFault(std::string_view text);

// base64 of the number, its highest byte first.
[[nodiscard]] std::string ChecksumText(uint32_t crc32c);
// That of a whole object, as x-goog-hash tells it beside bytes.
[[nodiscard]] std::optional<uint32_t> ChecksumOf(const Headers& headers);

// An object and what is said of it, as the body of one request (multipart/related, RFC 2387).
struct UploadBody {
  std::string content_type;
  std::string bytes;
};
[[nodiscard]] UploadBody MakeUploadBody(const std::string& key, std::string_view bytes, uint32_t crc32c);
// What is said of an object whose bytes come later.
[[nodiscard]] std::string WriteObject(const std::string& key);

}  // namespace lakeferry::gcs
