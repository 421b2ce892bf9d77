// What a group takes from catalogs: which of their tables, and where these lie. Pure.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/catalog_table.h"
#include "base/result.h"
#include "plan/group/group_spec.h"

namespace lakeferry::plan {

// Where a table is read, as the configuration would name it. kUnsupportedTable for what is no Delta table, has no place
// or whose commits are the catalog's; kInvalidArgument for a place that no store here is at.
[[nodiscard]] Result<std::string> SourcePlaceOf(const CatalogTable& table);
// Where its replica is written. The same; kRefused where nobody but the catalog may write it.
[[nodiscard]] Result<std::string> TargetPlaceOf(const CatalogTable& table);

// "<root>/catalog/schema/table". kInvalidArgument for a name that makes no folder.
[[nodiscard]] Result<std::string> PlaceBelow(const std::string& root, std::string_view name);

// The pattern by which the group takes a table up; null where it is excluded, or of none. A table that stands in the
// group by its own name needs no pattern.
[[nodiscard]] const TablePattern* PatternOf(const GroupSpec& group, std::string_view table);

// Names among which one is found that is written with other upper and lower case.
struct CatalogNameLess {
  bool operator()(std::string_view a, std::string_view b) const;
};
using CatalogNames = std::set<std::string, CatalogNameLess>;
// Of the group's tables.
[[nodiscard]] CatalogNames NamesOf(const GroupSpec& group);

// The table as its pattern has it. kInvalidArgument where its name makes no folder below the pattern's root.
[[nodiscard]] Result<TableSpec> TableOfPattern(const TablePattern& pattern, std::string name);

// kNotFound, with their names, where the group took tables up by a pattern, as `known` says, and has them no more: what
// vanishes from a catalog leaves a group only when a person says so.
[[nodiscard]] Status CheckNoneVanished(const GroupSpec& group, const std::vector<std::string>& known);

// Whether anything of it is a catalog's to tell.
[[nodiscard]] bool AsksCatalogs(const GroupSpec& group);

// Has each table's log name files of the other sources of its group: a shallow clone stands beside the table it was
// made of. Those of another group may be another owner's, and going over with this one is his to allow, by
// import_roots.
void ShareSources(GroupSpec& group);

}  // namespace lakeferry::plan
