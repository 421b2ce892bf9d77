#include "plan/incident/incident_html.h"

#include <fmt/format.h>

#include "base/shown_text.h"

namespace lakeferry::plan {
namespace {

// As incident_words.cc has them: a label, a colon, and the value from the 13th column on.
constexpr size_t kValueColumn = 12;
constexpr std::string_view kQuotation = "  > ";

constexpr std::string_view kHead =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>lakeferry</title></head>\n"
    "<body style=\"font-family:sans-serif;max-width:44em\">\n";

bool IsFact(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon + 1 >= kValueColumn || line.size() <= kValueColumn) return false;
  return line.substr(colon + 1, kValueColumn - colon - 1).find_first_not_of(' ') == std::string_view::npos;
}

std::string Fact(std::string_view line) {
  const std::string_view label = line.substr(0, line.find(':'));
  return fmt::format("<tr><th align=\"left\">{}</th><td>{}</td></tr>\n", EscapedForHtml(label),
                     EscapedForHtml(line.substr(kValueColumn)));
}

std::string Other(std::string_view line) {
  if (line.empty()) return {};
  if (line.starts_with(kQuotation)) {
    return fmt::format("<blockquote style=\"border-left:4px solid #888;margin:0;padding-left:1em\">{}</blockquote>\n",
                       EscapedForHtml(line.substr(kQuotation.size())));
  }
  return fmt::format("<p>{}</p>\n", EscapedForHtml(line));
}

}  // namespace

std::string EscapedForHtml(std::string_view text) {
  std::string out;
  for (const char c : OneLine(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string HtmlOf(const IncidentWords& words) {
  std::string html(kHead);
  html += fmt::format("<h2>{}</h2>\n", EscapedForHtml(words.subject));
  std::string_view left = words.body;
  bool table = false;
  while (!left.empty()) {
    const size_t end = left.find('\n');
    const std::string_view line = left.substr(0, end);
    left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
    const bool fact = IsFact(line);
    if (fact != table) html += fact ? "<table>\n" : "</table>\n";
    table = fact;
    html += fact ? Fact(line) : Other(line);
  }
  if (table) html += "</table>\n";
  return html + "</body></html>\n";
}

}  // namespace lakeferry::plan
