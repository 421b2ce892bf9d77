#include "base/access_point.h"

#include <algorithm>
#include <array>

namespace lakeferry {
namespace {

constexpr std::string_view kArn = "arn:";
constexpr std::string_view kKind = "accesspoint/";
constexpr size_t kAccountDigits = 12;
constexpr size_t kNameBytesMin = 3;
constexpr size_t kNameBytesMax = 50;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// It becomes part of a host's name.
bool IsLabel(std::string_view text) {
  return !text.empty() && !text.starts_with('-') && !text.ends_with('-') &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-'; });
}

}  // namespace

std::optional<AccessPoint> ReadAccessPoint(std::string_view arn) {
  std::array<std::string_view, 6> fields;
  for (size_t i = 0; i + 1 < fields.size(); ++i) {
    const size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    fields[i] = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  const auto& [prefix, partition, service, region, account, unused] = fields;
  if (prefix != "arn" || !partition.starts_with("aws") || !IsLabel(partition) || service != "s3") return std::nullopt;
  if (!IsLabel(region) || account.size() != kAccountDigits || !std::ranges::all_of(account, IsDigit)) {
    return std::nullopt;
  }
  if (!arn.starts_with(kKind)) return std::nullopt;
  const std::string_view name = arn.substr(kKind.size());
  if (!IsLabel(name) || name.size() < kNameBytesMin || name.size() > kNameBytesMax) return std::nullopt;
  return AccessPoint{.partition = std::string(partition),
                     .region = std::string(region),
                     .account = std::string(account),
                     .name = std::string(name)};
}

size_t ArnLength(std::string_view text) {
  if (!text.starts_with(kArn)) return 0;
  const size_t slash = text.find('/');
  return slash == std::string_view::npos ? text.size() : std::min(text.find('/', slash + 1), text.size());
}

}  // namespace lakeferry
