// The workspaces of a configuration, read into group specifications.
#pragma once

#include <string>
#include <vector>

#include "daemon/config.h"
#include "daemon/config_reader.h"

namespace lakeferry {

// Settings of the top level that workspaces take over unless they set their own.
struct InheritedSettings {
  std::string file;  // for places in findings
  std::vector<std::string> success_mail_to;
  std::vector<std::string> failure_mail_to;
  bool has_secret_scope = false;
  plan::DocumentKeys keys = {};
};

// A group with the places that later checks over all groups need.
struct GroupDraft {
  plan::GroupSpec spec;
  ConfigPlace name_place;
  ConfigPlace staging_place;
  std::vector<ConfigPlace> table_places;  // of spec.tables
  std::vector<ConfigText> import_roots;   // the group's and its tables', as URIs
};

struct WorkspacesDraft {
  std::vector<GroupDraft> groups;
  std::vector<Unbuilt> unbuilt;
  std::vector<engine::Finding> notes;
};

// Reads `workspaces`, adding every problem to those of `top`.
[[nodiscard]] WorkspacesDraft ReadWorkspaces(ConfigMap& top, const InheritedSettings& inherited);

}  // namespace lakeferry
