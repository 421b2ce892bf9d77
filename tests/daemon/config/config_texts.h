// Configurations of tests: texts in memory, and what they are told.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/config/load_config.h"

namespace lakeferry {

// Files and variables that exist nowhere else.
struct MemorySources {
  std::map<std::string, std::string> files = {};
  std::map<std::string, std::string> variables = {};
  std::set<std::string> locked = {};  // files and folders that may not be read

  [[nodiscard]] ConfigSources Sources() const {
    return {.read = [this](const std::string& path) { return Read(path); },
            .list = [this](const std::string& folder) { return List(folder); },
            .variable =
                [this](const std::string& name) {
                  const auto found = variables.find(name);
                  return found == variables.end() ? std::nullopt : std::optional(found->second);
                }};
  }

 private:
  [[nodiscard]] Result<std::string> Read(const std::string& path) const {
    const auto found = files.find(path);
    if (found != files.end() && locked.contains(path)) {
      return Fail(ErrorCode::kInvalidArgument, "Permission denied", path);
    }
    if (found == files.end()) return Fail(ErrorCode::kNotFound, "No such file or directory", path);
    return found->second;
  }

  // Every folder that a file lies in is there.
  [[nodiscard]] Result<std::vector<std::string>> List(const std::string& folder) const {
    if (locked.contains(folder)) return Fail(ErrorCode::kInvalidArgument, "Permission denied", folder);
    const std::string prefix = folder.empty() || folder == "/" || folder.ends_with('/') ? folder : folder + "/";
    std::set<std::string> names;
    for (const auto& [path, text] : files) {
      if (!path.starts_with(prefix)) continue;
      const std::string rest = path.substr(prefix.size());
      names.insert(rest.substr(0, rest.find('/')));
    }
    if (names.empty()) return Fail(ErrorCode::kNotFound, "No such file or directory", folder);
    return std::vector<std::string>(names.rbegin(), names.rend());  // in an order of its own
  }
};

// "file:line:column path | message | remedy", one a problem.
inline std::vector<std::string> ProblemLines(const ConfigResult& config) {
  std::vector<std::string> lines;
  if (config) return lines;
  for (const ConfigProblem& problem : config.error()) {
    lines.push_back(ToString("?", problem.place) + " | " + problem.message + " | " + problem.remedy);
  }
  return lines;
}

// A configuration of one group, with more lines at each level; those of a workspace are indented by four, those of a
// group by eight.
struct ConfigLines {
  std::string top = {};
  std::string workspace = {};
  std::string group = {};
  std::string tables = "[{name: b, source: file:///lake/b, target: file:///dr/b}]";
  std::string workspace_name = "demo";
  std::string group_name = "orders";

  [[nodiscard]] std::string Text() const {
    return top + "workspaces:\n  - workspace_name: " + workspace_name +
           "\n    sync_location_secondary: file:///dr/staging\n" + workspace +
           "    sync_groups:\n      - group_name: " + group_name + "\n" + group + "        tables: " + tables + "\n";
  }
};

}  // namespace lakeferry
