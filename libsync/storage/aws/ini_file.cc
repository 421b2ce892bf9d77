#include "storage/aws/ini_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lakeferry::aws {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";

std::string_view Stripped(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// `profile  "my name"` as `profile my name`.
std::string SectionName(std::string_view inside) {
  const std::string_view name = Stripped(inside);
  const size_t blank = name.find_first_of(kBlanks);
  if (blank == std::string_view::npos) return std::string(name);
  std::string_view rest = Stripped(name.substr(blank));
  const bool quoted = rest.size() >= 2 && (rest.front() == '"' || rest.front() == '\'') && rest.back() == rest.front();
  if (quoted) rest = rest.substr(1, rest.size() - 2);
  return fmt::format("{} {}", name.substr(0, blank), rest);
}

std::optional<std::pair<std::string, std::string_view>> PropertyOf(std::string_view line) {
  const size_t sign = line.find_first_of("=:");
  if (sign == std::string_view::npos || sign == 0) return std::nullopt;
  return std::pair(LowerCase(Stripped(line.substr(0, sign))), Stripped(line.substr(sign + 1)));
}

std::unexpected<Error> Unreadable(int line, std::string_view why, std::string_view where) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("line {} {}", line, why), std::string(where),
              "write [section], name = value or # comment");
}

}  // namespace

Result<IniFile> IniFile::Parse(Secret text, std::string_view where) {
  IniFile file;
  file.text_ = std::move(text);
  std::string_view rest = file.text_.Reveal();
  if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  Section* section = nullptr;
  std::string above;
  for (int number = 1; !rest.empty(); ++number) {
    const std::string_view whole = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(whole.size() + 1, rest.size()));
    const std::string_view line = Stripped(whole);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    const bool indented = kBlanks.contains(whole.front());
    if (line.front() == '[' && !indented) {
      const size_t end = line.find(']');
      if (end == std::string_view::npos) return Unreadable(number, "opens a section and does not close it", where);
      section = &file.sections_[SectionName(line.substr(1, end - 1))];
      above.clear();
      continue;
    }
    if (section == nullptr) return Unreadable(number, "stands in no section", where);
    auto property = PropertyOf(line);
    if (indented && !above.empty()) {
      // What goes on with a value is none of those that are looked for.
      if (property) section->insert_or_assign(above + "." + property->first, property->second);
      continue;
    }
    if (!property) return Unreadable(number, "is no property: it has no '='", where);
    above = property->first;
    section->insert_or_assign(above, property->second);
  }
  return file;
}

std::optional<std::string_view> IniFile::Find(std::string_view section, std::string_view property) const {
  const auto found = sections_.find(section);
  if (found == sections_.end()) return std::nullopt;
  const auto value = found->second.find(property);
  if (value == found->second.end() || value->second.empty()) return std::nullopt;
  return value->second;
}

std::optional<std::string_view> IniFile::Find(std::string_view section, std::string_view property,
                                              std::string_view below) const {
  return Find(section, fmt::format("{}.{}", property, below));
}

}  // namespace lakeferry::aws
