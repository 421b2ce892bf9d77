#include "daemon/config/joining_groups.h"

#include <fmt/format.h>

#include "base/nearest_key.h"

namespace lakeferry {

JoiningGroups::JoiningGroups(ConfigFiles& files) : incomplete_(files.incomplete) {
  for (size_t i = 1; i < files.files.size(); ++i) {  // the first file has no such keys
    std::optional<ConfigMap>& map = files.files[i].map;
    if (!map || (!map->Has("workspace_name") && !map->Has("sync_groups"))) continue;
    const auto workspace = map->RequiredText("workspace_name", "demo");
    std::vector<ConfigMap::Element> groups = map->RequiredList("sync_groups", "sync groups");
    if (workspace) {
      pieces_.push_back({.workspace = *workspace, .groups = std::move(groups)});
    } else {
      incomplete_ = true;
    }
  }
}

std::vector<ConfigMap::Element> JoiningGroups::Of(const std::string& workspace) const {
  std::vector<ConfigMap::Element> groups;
  for (const Piece& piece : pieces_) {
    if (piece.workspace.text == workspace) groups.insert(groups.end(), piece.groups.begin(), piece.groups.end());
  }
  return groups;
}

void JoiningGroups::CheckAllJoin(const std::set<std::string>& workspaces, ConfigProblems& problems) const {
  const std::vector<std::string_view> names(workspaces.begin(), workspaces.end());
  for (const Piece& piece : pieces_) {
    if (workspaces.contains(piece.workspace.text)) continue;
    const std::string_view nearest = NearestKey(piece.workspace.text, names);
    problems.Add(piece.workspace.place, fmt::format("no workspace is named '{}'", piece.workspace.text),
                 nearest.empty() ? "name the workspace that these groups join, or write it under workspaces, with its "
                                   "sync_location_secondary"
                                 : fmt::format("did you mean {}?", nearest));
  }
}

}  // namespace lakeferry
