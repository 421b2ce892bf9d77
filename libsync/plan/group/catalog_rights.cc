#include "plan/group/catalog_rights.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "base/location.h"
#include "plan/group/catalog_rules.h"

namespace lakeferry::plan {
namespace {

constexpr std::string_view kSelect = "SELECT";
constexpr std::string_view kModify = "MODIFY";

// Which external location a place lies in, nobody here knows: a bucket has few.
std::string LocationOf(const std::string& uri) {
  const auto place = Location::Parse(uri);
  if (!place || place->scheme() == Scheme::kFile) return uri;
  const std::string printed = place->Print();
  return place->path().empty() ? printed : printed.substr(0, printed.size() - place->path().size() - 1);
}

class Rights {
 public:
  explicit Rights(const GroupSpec& group) : group_(group) {}

  void Add(CatalogLevel level, std::string_view object, std::string_view privilege) {
    if (!object.empty()) all_.insert({level, std::string(object), std::string(privilege)});
  }
  void OfPlace(const std::string& uri, std::string_view privilege) {
    if (!uri.empty()) Add(CatalogLevel::kLocation, LocationOf(uri), privilege);
  }
  // Whatever is asked for in it. False for a name that no table of a catalog has.
  bool Enter(std::string_view schema) {
    const size_t dot = schema.find('.');
    if (dot == std::string_view::npos) return false;
    Add(CatalogLevel::kCatalog, schema.substr(0, dot), "USE CATALOG");
    Add(CatalogLevel::kSchema, schema, "USE SCHEMA");
    return true;
  }
  // Of one table; of all of its schema where the group has them all.
  void OfTable(const std::string& table, std::string_view privilege) {
    const auto in = [&table](const TablePattern& one) { return IsSameCatalogName(one.schema, SchemaOf(table)); };
    const bool all = std::ranges::any_of(group_.patterns, in);
    Add(all ? CatalogLevel::kSchema : CatalogLevel::kTable, all ? SchemaOf(table) : table, privilege);
  }
  static std::string SchemaOf(const std::string& table) {
    const size_t dot = table.rfind('.');
    return dot == std::string::npos ? std::string() : table.substr(0, dot);
  }
  [[nodiscard]] std::vector<CatalogRight> Take() { return {all_.begin(), all_.end()}; }

 private:
  const GroupSpec& group_;
  std::set<CatalogRight> all_;
};

// Looked up, and read or written with what the catalog hands out.
void AddLookUp(Rights& rights, const std::string& schema, bool vended) {
  if (!rights.Enter(schema)) return;
  if (vended) rights.Add(CatalogLevel::kSchema, schema, "EXTERNAL USE SCHEMA");
}

// The places of replicas that the catalog does not have yet.
void AddNewPlace(Rights& rights, const GroupSpec& group, Role role, const std::string& schema, const std::string& place,
                 bool vended) {
  if (place.empty()) return;
  const bool registers = group.register_tables && role == Role::kReceiver;
  if (registers) rights.Add(CatalogLevel::kSchema, schema, "CREATE TABLE");
  if (vended) rights.OfPlace(place, "EXTERNAL USE LOCATION");
  if (vended || registers) rights.OfPlace(place, "CREATE EXTERNAL TABLE");
}

void AddTarget(Rights& rights, const GroupSpec& group, Role role, const TableSpec& table) {
  if (!table.target_by_catalog) return;
  const bool vended = !table.target_vendor.empty();
  const std::string schema = Rights::SchemaOf(table.name);
  AddLookUp(rights, schema, vended);
  AddNewPlace(rights, group, role, schema, table.new_target_uri, vended);
  if (table.unregistered) return;
  rights.OfTable(table.name, kSelect);
  if (vended) rights.OfTable(table.name, kModify);
}

void AddTargetsOf(Rights& rights, const GroupSpec& group, Role role, const TablePattern& pattern) {
  if (!pattern.like.target_by_catalog) return;
  const bool vended = !pattern.like.target_vendor.empty();
  AddLookUp(rights, pattern.schema, vended);
  AddNewPlace(rights, group, role, pattern.schema, pattern.target_root, vended);
  rights.Add(CatalogLevel::kSchema, pattern.schema, kSelect);
  if (vended) rights.Add(CatalogLevel::kSchema, pattern.schema, kModify);
}

// A managed table belongs to whoever makes it.
void AddClones(Rights& rights, const GroupSpec& group) {
  const auto add = [&rights](const std::string& schema, const std::string& replica) {
    if (!rights.Enter(schema)) return;
    rights.Add(CatalogLevel::kSchema, schema, "CREATE TABLE");
    rights.OfPlace(replica, "READ FILES");
  };
  for (const TableSpec& table : group.tables) {
    add(Rights::SchemaOf(table.name), table.target_uri.empty() ? table.new_target_uri : table.target_uri);
  }
  for (const TablePattern& pattern : group.patterns) add(pattern.schema, pattern.target_root);
}

}  // namespace

std::string_view CatalogLevelName(CatalogLevel level) {
  switch (level) {
    case CatalogLevel::kCatalog: return "CATALOG";
    case CatalogLevel::kSchema: return "SCHEMA";
    case CatalogLevel::kTable: return "TABLE";
    case CatalogLevel::kLocation: return "EXTERNAL LOCATION";
  }
  return {};
}

std::vector<CatalogRight> RightsAtSources(const GroupSpec& group, Role role) {
  Rights rights(group);
  if (role != Role::kSender) return {};
  for (const TableSpec& table : group.tables) {
    if (!table.source_by_catalog) continue;
    AddLookUp(rights, Rights::SchemaOf(table.name), !table.source_vendor.empty());
    rights.OfTable(table.name, kSelect);
  }
  for (const TablePattern& pattern : group.patterns) {
    AddLookUp(rights, pattern.schema, !pattern.like.source_vendor.empty());
    rights.Add(CatalogLevel::kSchema, pattern.schema, kSelect);
  }
  return rights.Take();
}

std::vector<CatalogRight> RightsAtTargets(const GroupSpec& group, Role role) {
  Rights rights(group);
  // A sender looks there only where it places files by itself.
  if (role == Role::kSender && !group.direct) return {};
  for (const TableSpec& table : group.tables) AddTarget(rights, group, role, table);
  for (const TablePattern& pattern : group.patterns) AddTargetsOf(rights, group, role, pattern);
  if (role == Role::kReceiver && group.sql_clone) AddClones(rights, group);
  return rights.Take();
}

}  // namespace lakeferry::plan
