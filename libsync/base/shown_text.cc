#include "base/shown_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/known_secrets.h"

namespace lakeferry {
namespace {

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// The length of the well-formed UTF-8 sequence at the start of `text`, 0 when there is none; `code` is its character.
size_t SequenceLength(std::string_view text, uint32_t& code) {
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

// Where the character that holds the byte at `at` begins; `at` itself in what is no UTF-8.
size_t CharacterBegin(std::string_view text, size_t at) {
  size_t begin = at;
  for (int i = 0; i < 3 && begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xc0U) == 0x80; ++i) --begin;
  uint32_t code = 0;
  return begin + SequenceLength(text.substr(begin), code) > at ? begin : at;
}

// The text with malformed bytes as visible escapes.
std::string WellFormed(std::string text) {
  if (FirstInvalidUtf8(text) == std::string_view::npos) return text;
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t good = std::min(FirstInvalidUtf8(rest), rest.size());
    out += rest.substr(0, good);
    rest.remove_prefix(good);
    if (rest.empty()) break;
    out += Escaped(rest.front());
    rest.remove_prefix(1);
  }
  return out;
}

// Each "://user:password@" of the text without user and password. What follows a '/' or a blank is no password.
std::string WithoutUriPasswords(std::string_view text) {
  std::string out;
  for (size_t at = text.find("://"); at != std::string_view::npos; at = text.find("://")) {
    out += text.substr(0, at + 3);
    text.remove_prefix(at + 3);
    const std::string_view authority = text.substr(0, text.find_first_of("/?# \t\r\n'\""));
    const size_t end = authority.rfind('@');
    if (end == std::string_view::npos || !authority.substr(0, end).contains(':')) continue;
    out += kSecretMark;
    text.remove_prefix(end);
  }
  out += text;
  return out;
}

}  // namespace

std::string Bounded(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  constexpr size_t kMarkBytesMax = 48;
  const size_t kept = CharacterBegin(text, bytes_max - kMarkBytesMax);
  return fmt::format("{}\u2026 [{} bytes left out]", text.substr(0, kept), text.size() - kept);
}

std::string FitToShow(std::string_view text, size_t bytes_max) {
  // Escapes make a text longer, and millions of bytes need none.
  std::string cut = Bounded(WithoutUriPasswords(WithoutSecrets(text)), bytes_max);
  return Bounded(WellFormed(std::move(cut)), bytes_max);
}

size_t FirstInvalidUtf8(std::string_view text) {
  uint32_t code = 0;
  for (size_t i = 0; i < text.size();) {
    // Nearly all text is ASCII.
    uint64_t eight = 0;
    if (text.size() - i >= sizeof(eight)) {
      std::memcpy(&eight, text.data() + i, sizeof(eight));
      if ((eight & 0x8080808080808080U) == 0) {
        i += sizeof(eight);
        continue;
      }
    }
    const size_t length = SequenceLength(text.substr(i), code);
    if (length == 0) return i;
    i += length;
  }
  return std::string_view::npos;
}

std::string OneLine(std::string_view text) {
  // Nearly all text is; this way it is copied at once.
  if (std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; })) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    uint32_t code = 0;
    const size_t length = SequenceLength(text.substr(i), code);
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
