#include "plan/group/group_spec.h"

#include <utility>

namespace lakeferry::plan {

StagingSite StagingOf(const GroupSpec& group) {
  return {.group = group.name, .uri = group.staging_uri, .name = group.staging_name, .keys = group.keys};
}

Route ReplicationRoute(const GroupSpec& group, std::string from) {
  return {.workspace = group.workspace,
          .from = std::move(from),
          .mode = group.mode,
          .direct = group.direct,
          .staging = StagingOf(group),
          .tables = group.tables};
}

}  // namespace lakeferry::plan
