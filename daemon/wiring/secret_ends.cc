#include "daemon/wiring/secret_ends.h"

#include <algorithm>
#include <string>

#include "base/base64.h"
#include "http/origin.h"
#include "json/reader.h"

namespace lakeferry {
namespace {

constexpr size_t kClaimsBytesMax = size_t{64} << 10;
// Later than any time that is told in milliseconds.
constexpr int64_t kSecondsMax = 253'402'300'799;  // the end of the year 9999

std::optional<std::string> FromBase64Url(std::string_view text) {
  std::string plain(text);
  std::ranges::replace(plain, '-', '+');
  std::ranges::replace(plain, '_', '/');
  plain.append((4 - plain.size() % 4) % 4, '=');
  return FromBase64(plain);
}

// The claims of a token of three parts.
std::string_view ClaimsOf(std::string_view token) {
  const size_t first = token.find('.');
  if (first == std::string_view::npos) return {};
  const size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) return {};
  return token.substr(first + 1, second - first - 1);
}

}  // namespace

std::optional<TimeMs> EndOfToken(std::string_view token) {
  const auto claims = FromBase64Url(ClaimsOf(token));
  if (!claims || claims->empty()) return std::nullopt;
  json::Reader reader(kClaimsBytesMax);
  const auto fields = reader.Read(*claims, "the claims of a token", "token");
  if (!fields) return std::nullopt;
  const auto seconds = fields->FindInt("exp");
  if (!seconds || !*seconds || **seconds < 0 || **seconds > kSecondsMax) return std::nullopt;
  return FromEpochMs(**seconds * 1'000);
}

std::optional<TimeMs> EndOfSignature(std::string_view sas) {
  if (sas.starts_with('?')) sas.remove_prefix(1);
  while (!sas.empty()) {
    const size_t end = std::min(sas.find('&'), sas.size());
    const std::string_view field = sas.substr(0, end);
    sas.remove_prefix(std::min(end + 1, sas.size()));
    if (!field.starts_with("se=")) continue;
    std::string time = PercentDecode(field.substr(3));
    // A day alone is its beginning.
    if (time.size() == std::string_view("2027-01-31").size()) time += "T00:00:00Z";
    const auto parsed = ParseTime(time);
    return parsed ? std::optional(*parsed) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace lakeferry
