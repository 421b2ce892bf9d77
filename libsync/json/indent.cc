#include "json/indent.h"

#include <cstddef>

namespace lakeferry::json {
namespace {

void BreakLine(std::string& out, size_t level) {
  out += '\n';
  out.append(2 * level, ' ');
}

}  // namespace

std::string Indented(std::string_view document) {
  std::string out;
  size_t level = 0;
  bool quoted = false;
  for (size_t i = 0; i < document.size(); ++i) {
    const char c = document[i];
    const char before = i == 0 ? '\0' : document[i - 1];
    if (quoted) {
      out += c;
      if (c == '\\' && i + 1 < document.size()) out += document[++i];
      quoted = c != '"';
    } else if (c == '{' || c == '[') {
      out += c;
      ++level;
      const bool empty = i + 1 < document.size() && (document[i + 1] == '}' || document[i + 1] == ']');
      if (!empty) BreakLine(out, level);
    } else if (c == '}' || c == ']') {
      --level;
      if (before != '{' && before != '[') BreakLine(out, level);
      out += c;
    } else {
      quoted = c == '"';
      out += c;
      if (c == ',') BreakLine(out, level);
      if (c == ':') out += ' ';
    }
  }
  return out;
}

}  // namespace lakeferry::json
