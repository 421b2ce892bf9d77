#include "delta/reused_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/crc64.h"

namespace lakeferry::delta {
namespace {

constexpr size_t kHashDigits = 16;

bool IsHexText(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsSizeText(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

uint64_t ReusedHash(const ObjectPath& path) { return Crc64Of(path.text()); }

Result<ObjectPath> ReusedName(const ObjectPath& path, int64_t size, uint64_t crc64) {
  return ObjectPath::Make(
      fmt::format("{}/{:016x}-{:016x}-{}/{}", kReusedFolder, ReusedHash(path), crc64, size, path.text()));
}

std::optional<uint64_t> ReusedHashIn(std::string_view folder_name) {
  constexpr size_t kSizeAt = 2 * (kHashDigits + 1);
  if (folder_name.size() <= kSizeAt) return std::nullopt;
  const std::string_view hash = folder_name.substr(0, kHashDigits);
  const std::string_view crc = folder_name.substr(kHashDigits + 1, kHashDigits);
  const bool dashes = folder_name[kHashDigits] == '-' && folder_name[kSizeAt - 1] == '-';
  if (!dashes || !IsHexText(hash) || !IsHexText(crc) || !IsSizeText(folder_name.substr(kSizeAt))) return std::nullopt;
  uint64_t value = 0;
  std::from_chars(hash.data(), hash.data() + hash.size(), value, 16);
  return value;
}

std::optional<std::string_view> NameBeforeReuse(std::string_view path) {
  if (!path.starts_with(kReusedFolder) || path.size() <= kReusedFolder.size() || path[kReusedFolder.size()] != '/') {
    return std::nullopt;
  }
  const std::string_view rest = path.substr(kReusedFolder.size() + 1);
  const size_t end = rest.find('/');
  if (end == std::string_view::npos || end + 1 == rest.size() || !ReusedHashIn(rest.substr(0, end))) {
    return std::nullopt;
  }
  return rest.substr(end + 1);
}

}  // namespace lakeferry::delta
