// CatalogSettings: what the configuration says of a catalog of tables: where it answers, and as whom it is asked. Plain
// values.
#pragma once

#include <optional>
#include <string>

#include "daemon/config/workflow_settings.h"

namespace lakeferry {

enum class CatalogKind {
  kUnity,       // the open-source server, or anything that speaks as it does
  kDatabricks,  // that of a workspace, with its ways to log in
};

struct CatalogSettings {
  CatalogKind kind = CatalogKind::kUnity;
  std::string url;  // as ParseUrl takes it
  ServiceLogin login;
  bool vended = false;         // it hands out the credentials of tables that it tells the place of
  std::string warehouse = {};  // the id of the SQL warehouse that clones managed tables of it; empty: none

  bool operator==(const CatalogSettings&) const = default;
};

// Of a group; absent where nobody is asked at that end.
struct GroupCatalogs {
  std::optional<CatalogSettings> source;
  std::optional<CatalogSettings> target;

  bool operator==(const GroupCatalogs&) const = default;
};

}  // namespace lakeferry
