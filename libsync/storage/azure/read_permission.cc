#include "storage/azure/read_permission.h"

#include <fmt/format.h>

#include <utility>

#include "base/base64.h"
#include "http/origin.h"

namespace lakeferry::azure {
namespace {

constexpr std::string_view kSasVersion = "2021-12-02";

// In whole seconds.
std::string EndText(TimeMs time) {
  constexpr size_t kSecondsEnd = 19;  // "2026-11-29T12:00:00"
  return FormatUtc(time).substr(0, kSecondsEnd) + "Z";
}

}  // namespace

Result<ReadPermission> ReadPermission::Make(std::string account, const Secret& key) {
  auto bytes = FromBase64(key.Reveal());
  if (!bytes || bytes->empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the key of the storage account is no Base64", std::move(account),
                "copy it as the portal shows it");
  }
  const Secret raw(*std::move(bytes));
  return ReadPermission(std::move(account), HmacSha256(raw.Reveal()));
}

std::string ReadPermission::StringToSign(std::string_view path, TimeMs ends) const {
  // Permissions, start, end, resource, policy, addresses, protocol, version, kind of resource, snapshot, encryption
  // scope, and five headers of the answer.
  return fmt::format("r\n\n{}\n/blob/{}{}\n\n\n\n{}\nb\n\n\n\n\n\n\n", EndText(ends), account_, path, kSasVersion);
}

std::string ReadPermission::Until(std::string_view path, TimeMs ends) {
  const HmacSha256::Digest signature = hmac_.Of(StringToSign(path, ends));
  return fmt::format("sv={}&sr=b&sp=r&se={}&sig={}", kSasVersion, PercentEncode(EndText(ends)),
                     PercentEncode(ToBase64(BytesOf(signature))));
}

}  // namespace lakeferry::azure
