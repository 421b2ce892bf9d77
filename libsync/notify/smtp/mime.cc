#include "notify/smtp/mime.h"

#include <cstdint>

namespace lakeferry::notify {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
// "Subject: " and one encoded word stay within the 76 characters of RFC 2047.
constexpr size_t kWordCharsMax = 52;
constexpr size_t kPlainHeaderMax = 64;
constexpr size_t kBodyLineMax = 76;

uint8_t Byte(char c) { return static_cast<uint8_t>(c); }

bool IsContinuation(char c) { return (Byte(c) & 0xC0) == 0x80; }

// How many bytes a lead byte announces; 0 for a byte that cannot lead.
size_t AnnouncedLength(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// Overlong forms, surrogates and numbers above U+10FFFF show in the second byte.
bool IsSecondByteLegal(uint8_t lead, uint8_t second) {
  if (lead == 0xE0) return second >= 0xA0;
  if (lead == 0xED) return second <= 0x9F;
  if (lead == 0xF0) return second >= 0x90;
  if (lead == 0xF4) return second <= 0x8F;
  return true;
}

// Bytes of the UTF-8 character at the front of `text`, which is not empty; 0 when there is none.
size_t CharacterLength(std::string_view text) {
  const size_t length = AnnouncedLength(Byte(text[0]));
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  if (length > 1 && !IsSecondByteLegal(Byte(text[0]), Byte(text[1]))) return 0;
  return length;
}

// Takes the first character off `text`; what is not UTF-8 comes out as U+FFFD, a byte at a time.
std::string_view TakeCharacter(std::string_view& text) {
  const size_t length = CharacterLength(text);
  if (length == 0) {
    text.remove_prefix(1);
    return kReplacement;
  }
  const std::string_view character = text.substr(0, length);
  text.remove_prefix(length);
  return character;
}

// C0, DEL, C1 and the two separators of Unicode that some readers take for line breaks.
bool IsControl(std::string_view character) {
  if (character.size() == 1) return Byte(character[0]) < 0x20 || Byte(character[0]) == 0x7F;
  if (character.size() == 2) return Byte(character[0]) == 0xC2 && Byte(character[1]) < 0xA0;
  return character == "\xE2\x80\xA8" || character == "\xE2\x80\xA9";
}

void AppendEscaped(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  out += '=';
  out += kDigits[Byte(c) >> 4];
  out += kDigits[Byte(c) & 0x0F];
}

// One character as the Q encoding of RFC 2047 has it; only letters and digits stand for themselves.
std::string EncodeForWord(std::string_view character) {
  std::string out;
  for (const char c : character) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
      out += c;
    } else if (c == ' ') {
      out += '_';
    } else {
      AppendEscaped(out, c);
    }
  }
  return out;
}

bool IsPlainHeader(std::string_view text) {
  if (text.size() > kPlainHeaderMax || text.find("=?") != std::string_view::npos) return false;
  for (const char c : text) {
    if (Byte(c) < 0x20 || Byte(c) > 0x7E) return false;
  }
  return true;
}

// Takes the first line off `text`, without its end.
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find_first_of("\r\n");
  const std::string_view line = text.substr(0, end);
  if (end == std::string_view::npos) {
    text = {};
  } else {
    const bool two = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
    text.remove_prefix(end + (two ? 2 : 1));
  }
  return line;
}

// Appends one piece of a body line, with a soft break before it where it would not fit beside the break's own '='.
void AppendPiece(std::string& out, size_t& column, std::string_view piece) {
  if (column + piece.size() > kBodyLineMax - 1) {
    out += "=\r\n";
    column = 0;
  }
  out += piece;
  column += piece.size();
}

void AppendBodyLine(std::string& out, std::string_view line) {
  size_t column = 0;
  while (!line.empty()) {
    const std::string_view character = TakeCharacter(line);
    for (const char c : character) {
      const bool blank = c == ' ' || c == '\t';
      const bool plain = Byte(c) > 0x20 && Byte(c) < 0x7F && c != '=';
      std::string piece;
      if (plain || (blank && !line.empty())) {
        piece += c;
      } else {
        AppendEscaped(piece, c);
      }
      AppendPiece(out, column, piece);
    }
  }
  out += "\r\n";
}

}  // namespace

std::string OneLine(std::string_view text, size_t bytes_max) {
  std::string out;
  bool gap = false;
  while (!text.empty()) {
    const std::string_view character = TakeCharacter(text);
    if (character == " " || IsControl(character)) {
      gap = !out.empty();
      continue;
    }
    if (out.size() + (gap ? 1 : 0) + character.size() + kEllipsis.size() > bytes_max) {
      out += kEllipsis;
      return out;
    }
    if (gap) out += ' ';
    gap = false;
    out += character;
  }
  return out;
}

std::string EncodeHeaderText(std::string_view text) {
  if (IsPlainHeader(text)) return std::string(text);
  std::string out;
  std::string word;
  auto close_word = [&] {
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?Q?" + word + "?=";
    word.clear();
  };
  while (!text.empty()) {
    const std::string encoded = EncodeForWord(TakeCharacter(text));
    if (word.size() + encoded.size() > kWordCharsMax) close_word();
    word += encoded;
  }
  close_word();
  return out;
}

std::string QuotedPrintable(std::string_view text) {
  std::string out;
  while (!text.empty()) AppendBodyLine(out, TakeLine(text));
  return out;
}

}  // namespace lakeferry::notify
