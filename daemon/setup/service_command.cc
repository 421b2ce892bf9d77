#include "daemon/setup/service_command.h"

#include <algorithm>
#include <array>

namespace lakeferry::setup {
namespace {

// Beginnings of keys that are of the service alone.
constexpr std::array<std::string_view, 18> kOfTheServiceAlone{
    "Type",        "NotifyAccess",      "Exec",        "Kill",       "Restart",        "Watchdog",
    "Timeout",     "RuntimeDirectory",  "RuntimeMax",  "PIDFile",    "BusName",        "Standard",
    "SyslogIdent", "SuccessExitStatus", "RemainAfter", "StartLimit", "FileDescriptor", "Sockets"};

std::string_view Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The lines of a unit file, those that go on below as one.
std::vector<std::string> LinesOf(std::string_view unit) {
  std::vector<std::string> lines;
  bool goes_on = false;
  while (!unit.empty()) {
    const size_t end = unit.find('\n');
    std::string line(Trimmed(unit.substr(0, end)));
    unit.remove_prefix(end == std::string_view::npos ? unit.size() : end + 1);
    const bool comment = line.starts_with('#') || line.starts_with(';');
    if (comment) continue;
    const bool more = line.ends_with('\\');
    if (more) line.back() = ' ';
    if (goes_on) {
      lines.back() += line;
    } else {
      lines.push_back(std::move(line));
    }
    goes_on = more;
  }
  return lines;
}

// A unit file has "%%" for a percent sign, a property has the sign.
std::string AsProperty(std::string line) {
  for (size_t at = line.find("%%"); at != std::string::npos; at = line.find("%%", at + 1)) line.erase(at, 1);
  return line;
}

bool IsOfTheServiceAlone(std::string_view key) {
  return std::ranges::any_of(kOfTheServiceAlone, [key](std::string_view begin) { return key.starts_with(begin); });
}

}  // namespace

std::vector<std::string> ServiceCommand(std::string_view unit, const std::vector<std::string>& command) {
  std::vector<std::string> words{"systemd-run", "--quiet", "--pipe", "--wait", "--collect"};
  bool in_service = false;
  for (const std::string& line : LinesOf(unit)) {
    if (line.starts_with('[')) in_service = line == "[Service]";
    const size_t equals = line.find('=');
    if (!in_service || equals == std::string::npos) continue;
    const std::string_view key = Trimmed(std::string_view(line).substr(0, equals));
    if (IsOfTheServiceAlone(key)) continue;
    words.push_back("--property=" + std::string(key) + "=" + AsProperty(std::string(Trimmed(line.substr(equals + 1)))));
  }
  words.emplace_back("--");
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

}  // namespace lakeferry::setup
