// AWS Signature Version 4, as S3 and the services of AWS want it. Pure: the time is a parameter. Signatures and tokens
// go into the request alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/hmac.h"
#include "base/time.h"
#include "http/message.h"
#include "storage/aws/credentials.h"

namespace lakeferry::aws {

// In place of the digest of a body that is not signed; over TLS and with a checksum of its own.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
// The digest of no body.
inline constexpr std::string_view kEmptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// Signs for one service in one region, and keeps the key of a day: what is derived four times over is derived once. One
// thread at a time.
class Signer {
 public:
  // "s3" takes the path as it is sent; for every other service it is normalized and encoded once more, as AWS has it.
  Signer(std::string region, std::string service);

  // Adds X-Amz-Date, for S3 X-Amz-Content-Sha256, with a token X-Amz-Security-Token, and Authorization; of those that
  // are there already it takes the place. Signed is what the request has: method, Host (http/origin.h), path and query,
  // and every header but those that proxies change (kUnsignedHeaders). Path and query must be encoded as PercentEncode
  // does. `payload_hash`: the SHA-256 of the body in hex, or kUnsignedPayload. Anonymous credentials sign nothing.
  void Sign(HttpRequest& request, const Credentials& credentials, TimeMs now, std::string_view payload_hash);

  // The same in the query, for somebody who has no keys: the target is good until `duration` (a week at most) after
  // `now`, for the headers that the request has, and any body.
  void Presign(HttpRequest& request, const Credentials& credentials, TimeMs now, Millis duration);

  [[nodiscard]] const std::string& region() const { return region_; }

 private:
  struct DayKey {
    std::string day;
    std::string access_key_id;
    Secret secret_key;
    HmacSha256 hmac;
  };
  HmacSha256& KeyOf(const Credentials& credentials, std::string_view day);
  // 64 hex digits.
  [[nodiscard]] std::string SignatureOf(std::string_view canonical_request, const Credentials& credentials,
                                        std::string_view time);
  [[nodiscard]] std::string Scope(std::string_view day) const;

  std::string region_;
  std::string service_;
  bool as_sent_;  // the path
  std::optional<DayKey> key_;
};

}  // namespace lakeferry::aws
