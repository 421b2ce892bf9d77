// Where the runs of a group come from: the key `workflow_source` of a workspace and of a group, and what the Databricks
// sync job says of a workspace instead.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "daemon/config/config_reader.h"
#include "daemon/config/workflow_settings.h"

namespace lakeferry {

// What a workspace hands to its groups. `missing` says what keeps them from being asked for runs: a template that
// nobody filled in yet; empty: nothing.
struct WorkspaceSource {
  std::shared_ptr<const WorkflowSettings> settings;  // null: the built-in ledger
  std::string missing = {};
  ConfigPlace place = {};  // of what says so
};

// Of a workspace: `workflow_source`, else workspace_instance_url with workspace_pat_key. `secret_scope`: that of the
// top level, empty for none.
[[nodiscard]] WorkspaceSource ReadWorkspaceSource(ConfigMap& workspace, const std::string& secret_scope);

// Of a group: its own `workflow_source`, else that of its workspace.
[[nodiscard]] WorkspaceSource ReadGroupSource(ConfigMap& group, const WorkspaceSource& inherited,
                                              const std::string& secret_scope);

}  // namespace lakeferry
