// A group as it is read, with where in the file it stands.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/config/catalog_settings.h"
#include "daemon/config/config_reader.h"
#include "daemon/config/workflow_settings.h"
#include "plan/group/group_spec.h"

namespace lakeferry {

// A group with the places that later checks over all groups need.
struct GroupDraft {
  plan::GroupSpec spec;
  ConfigPlace name_place;
  ConfigPlace staging_place;
  std::vector<ConfigPlace> table_places;                // of spec.tables
  std::vector<ConfigText> import_roots;                 // the group's and its tables', as URIs
  std::shared_ptr<const WorkflowSettings> source = {};  // of its runs; null: the built-in ledger
  GroupCatalogs catalogs = {};
};

}  // namespace lakeferry
