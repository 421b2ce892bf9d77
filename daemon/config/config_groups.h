// The workspaces of a configuration, read into group specifications.
#pragma once

#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/config_reader.h"
#include "daemon/config/group_draft.h"

namespace lakeferry {

// Settings of the top level that workspaces take over unless they set their own.
struct InheritedSettings {
  std::string file;  // for places in findings
  std::vector<std::string> success_mail_to;
  std::vector<std::string> failure_mail_to;
  bool has_secret_scope = false;
  plan::DocumentKeys keys = {};
};

struct WorkspacesDraft {
  std::vector<GroupDraft> groups;
  std::vector<Unbuilt> unbuilt;
  std::vector<plan::Finding> notes;
};

// Reads `workspaces`, adding every problem to those of `top`.
[[nodiscard]] WorkspacesDraft ReadWorkspaces(ConfigMap& top, const InheritedSettings& inherited);

}  // namespace lakeferry
