#include "plan/group/group_places.h"

namespace lakeferry::plan {

void PlaceIn(const GroupSpec& group, Place& place) {
  place.LiesIn(group.staging_uri, {});
  for (const TableSpec& table : group.tables) {
    place.LiesIn(table.source_uri, table.name);
    place.LiesIn(table.target_uri, table.name);
  }
}

}  // namespace lakeferry::plan
