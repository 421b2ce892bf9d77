#include "delta/deletion_vector.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "base/check.h"

namespace lakeferry::delta {
namespace {

constexpr size_t kUuidBytes = 16;
constexpr size_t kEncodedUuidLength = 20;
constexpr std::string_view kZ85Digits =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

// 5 digits to 4 bytes, big-endian (ZeroMQ RFC 32).
std::optional<std::array<uint8_t, kUuidBytes>> DecodeUuid(std::string_view text) {
  std::array<uint8_t, kUuidBytes> bytes{};
  for (size_t group = 0; group < kUuidBytes / 4; ++group) {
    uint64_t value = 0;
    for (size_t i = 0; i < 5; ++i) {
      const size_t digit = kZ85Digits.find(text[group * 5 + i]);
      if (digit == std::string_view::npos) return std::nullopt;
      value = value * kZ85Digits.size() + digit;
    }
    if (value > UINT32_MAX) return std::nullopt;
    for (size_t i = 0; i < 4; ++i) bytes[group * 4 + i] = static_cast<uint8_t>(value >> (24 - 8 * i));
  }
  return bytes;
}

std::string UuidText(const std::array<uint8_t, kUuidBytes>& bytes) {
  std::string text;
  for (size_t i = 0; i < kUuidBytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

constexpr std::string_view kFilePrefix = "deletion_vector_";
constexpr std::string_view kFileSuffix = ".bin";
constexpr size_t kUuidLength = 36;

bool IsDashPlace(size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

// The bytes of a UUID in canonical lower-case text.
std::optional<std::array<uint8_t, kUuidBytes>> UuidFromText(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  if (text.size() != kUuidLength) return std::nullopt;
  std::array<uint8_t, kUuidBytes> bytes{};
  size_t digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsDashPlace(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const size_t value = kHex.find(text[i]);
    if (value == std::string_view::npos) return std::nullopt;
    bytes[digits / 2] = static_cast<uint8_t>(bytes[digits / 2] << 4 | value);
    ++digits;
  }
  return bytes;
}

Result<std::optional<ObjectPath>> RelativeObject(const std::string& text) {
  const auto bad = [&](std::string_view why) {
    return Fail(ErrorCode::kCorruptLog, fmt::format("deletion vector names no file: {}", why), text,
                "the commit that wrote it is damaged: restore the table to an earlier version");
  };
  if (text.size() < kEncodedUuidLength) return bad("its text is shorter than an encoded UUID");
  // The prefix may hold any character, so that only its length tells where it ends.
  const std::string prefix = text.substr(0, text.size() - kEncodedUuidLength);
  const auto uuid = DecodeUuid(std::string_view(text).substr(prefix.size()));
  if (!uuid) return bad("its text is no z85 of a UUID");
  const std::string name = fmt::format("{}{}{}", kFilePrefix, UuidText(*uuid), kFileSuffix);
  auto path = ObjectPath::Make(prefix.empty() ? name : prefix + "/" + name);
  if (!path) return bad(path.error().message);
  return std::optional<ObjectPath>(*std::move(path));
}

}  // namespace

std::string UniqueId(const DeletionVector& dv) {
  std::string id = dv.storage_type + dv.path_or_inline_dv;
  if (dv.offset) id += "@" + std::to_string(*dv.offset);
  return id;
}

Result<std::optional<ObjectPath>> ObjectOf(const DeletionVector& dv) {
  if (dv.storage_type == "u") return RelativeObject(dv.path_or_inline_dv);
  if (dv.storage_type == "i") return std::optional<ObjectPath>();
  const bool absolute = dv.storage_type == "p";
  return Fail(ErrorCode::kUnsupportedTable,
              absolute ? std::string("deletion vector lies outside its table, under an absolute path")
                       : fmt::format("deletion vector has the unknown storage type '{}'", dv.storage_type),
              dv.path_or_inline_dv,
              absolute ? "rewrite the files with REORG TABLE … APPLY (PURGE), or make the table a deep clone"
                       : "update lakeferry, or rewrite the files with REORG TABLE … APPLY (PURGE)");
}

std::optional<std::string> VectorUuid(std::string_view file_name) {
  if (!file_name.starts_with(kFilePrefix) || !file_name.ends_with(kFileSuffix)) return std::nullopt;
  if (file_name.size() != kFilePrefix.size() + kUuidLength + kFileSuffix.size()) return std::nullopt;
  const std::string_view uuid = file_name.substr(kFilePrefix.size(), kUuidLength);
  return UuidFromText(uuid) ? std::optional(std::string(uuid)) : std::nullopt;
}

std::string EncodeUuid(std::string_view uuid) {
  const auto bytes = UuidFromText(uuid);
  LF_CHECK(bytes.has_value(), "a UUID made by the program is canonical");
  std::string text;
  for (size_t group = 0; group < kUuidBytes / 4; ++group) {
    uint64_t value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | (*bytes)[group * 4 + i];
    std::array<char, 5> digits{};
    for (size_t i = digits.size(); i > 0; --i) {
      digits[i - 1] = kZ85Digits[value % kZ85Digits.size()];
      value /= kZ85Digits.size();
    }
    text.append(digits.data(), digits.size());
  }
  return text;
}

}  // namespace lakeferry::delta
