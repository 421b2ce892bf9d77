#include "plan/group/root_overlap.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace lakeferry::plan {
namespace {

bool IsOneTable(const Root& a, const Root& b) { return a.group == b.group && a.table == b.table; }

}  // namespace

bool MustBeApart(const Root& inner, const Root& outer) {
  if (inner.kind == RootKind::kState || outer.kind == RootKind::kState) return outer.kind != RootKind::kState;
  if (inner.kind == RootKind::kStaging || outer.kind == RootKind::kStaging) return inner.kind != outer.kind;
  if (inner.kind == RootKind::kTarget && outer.kind == RootKind::kTarget) return !IsOneTable(inner, outer);
  const bool source_and_target = (inner.kind == RootKind::kSource && outer.kind == RootKind::kTarget) ||
                                 (inner.kind == RootKind::kTarget && outer.kind == RootKind::kSource);
  return source_and_target && IsOneTable(inner, outer);
}

std::vector<Root> RootsOf(const GroupSpec& spec) {
  std::vector<Root> roots;
  const auto add = [&](RootKind kind, const std::string& table, const std::string& uri) {
    if (!uri.empty()) roots.push_back({.kind = kind, .group = spec.name, .table = table, .uri = uri});
  };
  add(RootKind::kStaging, {}, spec.staging_uri);
  for (const TableSpec& table : spec.tables) {
    add(RootKind::kSource, table.name, table.source_uri);
    add(RootKind::kTarget, table.name, table.target_uri);
    for (const std::string& root : table.import_roots) add(RootKind::kImportRoot, table.name, root);
  }
  return roots;
}

std::optional<RootOverlap> FindRootOverlap(const std::vector<Root>& roots) {
  std::multimap<std::string, const Root*> by_place;
  for (const Root& root : roots) {
    if (!root.place.empty()) by_place.emplace(root.place.front(), &root);
  }
  for (const Root& inner : roots) {
    for (const std::string& place : inner.place) {
      const auto [first, last] = by_place.equal_range(place);
      const auto outer =
          std::find_if(first, last, [&inner](const auto& entry) { return MustBeApart(inner, *entry.second); });
      if (outer != last) return RootOverlap{.inner = inner, .outer = *outer->second};
    }
  }
  return std::nullopt;
}

std::string NameOf(const Root& root) {
  switch (root.kind) {
    case RootKind::kStaging: return fmt::format("the staging location of group '{}'", root.group);
    case RootKind::kSource: return fmt::format("the source of table '{}' in group '{}'", root.table, root.group);
    case RootKind::kTarget: return fmt::format("the target of table '{}' in group '{}'", root.table, root.group);
    case RootKind::kImportRoot:
      return fmt::format("an import root of table '{}' in group '{}'", root.table, root.group);
    case RootKind::kState: return "the folder of the metadata store";
  }
  return {};
}

}  // namespace lakeferry::plan
