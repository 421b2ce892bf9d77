#include "daemon/config/config_tables.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "daemon/config/config_patterns.h"
#include "daemon/config/table_ends.h"

namespace lakeferry {
namespace {

struct NamedTable {
  plan::TableSpec spec;
  ConfigPlace name_place;
  bool nowhere = false;  // nothing here says where it lies, nor who could
};

struct TableReader {
  ConfigProblems& problems;
  const plan::GroupSpec& spec;  // of the group, but for its tables
  const RegionSettings& regions;
  std::vector<std::string> group_roots;
  std::vector<ConfigText>& import_roots;
};

void CheckCatalogName(const ConfigText& name, ConfigProblems& problems) {
  if (IsCatalogName(name.text)) return;
  problems.Add(name.place, fmt::format("'{}' is no catalog.schema.table name", name.text),
               "write all three parts, or {name: …, source: file:///…, target: file:///…} for a table by location");
}

// The problem of a table of which one end is known. With neither only a catalog could tell.
void CheckEnds(const TableEnds& ends, const std::optional<ConfigText>& name, const ConfigPlace& table,
               const TableReader& reader) {
  if (!ends.source.said && !ends.target.said) {
    if (name) CheckCatalogName(*name, reader.problems);
    return;
  }
  if (ends.source.said == ends.target.said) return;
  const std::string_view missing = ends.source.said ? "target" : "source";
  const std::optional<RegionPair>& pair = reader.regions.pair;
  std::string remedy = "a table has both source and target, or neither when catalogs know them";
  if (pair) {
    remedy =
        fmt::format("add {}, or a location or root in {}", missing, ends.source.said ? pair->secondary : pair->primary);
  }
  ConfigPlace place = table;
  place.path = PathOfKey(table.path, missing);
  reader.problems.Add(place, fmt::format("{} is missing", missing), std::move(remedy));
}

std::string UriOf(const TableEnd& end) { return end.location ? end.location->Print() : std::string(); }

void SetEnds(const TableEnds& ends, NamedTable& table) {
  plan::TableSpec& spec = table.spec;
  table.nowhere = !ends.source.said && !ends.target.said;
  spec.source_by_catalog = ends.source.by_catalog;
  spec.target_by_catalog = ends.target.by_catalog;
  spec.source_uri = UriOf(ends.source);
  (spec.target_by_catalog ? spec.new_target_uri : spec.target_uri) = UriOf(ends.target);
}

// The folders of the key `import_roots` of a group or table.
std::vector<std::string> ReadImportRoots(ConfigMap& map, const TableReader& reader) {
  std::vector<std::string> roots;
  if (map.Has("import_roots") && reader.spec.mode == delta::ReplicationMode::kMirror) {
    map.Report("import_roots", "a mirror imports nothing: it keeps every byte of the source's log",
               "remove import_roots, or set mode: clone for the group");
  }
  for (const ConfigText& text : map.Texts("import_roots")) {
    const auto location = CheckLocation(text, reader.problems);
    if (!location) continue;
    roots.push_back(location->Print());
    reader.import_roots.push_back(ConfigText{.text = location->Print(), .place = text.place});
  }
  return roots;
}

std::optional<NamedTable> ReadTableMap(const ConfigMap::Element& element, const TableReader& reader) {
  auto table = ConfigMap::Open(*element.node, element.place, kTableLevel, reader.problems);
  if (!table) return std::nullopt;
  NamedTable out{.spec = {}, .name_place = table->PlaceOf("name")};
  const auto name = table->RequiredText("name", "raw.bronze");
  if (name && CheckName(*name, reader.problems)) out.spec.name = name->text;
  const TableEnds ends = ReadTableEnds(*table, name, reader.regions);
  CheckEnds(ends, name, table->place(), reader);
  out.spec.history = ReadHistory(*table, reader.spec.mode).value_or(reader.spec.history);
  SetEnds(ends, out);
  out.spec.import_roots = ReadImportRoots(*table, reader);
  out.spec.import_roots.insert(out.spec.import_roots.end(), reader.group_roots.begin(), reader.group_roots.end());
  return out;
}

std::optional<NamedTable> ReadTable(const ConfigMap::Element& element, const TableReader& reader) {
  if (element.node->kind != ConfigNode::Kind::kScalar) return ReadTableMap(element, reader);
  const auto name = ConfigMap::ReadText(*element.node, element.place, reader.problems);
  if (!name || !CheckName(*name, reader.problems)) return std::nullopt;
  const TableEnds ends = TableEndsOfName(*name, reader.regions, reader.problems);
  CheckEnds(ends, name, element.place, reader);
  NamedTable out{.spec = {.name = name->text, .history = reader.spec.history, .import_roots = reader.group_roots},
                 .name_place = name->place};
  SetEnds(ends, out);
  return out;
}

}  // namespace

std::optional<plan::History> ReadHistory(ConfigMap& map, delta::ReplicationMode mode) {
  if (!map.Has("history")) return std::nullopt;
  if (mode != delta::ReplicationMode::kMirror) {
    map.Report("history", "history is for a mirror, and the group is in clone mode, which has a history of its own",
               "set mode: mirror for the group, or remove history");
    return std::nullopt;
  }
  const auto history = map.Choice("history", {"full", "cuts-only"});
  if (!history) return std::nullopt;
  return *history == 0 ? plan::History::kFull : plan::History::kCutsOnly;
}

void ReadTables(ConfigMap& group, const std::string& file, const RegionSettings& regions, GroupDraft& draft,
                std::vector<Unbuilt>& unbuilt) {
  TableReader reader{.problems = group.problems(),
                     .spec = draft.spec,
                     .regions = regions,
                     .group_roots = {},
                     .import_roots = draft.import_roots};
  reader.group_roots = ReadImportRoots(group, reader);
  std::set<std::string> names;
  std::vector<std::string> nowhere;
  PatternReader patterns(group, regions, draft.spec);
  const std::vector<ConfigMap::Element> elements = group.RequiredList("tables", "tables");
  std::vector<plan::TableSpec> tables;
  tables.reserve(elements.size());  // there may be ten thousand
  for (const ConfigMap::Element& element : elements) {
    if (patterns.Read(element, reader.group_roots)) continue;
    auto table = ReadTable(element, reader);
    if (!table) continue;
    const std::string& name = table->spec.name;
    if (!name.empty() && !names.insert(name).second) {
      reader.problems.Add(table->name_place, fmt::format("the table {} stands in the group a second time", name),
                          "remove one, or give it another name");
    }
    if (table->nowhere) nowhere.push_back(name);
    tables.push_back(std::move(table->spec));
    draft.table_places.push_back(element.place);
  }
  draft.spec.tables = std::move(tables);
  patterns.ReadExcluded();
  if (nowhere.empty()) return;
  unbuilt.push_back(
      {.group = draft.spec.name,
       .what = fmt::format("group '{}': nothing says where these tables lie, and there is no catalog to ask: {}",
                           draft.spec.name, fmt::join(nowhere, ", ")),
       .where = SpotOf(file, group.PlaceOf("tables")),
       .remedy = "write each as {name: …, source: file:///…, target: file:///…}, or give the group roots, or set "
                 "catalog for the workspace"});
}

}  // namespace lakeferry
