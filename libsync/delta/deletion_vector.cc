#include "delta/deletion_vector.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>

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
  const std::string name = fmt::format("deletion_vector_{}.bin", UuidText(*uuid));
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

}  // namespace lakeferry::delta
