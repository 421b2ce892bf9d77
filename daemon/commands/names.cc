#include <set>

#include "base/shown_text.h"
#include "daemon/commands/commands.h"

namespace lakeferry {

Result<int> RunNames(Invocation& invocation, const NamesOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  std::set<std::string> names;
  for (const plan::GroupSpec& group : config.groups) {
    if (options.kind == "groups") names.insert(group.name);
    if (options.kind == "workflows") names.insert(group.workflows.begin(), group.workflows.end());
  }
  for (const std::string& name : names) invocation.out << OneLine(name) << "\n";
  return kExitDone;
}

}  // namespace lakeferry
