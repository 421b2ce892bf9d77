#include "daemon/config/config_bucket_terms.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace lakeferry {
namespace {

constexpr std::array<std::string_view, 6> kKeys{"requester_pays",         "dual_stack", "fips",
                                                "server_side_encryption", "kms_key_id", "object_lock"};
constexpr int64_t kDaysMax = 36'500;  // as AWS has it

std::optional<bool> ReadFlag(ConfigMap& map, std::string_view key) {
  if (!map.Has(key)) return std::nullopt;
  return map.Choice(key, {"false", "true"}).value_or(0) == 1;
}

std::string ReadEncryption(ConfigMap& map) {
  constexpr std::array<std::string_view, 6> kKinds{"bucket", "AES256", "aws:kms", "aws:kms:dsse", "customer", "SSE-C"};
  const auto choice = map.Choice("server_side_encryption", {kKinds.begin(), kKinds.end()}).value_or(0);
  if (kKinds.at(choice) == "customer" || kKinds.at(choice) == "SSE-C") {
    map.Report("server_side_encryption", "keys that the customer brings with each request (SSE-C) are not taken",
               "write aws:kms with kms_key_id, AES256, or nothing where the bucket's own default counts");
    return {};
  }
  return choice == 0 ? std::string() : std::string(kKinds.at(choice));
}

std::optional<s3::ObjectLock> ReadLock(ConfigMap& map) {
  if (!map.Has("object_lock")) return std::nullopt;
  auto lock = map.Map("object_lock", kObjectLockLevel);
  if (!lock) return std::nullopt;
  const auto mode = lock->Choice("mode", {"governance", "compliance"});
  const auto days = lock->Integer("days", {.min = 1, .max = kDaysMax});
  const auto until = lock->Text("until");
  if (!lock->Has("mode")) lock->Report("mode", "object_lock has no mode", "write governance or compliance");
  if (lock->Has("days") == lock->Has("until")) {
    lock->Report("days", "object_lock says no one time", "write days: 30, or until: 2027-01-31T00:00:00Z");
  }
  const auto time = until ? ParseTime(until->text) : Result<TimeMs>(TimeMs());
  if (!time) lock->Report("until", "until is no time", "write it as 2027-01-31T00:00:00Z");
  if (!mode || !time || (!days && !until)) return std::nullopt;
  s3::ObjectLock read{.mode = *mode == 0 ? "GOVERNANCE" : "COMPLIANCE", .until = *time};
  if (days) read.until = std::chrono::days(*days);
  return read;
}

}  // namespace

void ReadBucketTerms(ConfigMap& map, StorePrefix& store) {
  const bool s3 = store.prefix.scheme() == Scheme::kS3 || store.prefix.scheme() == Scheme::kS3a;
  for (const std::string_view key : kKeys) {
    if (!s3 && map.Has(key)) map.Report(key, fmt::format("{} is of s3:// alone", key), "remove it");
  }
  if (!s3) return;
  store.dual_stack = ReadFlag(map, "dual_stack");
  store.fips = ReadFlag(map, "fips");
  for (const std::string_view key : {"dual_stack", "fips"}) {
    if (map.Has(key) && store.endpoint) {
      map.Report(key, fmt::format("{} chooses among AWS's own endpoints, and one is named", key), "remove one of them");
    }
  }
  store.terms.requester_pays = ReadFlag(map, "requester_pays").value_or(false);
  store.terms.encryption = ReadEncryption(map);
  if (const auto key = map.Text("kms_key_id")) store.terms.kms_key_id = key->text;
  if (map.Has("kms_key_id") && !store.terms.encryption.starts_with("aws:kms")) {
    map.Report("kms_key_id", "kms_key_id goes with a key of KMS",
               "write server_side_encryption: aws:kms, or remove it");
  }
  store.terms.lock = ReadLock(map);
}

}  // namespace lakeferry
