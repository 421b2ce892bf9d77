#include "plan/managed/sql_name.h"

#include <algorithm>

#include "base/shown_text.h"

namespace lakeferry::plan {

std::string SqlQuoted(std::string_view text) {
  std::string quoted = "`";
  for (const char c : text) {
    if (c == '`') quoted += '`';
    quoted += c;
  }
  return quoted + '`';
}

std::string SqlQuotedParts(std::string_view name) {
  std::string quoted;
  for (std::string_view rest = name;;) {
    const size_t dot = std::min(rest.find('.'), rest.size());
    quoted += SqlQuoted(rest.substr(0, dot));
    if (dot == rest.size()) return quoted;
    quoted += '.';
    rest.remove_prefix(dot + 1);
  }
}

std::string_view WhyNotInSql(std::string_view text) {
  if (OneLine(text) != text) return "it has a control byte, or is no UTF-8";
  if (text.find("${") != std::string_view::npos) return "${ is where an engine puts a variable";
  return {};
}

}  // namespace lakeferry::plan
