#include "storage/s3/checksum_text.h"

#include "base/base64.h"

namespace lakeferry::s3 {
namespace {

template <typename Number>
std::optional<Number> NumberOf(std::optional<std::string_view> text) {
  const auto bytes = text ? FromBase64(*text) : std::nullopt;
  if (!bytes || bytes->size() != sizeof(Number)) return std::nullopt;
  Number number = 0;
  for (const char byte : *bytes) number = static_cast<Number>(number << 8) | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace

std::string ChecksumText(uint64_t crc64) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(crc64 >> shift));
  return ToBase64(bytes);
}

std::optional<uint64_t> Crc64OfText(std::string_view text) { return NumberOf<uint64_t>(text); }

ObjectChecksums ChecksumsOf(const Headers& headers) {
  if (headers.Find("x-amz-checksum-type") == "COMPOSITE") return {};
  return {.crc64 = NumberOf<uint64_t>(headers.Find("x-amz-checksum-crc64nvme")),
          .crc32c = NumberOf<uint32_t>(headers.Find("x-amz-checksum-crc32c")),
          .md5 = {}};
}

}  // namespace lakeferry::s3
