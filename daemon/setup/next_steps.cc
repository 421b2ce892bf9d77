#include "daemon/setup/next_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "daemon/setup/drop_in.h"
#include "daemon/setup/unit_words.h"

namespace lakeferry::setup {
namespace {

using Change = SettledFile::Change;

// Those that are not there, each once.
std::vector<std::string> Absent(const std::set<std::string>& paths) {
  std::vector<std::string> absent;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::exists(path, error) && !error) absent.push_back(path);
  }
  return absent;
}

}  // namespace

std::string ShellWord(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@%+,-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) return std::string(text);
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') word += "'\\'";
    word += c;
  }
  return word + "'";
}

std::vector<std::string> StepsAfterConfig(const std::string& path, bool example, const std::string& options) {
  return {example ? fmt::format("edit {}, the places marked CHANGE", path)
                  : fmt::format("read {}: it has every table that was found", path),
          "lakeferry init" + options, "runuser -u lakeferry -- lakeferry check" + options};
}

std::vector<std::string> StepsAfterDropIns(const std::vector<ServiceNeeds>& needs,
                                           const std::vector<SettledFile>& drop_ins, const std::string& options) {
  std::set<std::string> folders;
  std::set<std::string> secrets;
  for (const ServiceNeeds& of : needs) {
    folders.insert(of.writes.begin(), of.writes.end());
    for (const std::string& name : of.credentials) secrets.insert(fmt::format("{}/{}", kCredentialFolder, name));
  }
  std::vector<std::string> steps;
  for (const std::string& folder : Absent(folders)) {
    steps.push_back("install -d -o lakeferry -g lakeferry -m 2750 " + ShellWord(folder));
  }
  for (const std::string& file : Absent(secrets)) {
    steps.push_back(fmt::format("install -m 600 /dev/stdin {}    # the secret, then Ctrl-D", ShellWord(file)));
  }
  const bool changed =
      std::ranges::any_of(drop_ins, [](const SettledFile& file) { return file.change != Change::kUnchanged; });
  if (changed) steps.emplace_back("systemctl daemon-reload");
  steps.push_back("runuser -u lakeferry -- lakeferry check" + options);
  for (size_t i = 0; i < needs.size(); ++i) {
    const bool was_there = i < drop_ins.size() && drop_ins[i].change == Change::kChanged;
    steps.push_back(
        fmt::format("systemctl {} {}", was_there ? "restart" : "enable --now", UnitName(RoleName(needs[i].role))));
  }
  return steps;
}

}  // namespace lakeferry::setup
