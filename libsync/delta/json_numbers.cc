#include "delta/json_numbers.h"

namespace lakeferry::delta {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

size_t SkipDigits(std::string_view text, size_t at) {
  while (at < text.size() && IsDigit(text[at])) ++at;
  return at;
}

// Where the string that opens at `at` ends, one past its closing quote.
size_t SkipString(std::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

// Where the number that begins at `at` ends by JSON's grammar; `at` itself for none.
size_t SkipNumber(std::string_view text, size_t at) {
  const size_t digits = at + (text[at] == '-' ? 1 : 0);
  size_t end = SkipDigits(text, digits);
  if (end == digits || (text[digits] == '0' && end > digits + 1)) return at;
  if (end < text.size() && text[end] == '.') {
    const size_t fraction = SkipDigits(text, end + 1);
    if (fraction == end + 1) return at;
    end = fraction;
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    size_t exponent = end + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    end = SkipDigits(text, exponent);
    if (end == exponent) return at;
  }
  return end;
}

// Shorter tokens fit 64 bits, unless an exponent makes them large.
bool MayBeHuge(std::string_view token) {
  return token.size() > 18 || token.find_first_of("eE") != std::string_view::npos;
}

}  // namespace

bool MaskHugeNumbers(std::string_view line, std::string& out) {
  out.clear();
  bool found = false;
  for (size_t at = 0; at < line.size();) {
    size_t end = at + 1;
    bool mask = false;
    if (line[at] == '"') {
      end = SkipString(line, at);
    } else if (line[at] == '-' || IsDigit(line[at])) {
      const size_t number = SkipNumber(line, at);
      // What is no number stays as it is, and the parser says so.
      if (number == at) {
        end = at + 1 + line.substr(at + 1).find_first_of(",]} \t\"");
        if (end == at) end = line.size();
      } else {
        end = number;
        mask = MayBeHuge(line.substr(at, number - at));
      }
    }
    out.append(mask ? std::string_view("false") : line.substr(at, end - at));
    found = found || mask;
    at = end;
  }
  return found;
}

}  // namespace lakeferry::delta
