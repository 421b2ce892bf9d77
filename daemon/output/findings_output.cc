#include "daemon/output/findings_output.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/shown_text.h"
#include "daemon/output/group_answer.h"
#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "daemon/output/place_output.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

using plan::Finding;
using plan::Severity;

// So many of a kind are told each, in a page.
constexpr size_t kEachMax = 3;
// So much that is well is told in full.
constexpr int64_t kInfosMax = 12;
constexpr size_t kNamesMax = 3;

// Findings of one kind, in their order.
using Kind = std::vector<const Finding*>;

void SortBySeverity(std::vector<Finding>& findings) {
  std::vector<Finding> sorted;
  sorted.reserve(findings.size());
  for (const Severity severity : {Severity::kError, Severity::kWarning, Severity::kInfo}) {
    std::ranges::copy_if(findings, std::back_inserter(sorted),
                         [severity](const Finding& finding) { return finding.severity == severity; });
  }
  findings = std::move(sorted);
}

std::string WholeText(const Finding& finding) {
  return Wrapped(fmt::format("{}: {}", SeverityName(finding.severity), FitToShow(finding.what))) +
         PlaceAndRemedy(finding.where, finding.remedy);
}

// Of which groups the rest of a kind is.
std::string GroupsOf(const Kind& kind) {
  std::set<std::string> groups;
  for (const Finding* finding : kind) groups.insert(finding->group);
  groups.erase(std::string());
  if (groups.empty()) return {};
  std::vector<std::string> names(groups.begin(), groups.end());
  const size_t more = names.size() > kNamesMax ? names.size() - kNamesMax : 0;
  names.resize(names.size() - more);
  std::string text = fmt::format(", of {}", fmt::join(names, ", "));
  if (more > 0) text += fmt::format(" and {}", HumanCount(static_cast<int64_t>(more), "more group"));
  return text;
}

std::string KindText(const Kind& kind, bool each) {
  const size_t whole = each || kind.size() <= kEachMax ? kind.size() : 1;
  std::string text;
  for (size_t i = 0; i < whole; ++i) text += WholeText(*kind[i]);
  if (whole == kind.size()) return text;
  const Kind rest(kind.begin() + static_cast<std::ptrdiff_t>(whole), kind.end());
  return text + Wrapped(fmt::format("and {} like it{}", rest.size(), GroupsOf(rest)), 2);
}

// By kind, in the order in which each came first.
std::vector<Kind> KindsOf(const std::vector<Finding>& findings) {
  std::vector<Kind> kinds;
  std::map<std::string, size_t> known;
  for (const Finding& finding : findings) {
    const auto [at, fresh] = known.emplace(KindOf(finding), kinds.size());
    if (fresh) kinds.emplace_back();
    kinds[at->second].push_back(&finding);
  }
  return kinds;
}

bool IsPlaceLike(std::string_view word) { return word.contains('/') || word.contains('\\'); }

// The word as findings of one kind share it; `name`: it is one.
std::string Masked(std::string_view word, bool name) {
  const size_t tail = word.find_last_not_of(":,.;)'");
  const std::string_view end = tail == std::string_view::npos ? word : word.substr(tail + 1);
  if (name || IsPlaceLike(word)) return fmt::format("*{}", end);
  std::string masked;
  for (const char c : word) {
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (!digit || !masked.ends_with('#')) masked += digit ? '#' : c;
  }
  return masked;
}

}  // namespace

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kInfo: return "info";
  }
  return "error";
}

std::string KindOf(const Finding& finding) {
  std::string kind(SeverityName(finding.severity));
  const std::string_view text = finding.what;
  std::string_view before;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    // A name of several words: its quote is open still.
    const bool open = before.starts_with('\'') && std::ranges::count(before, '\'') == 1;
    const bool quoted = word.starts_with('\'') || open;
    kind += ' ';
    kind += Masked(word, quoted || before == "table");
    before = word;
    begin = end + 1;
  }
  return kind;
}

bool IsOk(const std::vector<Finding>& findings) {
  return std::ranges::none_of(findings, [](const Finding& f) { return f.severity == Severity::kError; });
}

std::string ToJson(std::vector<Finding> findings) {
  SortBySeverity(findings);
  json::Writer json(json::Texts::kShown);
  json.Field("ok", IsOk(findings));
  json.Objects("findings", findings, [&](const Finding& finding) {
    json.Field("severity", SeverityName(finding.severity));
    json.Field("group", finding.group.empty() ? std::nullopt : std::optional(finding.group));
    json.Field("what", FitToShow(finding.what));
    WriteWhere(json, "where", finding.where);
    json.Field("remedy", FitToShow(finding.remedy));
  });
  return json.FinishLine();
}

std::string ToText(std::vector<Finding> findings, Told told) {
  SortBySeverity(findings);
  const auto errors = std::ranges::count(findings, Severity::kError, &Finding::severity);
  const auto warnings = std::ranges::count(findings, Severity::kWarning, &Finding::severity);
  const auto infos = static_cast<int64_t>(findings.size()) - errors - warnings;
  std::string text;
  bool shortened = false;
  if (told == Told::kAll) {
    for (const Finding& finding : findings) text += WholeText(finding);
  } else {
    for (const Kind& kind : KindsOf(findings)) {
      const bool each = kind.front()->severity == Severity::kInfo && infos <= kInfosMax;
      text += KindText(kind, each);
      shortened = shortened || (!each && kind.size() > kEachMax);
    }
  }
  if (shortened)
    text += fmt::format("-v tells each of the {}\n", HumanCount(static_cast<int64_t>(findings.size()), "finding"));
  return text + (errors == 0
                     ? fmt::format("ok: no errors, {}\n", HumanCount(warnings, "warning"))
                     : fmt::format("not ok: {}, {}\n", HumanCount(errors, "error"), HumanCount(warnings, "warning")));
}

}  // namespace lakeferry
