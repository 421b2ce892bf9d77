// The workspaces of a configuration, with their groups wherever these stand, read into group specifications.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/config_files.h"
#include "daemon/config/group_draft.h"
#include "daemon/config/notification_settings.h"

namespace lakeferry {

// Settings of the top level that workspaces take over unless they set their own.
struct InheritedSettings {
  std::string file;                   // for places in findings
  std::optional<std::string> region;  // that this daemon stands in, where it is said
  std::vector<std::string> success_mail_to;
  std::vector<std::string> failure_mail_to;
  std::string secret_scope;  // empty: none
  StoreSettings stores = {};
  plan::DocumentKeys keys = {};
  std::vector<NotificationSettings> notifications = {};
};

struct WorkspacesDraft {
  std::vector<GroupDraft> groups;
  std::vector<Unbuilt> unbuilt;
  std::vector<plan::Finding> notes;
};

// Reads `workspaces` of all files, and the groups that join them. The first file is a map.
[[nodiscard]] WorkspacesDraft ReadWorkspaces(ConfigFiles& files, const InheritedSettings& inherited,
                                             ConfigProblems& problems);

}  // namespace lakeferry
