#include "storage/s3/bucket_address.h"

#include <fmt/format.h>

#include "http/origin.h"
#include "storage/aws/settings.h"

namespace lakeferry::s3 {
namespace {

constexpr std::string_view kObject = "/object/";
constexpr size_t kSecondsEnd = 19;  // "2026-11-29T12:00:00"

std::string UntilText(const ObjectLock& lock, TimeMs now) {
  const auto* days = std::get_if<std::chrono::days>(&lock.until);
  const TimeMs until = days == nullptr ? std::get<TimeMs>(lock.until) : now + *days;
  return FormatUtc(until).substr(0, kSecondsEnd) + "Z";
}

Origin OriginOfAws(const BucketAddress& address, std::string_view service) {
  return aws::OriginOfService(
      fmt::format("{}{}{}", service, address.fips ? "-fips" : "", address.dual_stack ? ".dualstack" : ""),
      address.region);
}

}  // namespace

Origin OriginOf(const BucketAddress& address) {
  const auto point = ReadAccessPoint(address.bucket);
  Origin origin = address.endpoint ? *address.endpoint : OriginOfAws(address, point ? "s3-accesspoint" : "s3");
  if (point) {
    origin.host = fmt::format("{}-{}.{}", point->name, point->account, origin.host);
  } else if (!address.path_style) {
    origin.host = fmt::format("{}.{}", address.bucket, origin.host);
  }
  return origin;
}

std::string PathOf(const BucketAddress& address) {
  return address.path_style && !ReadAccessPoint(address.bucket) ? "/" + PercentEncode(address.bucket) : std::string();
}

std::string ServiceOf(const BucketAddress& address) {
  return fmt::format("s3 {}", address.endpoint ? ToString(*address.endpoint) : "aws");
}

std::string CopySourceOf(const BucketAddress& address, std::string_view key) {
  if (ReadAccessPoint(address.bucket)) return fmt::format("{}{}{}", address.bucket, kObject, key);
  return fmt::format("/{}/{}", address.bucket, key);
}

std::optional<PlacedKey> ReadCopySource(const BucketAddress& here, std::string_view source) {
  PlacedKey placed{.address = here, .key = {}};
  if (const size_t arn = ArnLength(source); arn > 0) {
    const auto point = ReadAccessPoint(source.substr(0, arn));
    source.remove_prefix(arn);
    if (!point || !source.starts_with(kObject)) return std::nullopt;
    placed.address.bucket =
        fmt::format("arn:{}:s3:{}:{}:accesspoint/{}", point->partition, point->region, point->account, point->name);
    placed.address.region = point->region;
    placed.key = source.substr(kObject.size());
  } else {
    const size_t slash = source.find('/', 1);
    if (!source.starts_with('/') || slash == std::string_view::npos) return std::nullopt;
    placed.address.bucket = source.substr(1, slash - 1);
    placed.key = source.substr(slash + 1);
  }
  if (placed.key.empty()) return std::nullopt;
  return placed;
}

Headers HeadersOfNew(const BucketTerms& terms, TimeMs now, bool locked) {
  Headers headers;
  if (!terms.encryption.empty()) headers.Add("x-amz-server-side-encryption", terms.encryption);
  if (!terms.kms_key_id.empty()) headers.Add("x-amz-server-side-encryption-aws-kms-key-id", terms.kms_key_id);
  if (!terms.lock || !locked) return headers;
  headers.Add("x-amz-object-lock-mode", terms.lock->mode);
  headers.Add("x-amz-object-lock-retain-until-date", UntilText(*terms.lock, now));
  return headers;
}

}  // namespace lakeferry::s3
