#include "plan/group/catalog_rules.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/location.h"

namespace lakeferry::plan {
namespace {

// "main.raw.orders" as "main/raw/orders"; absent where the name is none of words with dots between them.
std::optional<std::string> FolderOfName(std::string_view name) {
  std::string folder;
  while (true) {
    const size_t dot = name.find('.');
    const std::string_view part = name.substr(0, dot);
    const bool word = !part.empty() && part.find_first_of("/\\`") == std::string_view::npos && part.front() != ' ' &&
                      part.back() != ' ';
    if (!word) return std::nullopt;
    folder += part;
    if (dot == std::string_view::npos) return folder;
    folder += '/';
    name.remove_prefix(dot + 1);
  }
}

std::unexpected<Error> Unfit(const CatalogTable& table, std::string_view why, std::string remedy) {
  return Fail(ErrorCode::kUnsupportedTable, fmt::format("table '{}' {}", table.name, why), table.location,
              std::move(remedy));
}

// Case-insensitive, as catalogs are.
bool IsAmong(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::any_of(names, [name](const std::string& one) { return IsSameCatalogName(one, name); });
}

}  // namespace

Result<std::string> SourcePlaceOf(const CatalogTable& table) {
  if (table.catalog_managed) {
    return Unfit(table, "has its commits in the catalog, which alone can say what it holds (catalogManaged)",
                 "take the feature from the table, or exclude it");
  }
  const bool delta = IsSameCatalogName(table.format, "delta");
  if (table.kind == CatalogTableKind::kOther || !delta) {
    const std::string what = table.kind == CatalogTableKind::kOther ? table.kind_name : table.format;
    return Unfit(table, fmt::format("is no Delta table: its catalog calls it {}", what.empty() ? "nothing" : what),
                 "exclude it, or replicate the tables that it is made of");
  }
  if (table.location.empty()) {
    return Unfit(table, "has no storage location that its catalog tells", "see what the login may read of it");
  }
  auto place = Location::Parse(table.location);
  if (!place) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("table '{}' lies where nothing here can look: {}", table.name, place.error().message),
                table.location, place.error().remedy);
  }
  return place->Print();
}

Result<std::string> TargetPlaceOf(const CatalogTable& table) {
  LF_TRY(std::string place, SourcePlaceOf(table));
  if (table.kind != CatalogTableKind::kManaged) return place;
  return Fail(
      ErrorCode::kRefused,
      fmt::format("table '{}' is a managed table of the receiving catalog, which nobody but the catalog may write",
                  table.name),
      std::move(place),
      "make it an external table at a place of its own; or drop it, and have the replica registered: "
      "register: true with roots");
}

Result<std::string> PlaceBelow(const std::string& root, std::string_view name) {
  const auto folder = FolderOfName(name);
  if (!folder) {
    return Fail(ErrorCode::kInvalidArgument, "it is not of words with a dot between them, without '/', '\\' and '`'");
  }
  LF_TRY(const Location base, Location::Parse(root));
  auto place = base.scheme() == Scheme::kFile ? Location::OfFolder(fmt::format("{}/{}", base.path(), *folder))
                                              : Location::Parse(fmt::format("{}/{}", base.Print(), *folder));
  if (!place) return std::unexpected(place.error());
  return place->Print();
}

const TablePattern* PatternOf(const GroupSpec& group, std::string_view table) {
  const size_t dot = table.rfind('.');
  if (dot == std::string_view::npos || IsAmong(group.excluded, table)) return nullptr;
  for (const TablePattern& pattern : group.patterns) {
    if (IsSameCatalogName(pattern.schema, table.substr(0, dot))) return &pattern;
  }
  return nullptr;
}

bool CatalogNameLess::operator()(std::string_view a, std::string_view b) const {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

CatalogNames NamesOf(const GroupSpec& group) {
  CatalogNames names;
  for (const TableSpec& table : group.tables) names.insert(table.name);
  return names;
}

Result<TableSpec> TableOfPattern(const TablePattern& pattern, std::string name) {
  TableSpec table = pattern.like;
  table.name = std::move(name);
  if (pattern.target_root.empty()) return table;
  auto place = PlaceBelow(pattern.target_root, table.name);
  if (!place) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("the name '{}' makes no folder below {}: {}", table.name, pattern.target_root,
                            place.error().message),
                pattern.target_root, "exclude it, or give it locations of its own");
  }
  (table.target_by_catalog ? table.new_target_uri : table.target_uri) = *std::move(place);
  return table;
}

Status CheckNoneVanished(const GroupSpec& group, const std::vector<std::string>& known) {
  std::set<std::string> gone;
  const CatalogNames names = NamesOf(group);
  for (const std::string& name : known) {
    if (PatternOf(group, name) != nullptr && !names.contains(name)) gone.insert(name);
  }
  if (gone.empty()) return {};
  return Fail(
      ErrorCode::kNotFound,
      fmt::format("the catalog has no table '{}' any more, which the group has taken up", fmt::join(gone, "', '")),
      "group " + group.name,
      "let the login see it again, or create it anew; if it is gone for good, add it to exclude: its replica "
      "stays as it is");
}

bool AsksCatalogs(const GroupSpec& group) {
  return !group.patterns.empty() || std::ranges::any_of(group.tables, [](const TableSpec& table) {
    return table.source_by_catalog || table.target_by_catalog;
  });
}

void ShareSources(GroupSpec& group) {
  std::vector<std::string> sources;
  for (const TableSpec& table : group.tables) {
    if (!table.source_uri.empty()) sources.push_back(table.source_uri);
  }
  const auto shared = std::make_shared<const delta::ImportRoots>(sources);
  for (TableSpec& table : group.tables.Edit()) table.group_sources = shared;
}

}  // namespace lakeferry::plan
