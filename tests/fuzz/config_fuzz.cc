// Configuration files, YAML and JSON. A problem is told on one line without control bytes, whatever the file holds, and
// what loads names every group once. Nothing of this machine is read: files and variables are made up of the input.
#include <algorithm>
#include <set>

#include "daemon/config/config.h"
#include "daemon/config/load_config.h"
#include "daemon/config/text_bytes.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {

// What stands behind a line of dashes is what the first other files hold, so many that reading them costs no minute;
// every folder holds two.
ConfigSources SourcesOf(std::string_view included) {
  constexpr int kFilesWithText = 8;
  return {.read = [included, files = 0](const std::string& path) mutable -> Result<std::string> {
            if (path.ends_with(".json")) return Fail(ErrorCode::kNotFound, "not there", path);
            return std::string(++files <= kFilesWithText ? included : "");
          },
          .list = [](const std::string& folder) -> Result<std::vector<std::string>> {
            if (folder.ends_with(".yaml")) return Fail(ErrorCode::kNotFound, "no folder", folder);
            return std::vector<std::string>{"b.yaml", "a.yaml"};
          },
          .variable = [included](const std::string& name) -> std::optional<std::string> {
            if (name.starts_with('U')) return std::nullopt;
            return std::string(included.substr(0, 100));
          }};
}

void Try(std::string_view input) {
  constexpr std::string_view kDashes = "\n----\n";
  const size_t end = input.find(kDashes);
  const std::string_view included = end == std::string_view::npos ? "" : input.substr(end + kDashes.size());
  const ConfigResult config = LoadConfig(input.substr(0, end), "lakeferry.yaml", SourcesOf(included));
  if (!config) {
    LF_CHECK(!config.error().empty(), "what does not load has a problem");
    for (const ConfigProblem& problem : config.error()) {
      const std::string line = ToText("lakeferry.yaml", {problem});
      LF_CHECK(!HasControlByte(line), "a problem is one line");
    }
    return;
  }
  std::set<std::string> names;
  for (const plan::GroupSpec& group : config->groups) {
    LF_CHECK(!group.tables.empty() && names.insert(group.name).second, "groups have tables and names of their own");
    LF_CHECK(group.keys.trusted.empty() || group.keys.own, "who asks for signatures signs");
  }
}

}  // namespace lakeferry::fuzz
