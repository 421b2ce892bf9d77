// The keys by which a configuration names credentials by right: `credentials` of a workspace and of a group.
#pragma once

#include <string>

#include "daemon/config/config_reader.h"
#include "daemon/config/store_settings.h"
#include "plan/group/group_spec.h"

namespace lakeferry {

// By its name, whom each right is used as; empty: whom `stores` or the service's own default says.
struct RightNames {
  std::string read_source;
  std::string write_staging;
  std::string read_staging;
  std::string write_target;
  std::string place_target;  // of a sender that places files itself
};

// What the map's `credentials` names, and of `inherited` what it does not.
[[nodiscard]] RightNames ReadRights(ConfigMap& map, const StoreSettings& stores, const RightNames& inherited);

// Has `spec`, read with its tables, opened as they say. A name that is of no use at a place is a problem of the
// group's: another service's credential, or one for a folder.
void GiveRights(const RightNames& names, const StoreSettings& stores, ConfigMap& group, plan::GroupSpec& spec);

}  // namespace lakeferry
