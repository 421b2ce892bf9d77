#include "daemon/config/config_patterns.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/catalog_table.h"
#include "daemon/config/config_values.h"
#include "plan/group/catalog_rules.h"

namespace lakeferry {
namespace {

constexpr std::string_view kAll = ".*";

// The name of an entry of either form, without a problem being added.
std::optional<std::string> NameIn(const ConfigNode& node) {
  if (node.kind == ConfigNode::Kind::kScalar) return node.text;
  if (node.kind != ConfigNode::Kind::kMap) return std::nullopt;
  for (size_t i = 0; i < node.items.size(); ++i) {
    if (node.keys[i].text == "name") return NameIn(node.items[i]);
  }
  return std::nullopt;
}

}  // namespace

void PatternReader::Add(const ConfigText& name, const std::vector<std::string>& import_roots) {
  ConfigProblems& problems = group_.problems();
  if (!IsCatalogName(name.text) || std::ranges::count(name.text, '*') != 1) {
    problems.Add(name.place, fmt::format("'{}' is no wildcard of a schema", name.text),
                 "write catalog.schema.* for all tables of a schema");
    return;
  }
  plan::TablePattern pattern{.schema = name.text.substr(0, name.text.size() - kAll.size()), .like = {}};
  for (const plan::TablePattern& other : spec_.patterns) {
    if (!IsSameCatalogName(other.schema, pattern.schema)) continue;
    problems.Add(name.place, fmt::format("{} stands in the group a second time", name.text), "remove one");
    return;
  }
  if (regions_.reported) return;
  if (!regions_.source_catalog) {
    problems.Add(name.place, fmt::format("nothing says which tables {} are: there is no catalog to ask", name.text),
                 "set catalog for the workspace, or name each table");
    return;
  }
  const auto root = regions_.pair ? regions_.roots.find(regions_.pair->secondary) : regions_.roots.end();
  if (root != regions_.roots.end() && root->second.location) pattern.target_root = root->second.location->Print();
  if (root == regions_.roots.end() && !regions_.target_catalog) {
    problems.Add(name.place, fmt::format("nothing says where the replicas of {} lie", name.text),
                 "give the secondary region a root, or a catalog that has the tables");
    return;
  }
  pattern.like = {.name = name.text,
                  .source_by_catalog = true,
                  .target_by_catalog = regions_.target_catalog,
                  .history = spec_.history,
                  .import_roots = import_roots};
  spec_.patterns.push_back(std::move(pattern));
}

bool PatternReader::Read(const ConfigMap::Element& element, const std::vector<std::string>& import_roots) {
  const std::optional<std::string> name = NameIn(*element.node);
  if (!name || !name->ends_with(kAll)) return false;
  if (element.node->kind == ConfigNode::Kind::kScalar) {
    Add({.text = *name, .place = element.place}, import_roots);
    return true;
  }
  group_.problems().Add(element.place, fmt::format("{} stands for many tables, and takes no keys of one", *name),
                        "write the wildcard alone; a table that needs keys of its own is named beside it");
  return true;
}

void PatternReader::ReadExcluded() {
  for (const ConfigText& name : group_.Texts("exclude")) {
    if (!CheckName(name, group_.problems())) continue;
    if (plan::PatternOf(spec_, name.text) == nullptr) {
      group_.problems().Add(name.place, fmt::format("{} is excluded from no wildcard of the group", name.text),
                            "exclude names of tables that a catalog.schema.* of this group would take, each once");
      continue;
    }
    const auto named = std::ranges::find(spec_.tables, name.text, &plan::TableSpec::name);
    if (named != spec_.tables.end()) {
      group_.problems().Add(name.place, fmt::format("{} is excluded, and stands among the tables", name.text),
                            "keep one of them");
    }
    spec_.excluded.push_back(name.text);
  }
}

}  // namespace lakeferry
