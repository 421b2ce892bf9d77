#include "daemon/config/text_bytes.h"

#include <algorithm>

namespace lakeferry {
namespace {

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

std::optional<int> HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return std::nullopt;
}

bool HasControlByte(std::string_view text) { return std::any_of(text.begin(), text.end(), IsControl); }

}  // namespace lakeferry
