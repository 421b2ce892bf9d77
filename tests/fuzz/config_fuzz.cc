// Configuration files, YAML and JSON. A problem is told on one line without control bytes, whatever the file holds, and
// what loads names every group once.
#include <algorithm>
#include <set>

#include "daemon/config/config.h"
#include "daemon/config/load_config.h"
#include "daemon/config/text_bytes.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {

void Try(std::string_view input) {
  const ConfigResult config = LoadConfig(input, "lakeferry.yaml");
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
