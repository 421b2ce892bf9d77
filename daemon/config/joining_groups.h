// Groups of included files that join a workspace which stands elsewhere: one team, one file, and the settings of the
// workspace in one place.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "daemon/config/config_files.h"

namespace lakeferry {

class JoiningGroups {
 public:
  // Reads `workspace_name` and `sync_groups` of the files that have them.
  explicit JoiningGroups(ConfigFiles& files);

  // The groups that join the workspace of this name, in the order of the files.
  [[nodiscard]] std::vector<ConfigMap::Element> Of(const std::string& workspace) const;

  // True where there may be more of them, of a file that could not be read or does not say which workspace they join.
  [[nodiscard]] bool incomplete() const { return incomplete_; }

  // Adds a problem for each file whose groups join no workspace.
  void CheckAllJoin(const std::set<std::string>& workspaces, ConfigProblems& problems) const;

 private:
  struct Piece {
    ConfigText workspace;
    std::vector<ConfigMap::Element> groups;
  };
  std::vector<Piece> pieces_;
  bool incomplete_ = false;
};

}  // namespace lakeferry
