#include "json/indent.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace lakeferry::json {
namespace {

// Where a text that begins at `at` ends: behind its second quote.
size_t EndOfText(std::string_view document, size_t at) {
  size_t end = at + 1;
  while (end < document.size() && document[end] != '"') end += document[end] == '\\' ? 2 : 1;
  return std::min(end + 1, document.size());
}

class Layout {
 public:
  void Begin(char bracket, bool empty) {
    out_ += bracket;
    ++level_;
    if (!empty) BreakLine();
  }
  void End(char bracket, bool empty) {
    --level_;
    if (!empty) BreakLine();
    out_ += bracket;
  }
  void Put(char c) {
    out_ += c;
    if (c == ',') BreakLine();
    if (c == ':') out_ += ' ';
  }
  void Put(std::string_view text) { out_ += text; }
  std::string Take() { return std::move(out_); }

 private:
  void BreakLine() {
    out_ += '\n';
    out_.append(2 * level_, ' ');
  }

  std::string out_;
  size_t level_ = 0;
};

bool Opens(char c) { return c == '{' || c == '['; }
bool Closes(char c) { return c == '}' || c == ']'; }

}  // namespace

std::string Indented(std::string_view document) {
  Layout layout;
  for (size_t i = 0; i < document.size(); ++i) {
    const char c = document[i];
    if (c == '"') {
      const size_t end = EndOfText(document, i);
      layout.Put(document.substr(i, end - i));
      i = end - 1;
    } else if (Opens(c)) {
      layout.Begin(c, i + 1 < document.size() && Closes(document[i + 1]));
    } else if (Closes(c)) {
      layout.End(c, i > 0 && Opens(document[i - 1]));
    } else {
      layout.Put(c);
    }
  }
  return layout.Take();
}

}  // namespace lakeferry::json
