#include "daemon/text_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace lakeferry {
namespace {

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// C1 controls, and the separators and direction marks with which a value could pretend to be another line.
bool IsUnsafe(uint32_t code) {
  return (code >= 0x80 && code <= 0x9f) || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

std::string Escaped(char c) {
  switch (c) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: return fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
}

}  // namespace

std::optional<int> HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return std::nullopt;
}

bool HasControlByte(std::string_view text) { return std::any_of(text.begin(), text.end(), IsControl); }

std::string OneLine(std::string_view text) {
  // Nearly all text is; this way it is copied at once.
  if (std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; })) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    uint32_t code = 0;
    const size_t length = Utf8SequenceLength(text.substr(i), code);
    if (length == 0 || (length == 1 && IsControl(text[i]))) {
      out += Escaped(text[i++]);
      continue;
    }
    if (IsUnsafe(code)) {
      out += fmt::format("\\u{:04x}", code);
    } else {
      out += text.substr(i, length);
    }
    i += length;
  }
  return out;
}

}  // namespace lakeferry
