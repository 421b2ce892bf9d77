#include "json/scanner.h"

#include <array>

namespace lakeferry::json {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// What ends a run of plain characters within a text.
constexpr std::array<bool, 256> kEndsRun = [] {
  std::array<bool, 256> ends{};
  for (size_t c = 0; c < 0x20; ++c) ends[c] = true;
  ends['"'] = ends['\\'] = true;
  return ends;
}();

}  // namespace

void Scanner::Read(std::string_view piece) {
  for (size_t at = 0; at < piece.size() && problem_ == nullptr;) {
    switch (state_) {
      case State::kText:
      case State::kName: at = ReadText(piece, at); break;
      case State::kNumber: at = ReadNumber(piece, at); break;
      case State::kWord: at = ReadWord(piece, at); break;
      default: Take(piece[at++]);
    }
  }
}

std::string Scanner::Finish() {
  if (problem_ == nullptr && state_ == State::kNumber) EndNumber();
  Expect(state_ == State::kDone, "it ends too early");
  return problem_ == nullptr ? "" : problem_;
}

void Scanner::Expect(bool is_there, const char* what) {
  if (!is_there && problem_ == nullptr) problem_ = what;
}

void Scanner::Take(char c) {
  if (IsSpace(c)) return listener_.OnBetween({&c, 1});
  switch (state_) {
    case State::kFirstElement: return c == ']' ? Close(false) : BeginValue(c);
    case State::kFirstKey:
      if (c == '}') return Close(true);
      [[fallthrough]];
    case State::kKey:
      Expect(c == '"', "a name is missing");
      state_ = State::kName;
      return;
    case State::kColon:
      Expect(c == ':', "a colon is missing");
      state_ = State::kValue;
      return listener_.OnBetween({&c, 1});
    case State::kAfter: return TakeAfter(c);
    case State::kDone: return Expect(false, "something follows it");
    default: return BeginValue(c);
  }
}

void Scanner::TakeAfter(char c) {
  const bool object = objects_.back();
  if (c == (object ? '}' : ']')) return Close(object);
  Expect(c == ',', "a comma or a bracket is missing");
  if (problem_ != nullptr) return;
  state_ = object ? State::kKey : State::kValue;
  listener_.OnBetween({&c, 1});
}

void Scanner::BeginValue(char c) {
  if (c == '{' || c == '[') {
    Expect(objects_.size() < kDepthMax, "it nests too deep");
    if (problem_ != nullptr) return;
    objects_.push_back(c == '{');
    state_ = c == '{' ? State::kFirstKey : State::kFirstElement;
    return listener_.OnOpen(c == '{');
  }
  if (c == '"') return BeginScalar(c, State::kText);
  if (c == '-' || IsDigit(c)) {
    digits_ = c == '-' ? Digits::kSign : c == '0' ? Digits::kZero : Digits::kWhole;
    BeginScalar(c, State::kNumber);
    return listener_.OnScalarPart({&c, 1});
  }
  word_ = c == 't' ? "true" : c == 'f' ? "false" : c == 'n' ? "null" : "";
  Expect(!word_.empty(), "a value is missing");
  if (problem_ != nullptr) return;
  BeginScalar(c, State::kWord);
  listener_.OnScalarPart(word_.substr(0, 1));
  word_.remove_prefix(1);
}

void Scanner::BeginScalar(char c, State state) {
  state_ = state;
  listener_.OnScalar(c);
}

void Scanner::EndScalar() {
  state_ = AfterValue();
  listener_.OnScalarEnd();
}

void Scanner::Close(bool object) {
  objects_.pop_back();
  state_ = AfterValue();
  listener_.OnClose(object);
}

size_t Scanner::ReadText(std::string_view piece, size_t at) {
  const bool name = state_ == State::kName;
  const auto say = [&](std::string_view raw) { name ? listener_.OnKeyPart(raw) : listener_.OnScalarPart(raw); };
  if (escape_ != 0) {
    Escape(piece[at]);
    if (problem_ == nullptr) say(piece.substr(at, 1));
    return at + 1;
  }
  size_t end = at;
  while (end < piece.size() && !kEndsRun[static_cast<unsigned char>(piece[end])]) ++end;
  if (end > at) say(piece.substr(at, end - at));
  if (end == piece.size()) return end;
  if (piece[end] == '\\') {
    escape_ = 1;
    say(piece.substr(end, 1));
  } else if (piece[end] != '"') {
    Expect(false, "a text holds a control character");
  } else if (name) {
    state_ = State::kColon;
    listener_.OnKeyEnd();
  } else {
    EndScalar();
  }
  return end + 1;
}

void Scanner::Escape(char c) {
  if (escape_ > 1) {
    Expect(IsHexDigit(c), "an escape is not known");
    escape_ = escape_ == 2 ? 0 : escape_ - 1;
    return;
  }
  Expect(std::string_view("\"\\/bfnrtu").contains(c), "an escape is not known");
  escape_ = c == 'u' ? 5 : 0;
}

std::optional<Scanner::Digits> Scanner::DigitsAfter(Digits digits, char c) {
  const bool whole = digits == Digits::kZero || digits == Digits::kWhole;
  if (!IsDigit(c)) {
    if (c == '.' && whole) return Digits::kPoint;
    if ((c == 'e' || c == 'E') && (whole || digits == Digits::kFraction)) return Digits::kExponent;
    if ((c == '+' || c == '-') && digits == Digits::kExponent) return Digits::kExponentSign;
    return std::nullopt;
  }
  switch (digits) {
    case Digits::kSign: return c == '0' ? Digits::kZero : Digits::kWhole;
    case Digits::kZero: return std::nullopt;
    case Digits::kPoint: return Digits::kFraction;
    case Digits::kExponent:
    case Digits::kExponentSign: return Digits::kExponentDigits;
    case Digits::kWhole:
    case Digits::kFraction:
    case Digits::kExponentDigits: return digits;
  }
  return std::nullopt;
}

size_t Scanner::ReadNumber(std::string_view piece, size_t at) {
  size_t end = at;
  for (; end < piece.size(); ++end) {
    const std::optional<Digits> next = DigitsAfter(digits_, piece[end]);
    if (!next) break;
    digits_ = *next;
  }
  if (end > at) listener_.OnScalarPart(piece.substr(at, end - at));
  if (end < piece.size()) EndNumber();
  return end;
}

void Scanner::EndNumber() {
  Expect(digits_ == Digits::kZero || digits_ == Digits::kWhole || digits_ == Digits::kFraction ||
             digits_ == Digits::kExponentDigits,
         "a number ends too early");
  if (problem_ == nullptr) EndScalar();
}

size_t Scanner::ReadWord(std::string_view piece, size_t at) {
  Expect(piece[at] == word_.front(), "a value is missing");
  if (problem_ != nullptr) return at;
  listener_.OnScalarPart(word_.substr(0, 1));
  word_.remove_prefix(1);
  if (word_.empty()) EndScalar();
  return at + 1;
}

}  // namespace lakeferry::json
