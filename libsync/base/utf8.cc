#include "base/utf8.h"

#include <fmt/format.h>

#include <cstdint>

namespace lakeferry {
namespace {

// 0 for none.
size_t LengthOfCharacter(std::string_view text, uint32_t& code) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) {
    code = lead;
    return 1;
  }
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  code = lead & (0x7fU >> length);
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0U) != 0x80) return 0;
    code = (code << 6U) | (next & 0x3fU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return overlong || surrogate || code > 0x10ffff ? 0 : length;
}

}  // namespace

std::string BoundedUtf8(std::string_view text, size_t bytes_max) {
  constexpr std::string_view kCut = "…";
  if (text.size() <= bytes_max && IsUtf8(text)) return std::string(text);
  std::string out;
  uint32_t code = 0;
  for (size_t i = 0; i < text.size();) {
    const size_t length = LengthOfCharacter(text.substr(i), code);
    const std::string escape = length == 0 ? fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i])) : "";
    const std::string_view next = length == 0 ? std::string_view(escape) : text.substr(i, length);
    i += length == 0 ? 1 : length;
    const size_t room = bytes_max - (i < text.size() ? kCut.size() : 0);
    if (out.size() + next.size() > room) return out + std::string(kCut);
    out += next;
  }
  return out;
}

}  // namespace lakeferry
