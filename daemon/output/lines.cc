#include "daemon/output/lines.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/known_secrets.h"
#include "base/shown_text.h"

namespace lakeferry {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// As far as names are written in them: Hangul, CJK, kana, full-width forms, pictures.
constexpr std::array<Range, 11> kWide{{{.first = 0x1100, .last = 0x115f},
                                       {.first = 0x2e80, .last = 0x303e},
                                       {.first = 0x3041, .last = 0xa4cf},
                                       {.first = 0xac00, .last = 0xd7a3},
                                       {.first = 0xf900, .last = 0xfaff},
                                       {.first = 0xfe30, .last = 0xfe6f},
                                       {.first = 0xff00, .last = 0xff60},
                                       {.first = 0xffe0, .last = 0xffe6},
                                       {.first = 0x1f300, .last = 0x1f64f},
                                       {.first = 0x1f900, .last = 0x1f9ff},
                                       {.first = 0x20000, .last = 0x3fffd}}};
constexpr std::array<Range, 4> kNoWidth{{{.first = 0x0300, .last = 0x036f},
                                         {.first = 0x200b, .last = 0x200f},
                                         {.first = 0x20d0, .last = 0x20ff},
                                         {.first = 0xfe00, .last = 0xfe0f}}};

bool IsIn(uint32_t code, const auto& ranges) {
  return std::ranges::any_of(ranges, [code](Range range) { return code >= range.first && code <= range.last; });
}

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

// Takes one character off the front. Malformed bytes count as one each.
std::string_view TakeCharacter(std::string_view& text) {
  size_t length = 1;
  while (length < text.size() && length < 4 && Continues(text[length])) ++length;
  const std::string_view character = text.substr(0, length);
  text.remove_prefix(length);
  return character;
}

size_t WidthOf(std::string_view character) {
  if (character.size() == 1) return 1;
  constexpr std::array<uint32_t, 5> kFirstBits{0, 0x7f, 0x1f, 0x0f, 0x07};
  uint32_t code = static_cast<unsigned char>(character[0]) & kFirstBits[character.size()];
  for (const char c : character.substr(1)) code = code << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  if (IsIn(code, kNoWidth)) return 0;
  return IsIn(code, kWide) ? 2 : 1;
}

// As many characters off the front as fit into `width`, and one at least.
std::string_view TakeWidth(std::string_view& text, size_t width) {
  const std::string_view all = text;
  size_t used = 0;
  while (!text.empty()) {
    std::string_view rest = text;
    used += WidthOf(TakeCharacter(rest));
    if (used > width && text.size() < all.size()) break;
    text = rest;
  }
  return all.substr(0, all.size() - text.size());
}

// Lines while they are filled, word by word.
class Filler {
 public:
  Filler(size_t first, size_t rest) : rest_(rest), line_(first, ' '), width_(first) {}

  // `gap`: the spaces before the word, which go where a line is broken.
  void Add(std::string_view gap, std::string_view word) {
    const size_t width = DisplayWidth(word);
    const bool too_long = rest_ + width > kColumns && !IsPlace(word);
    if (!empty_ && width_ + gap.size() + (too_long ? 1 : width) > kColumns) {
      Break();
      gap = {};
    }
    Append(gap);
    if (too_long) {
      AddPieces(word, width);
    } else {
      Append(word);
    }
  }
  std::string Finish() && { return std::move(text_) + line_ + "\n"; }

 private:
  // Of a word that no line holds as much as each holds, to the last comma where there is one.
  void AddPieces(std::string_view word, size_t left) {
    while (width_ + left > kColumns) {
      std::string_view rest = word;
      std::string_view piece = TakeWidth(rest, kColumns - std::min(width_, kColumns - 1));
      if (const size_t comma = piece.rfind(','); comma != std::string_view::npos) piece = piece.substr(0, comma + 1);
      word.remove_prefix(piece.size());
      Append(piece);
      left -= DisplayWidth(piece);
      Break();
    }
    Append(word);
  }
  void Append(std::string_view piece) {
    line_ += piece;
    width_ += DisplayWidth(piece);
    empty_ = empty_ && piece.empty();
  }
  void Break() {
    text_ += line_ + "\n";
    line_.assign(rest_, ' ');
    width_ = rest_;
    empty_ = true;
  }

  size_t rest_;
  std::string text_;
  std::string line_;
  size_t width_;
  bool empty_ = true;
};

}  // namespace

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) width += WidthOf(TakeCharacter(text));
  return width;
}

std::string Shortened(std::string_view text, size_t width) {
  if (DisplayWidth(text) <= width || width == 0) return std::string(text);
  std::string_view rest = text;
  std::string_view begin = TakeWidth(rest, width / 2);
  if (DisplayWidth(begin) >= width) begin = {};  // even one character is too much
  // The end is what is left once enough of the middle has gone.
  while (!rest.empty() && DisplayWidth(begin) + 1 + DisplayWidth(rest) > width) TakeCharacter(rest);
  return std::string(begin) + "…" + std::string(rest);
}

std::string LineOf(std::string_view text) { return OneLine(KnowsSecrets() ? WithoutSecrets(text) : std::string(text)); }

bool IsPlace(std::string_view word) {
  while (!word.empty() && std::string_view("'\"(<`").contains(word.front())) word.remove_prefix(1);
  // A setting of a unit, whose value is one.
  const size_t equals = word.find('=');
  if (equals != std::string_view::npos && equals < word.find('/')) {
    word.remove_prefix(equals + 1);
    if (word.starts_with('-')) word.remove_prefix(1);
  }
  if (word.starts_with('/')) return word.size() > 1;
  const size_t colon = word.find(":/");
  const auto of_scheme = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+'; };
  return colon != std::string_view::npos && colon > 0 && std::ranges::all_of(word.substr(0, colon), of_scheme);
}

std::string Wrapped(std::string_view text, size_t first, size_t rest) {
  const std::string line = LineOf(text);
  Filler filler(first, rest);
  for (size_t at = 0; at < line.size();) {
    const size_t word = std::min(line.find_first_not_of(' ', at), line.size());
    const size_t end = std::min(line.find(' ', word), line.size());
    if (word < end)
      filler.Add(std::string_view(line).substr(at, word - at), std::string_view(line).substr(word, end - word));
    at = end;
  }
  return std::move(filler).Finish();
}

}  // namespace lakeferry
