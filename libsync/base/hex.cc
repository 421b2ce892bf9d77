#include "base/hex.h"

#include <string_view>

namespace lakeferry {

std::string LowerHex(std::span<const unsigned char> bytes) {
  std::string text;
  AppendLowerHex(text, bytes);
  return text;
}

void AppendLowerHex(std::string& text, std::span<const unsigned char> bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  text.reserve(text.size() + bytes.size() * 2);
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xfU];
  }
}

}  // namespace lakeferry
