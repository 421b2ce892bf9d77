// TableSpec: one table of a group, with its place at both ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "delta/import_roots.h"

namespace lakeferry::plan {

// Which versions of a mirrored table can be read at the replica; all commits go over in any case.
enum class History {
  kFull,      // all: every file that a commit names and that still exists goes over
  kCutsOnly,  // those of the cuts: what came and went between two cuts, and change files, stay behind
};

struct TableSpec {
  std::string name;        // as in the configuration, unique in its group
  std::string source_uri;  // table root in the primary region; empty where a catalog tells it, and has not been asked
  std::string target_uri;  // table root in the secondary region; likewise
  // Whether the catalog of that region is asked, by the table's name (catalog_rules.h).
  bool source_by_catalog = false;
  bool target_by_catalog = false;
  std::string new_target_uri = {};  // where it lies while the catalog has no such table; empty: it has to have it
  bool unregistered = false;        // it was asked, and has none
  // As whom each is opened, by the credential's name; empty: the service's own default.
  std::string source_credential = {};
  std::string target_credential = {};
  std::string place_credential = {};  // of the sender at the target, where it places files by itself
  // The group, this one, whose catalog at that end hands out the credentials in their place; empty: it does not.
  std::string source_vendor = {};
  std::string target_vendor = {};
  History history = History::kFull;
  bool source_moved = false;  // its source may be at another place than that of its last epoch

  // Beside its own root, a clone reads files that the table's log names below these: as configured for the table and
  // its group, and the sources of the group's tables, shared by all of them (null: none).
  std::vector<std::string> import_roots;
  std::shared_ptr<const delta::ImportRoots> group_sources;
};

// All tables of a schema of the catalog, "catalog.schema.*", but for those that the group excludes.
struct TablePattern {
  std::string schema;       // "catalog.schema"
  TableSpec like;           // what each of them has beside its name and its places
  std::string target_root;  // a new target lies below it; empty: the receiving catalog has to have the table

  [[nodiscard]] std::string text() const { return schema + ".*"; }
};

}  // namespace lakeferry::plan
