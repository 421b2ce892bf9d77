// Where a bucket of S3 is reached, and on what terms. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/access_point.h"
#include "base/time.h"
#include "http/message.h"

namespace lakeferry::s3 {

// How long what is written cannot be deleted or replaced (Object Lock).
struct ObjectLock {
  std::string mode;                               // "GOVERNANCE" or "COMPLIANCE"
  std::variant<std::chrono::days, TimeMs> until;  // from the write on, or a fixed time

  bool operator==(const ObjectLock&) const = default;
};

// What goes along with requests, whatever they are for.
struct BucketTerms {
  bool requester_pays = false;
  std::string encryption = {};  // of new objects: "AES256", "aws:kms"; empty: as the bucket has it
  std::string kms_key_id = {};
  std::optional<ObjectLock> lock = {};  // of new objects

  bool operator==(const BucketTerms&) const = default;
};

struct BucketAddress {
  std::string bucket;  // or the ARN of an access point
  std::string region;
  std::optional<Origin> endpoint = {};  // absent: that of AWS for the region
  bool path_style = false;              // the bucket is the first part of the path, and not of the host's name
  bool dual_stack = false;              // of AWS's endpoints that which is reached by IPv6 as well
  bool fips = false;                    // and that with the ciphers of FIPS 140
  BucketTerms terms = {};
};
// Whose host stands in requests, and what comes before the key: "https://b.s3.eu-west-1.amazonaws.com", "/b".
[[nodiscard]] Origin OriginOf(const BucketAddress& address);
[[nodiscard]] std::string PathOf(const BucketAddress& address);
// What can copy between its own buckets: "s3 https://endpoint".
[[nodiscard]] std::string ServiceOf(const BucketAddress& address);

// How a copy names where it is made of: "/bucket/key", or by the ARN of an access point. Not encoded.
[[nodiscard]] std::string CopySourceOf(const BucketAddress& address, std::string_view key);
// Where the object is that a copy names so, and its key; the rest of the address as here. Absent for what names none.
struct PlacedKey {
  BucketAddress address;
  std::string key;
};
[[nodiscard]] std::optional<PlacedKey> ReadCopySource(const BucketAddress& here, std::string_view source);

// What a request that makes an object has to say at `now`; `locked`: the terms' retention as well.
[[nodiscard]] Headers HeadersOfNew(const BucketTerms& terms, TimeMs now, bool locked);

}  // namespace lakeferry::s3
