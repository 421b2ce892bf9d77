#include "base/base64.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/check.h"

namespace lakeferry {

std::string ToBase64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  LF_CHECK(size + 1 == static_cast<int>(text.size()), "base64 has four characters for three bytes");
  text.pop_back();
  return text;
}

std::optional<std::string> FromBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size())) < 0) {
    return std::nullopt;
  }
  // The padding has been decoded to zeros.
  const size_t padding = text.size() - std::min(text.size(), text.find_last_not_of('=') + 1);
  if (padding > 2) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  // OpenSSL takes white space around it, and bits that no byte needs.
  if (ToBase64(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace lakeferry
