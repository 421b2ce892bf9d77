#include "engine/group/table_lookup.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "async/task_group.h"
#include "plan/group/catalog_rules.h"

namespace lakeferry::engine {
namespace {

using plan::TableSpec;

constexpr size_t kAskedAtOnce = 8;
// An error names so many tables; the others are counted.
constexpr size_t kNamedMax = 20;

Result<TableCatalog*> CatalogOf(const Environment& env, const std::string& group, CatalogSide side) {
  TableCatalog* catalog = env.catalogs == nullptr ? nullptr : env.catalogs->Of(group, side);
  if (catalog != nullptr) return catalog;
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("nothing says which catalog knows the {} of group '{}'",
                          side == CatalogSide::kSource ? "sources" : "targets", group),
              "group " + group, "set catalog for the workspace, or write where each table lies");
}

// What is wrong with tables, told together: a person mends them in one go.
class Flaws {
 public:
  // Of one that says nothing of the table, whoever asks fails at once.
  [[nodiscard]] Status Add(const TableSpec& table, Error error) {
    const bool of_table = error.code == ErrorCode::kNotFound || error.code == ErrorCode::kUnsupportedTable ||
                          error.code == ErrorCode::kRefused || error.code == ErrorCode::kInvalidArgument;
    if (!of_table) {
      error.message = fmt::format("where table '{}' lies cannot be asked: {}", table.name, error.message);
      return std::unexpected(std::move(error));
    }
    if (!first_) first_ = error;
    if (first_->code != error.code) first_->code = ErrorCode::kRefused;
    ++count_;
    if (count_ <= kNamedMax) said_.push_back(error.message);
    return {};
  }
  [[nodiscard]] Status Finish() {
    if (!first_) return {};
    if (count_ > kNamedMax) said_.push_back(fmt::format("and {} more", count_ - kNamedMax));
    first_->message = fmt::format("{}", fmt::join(said_, "; "));
    return std::unexpected(*std::move(first_));
  }

 private:
  std::optional<Error> first_;
  std::vector<std::string> said_;
  size_t count_ = 0;
};

Task<Status> FindOne(Call call, const Environment& env, TableCatalog& catalog, std::string name,
                     std::optional<Result<CatalogTable>>& slot) {
  Result<CatalogTable> found = co_await catalog.Find(env.ForRuns(call), std::move(name));
  slot.emplace(std::move(found));
  co_return Status{};
}

// What the catalog says of each of `tables`, in their order.
using Answers = std::vector<std::optional<Result<CatalogTable>>>;

Task<Result<Answers>> FindAll(Call call, const Environment& env, TableCatalog& catalog,
                              const std::vector<TableSpec*>& tables) {
  Answers found(tables.size());
  const auto find_one = [&](size_t i) { return FindOne(call, env, catalog, tables[i]->name, found[i]); };
  LF_CO_TRY_OK(co_await ParallelFor(tables.size(), kAskedAtOnce, find_one));
  co_return found;
}

// Of a table that the receiving catalog does not have: where it will be.
Result<std::string> NewTarget(TableSpec& table, Error error) {
  if (error.code != ErrorCode::kNotFound) return std::unexpected(std::move(error));
  if (table.new_target_uri.empty()) {
    error.remedy =
        "create it there as an external table; or say by roots where replicas lie that the catalog does not have yet, "
        "and by register: true that it is to have them";
    return std::unexpected(std::move(error));
  }
  table.unregistered = true;
  return table.new_target_uri;
}

bool AsksForSource(const TableSpec& table) { return table.source_by_catalog && table.source_uri.empty(); }

Task<Status> FindSources(Call call, const Environment& env, plan::GroupSpec& spec) {
  if (std::ranges::none_of(spec.tables, AsksForSource)) co_return Status{};
  std::vector<TableSpec*> asked;
  for (TableSpec& table : spec.tables.Edit()) {
    if (AsksForSource(table)) asked.push_back(&table);
  }
  LF_CO_TRY(TableCatalog* const catalog, CatalogOf(env, spec.name, CatalogSide::kSource));
  LF_CO_TRY(const Answers found, co_await FindAll(call, env, *catalog, asked));
  Flaws flaws;
  for (size_t i = 0; i < asked.size(); ++i) {
    Result<std::string> place = *found[i] ? plan::SourcePlaceOf(**found[i]) : std::unexpected(found[i]->error());
    if (place) {
      asked[i]->source_uri = *std::move(place);
    } else {
      LF_CO_TRY_OK(flaws.Add(*asked[i], std::move(place).error()));
    }
  }
  co_return flaws.Finish();
}

Task<Status> FindTargets(Call call, const Environment& env, plan::GroupSpec& spec) {
  if (std::ranges::none_of(spec.tables, &TableSpec::target_by_catalog)) co_return Status{};
  std::vector<TableSpec*> asked;
  for (TableSpec& table : spec.tables.Edit()) {
    if (table.target_by_catalog) asked.push_back(&table);
  }
  LF_CO_TRY(TableCatalog* const catalog, CatalogOf(env, spec.name, CatalogSide::kTarget));
  LF_CO_TRY(const Answers found, co_await FindAll(call, env, *catalog, asked));
  Flaws flaws;
  for (size_t i = 0; i < asked.size(); ++i) {
    Result<std::string> place = *found[i] ? plan::TargetPlaceOf(**found[i]) : NewTarget(*asked[i], found[i]->error());
    if (place) {
      asked[i]->target_uri = *std::move(place);
    } else {
      LF_CO_TRY_OK(flaws.Add(*asked[i], std::move(place).error()));
    }
  }
  co_return flaws.Finish();
}

// What the schema has by now, but for tables that stand in the group already: `names`, which gets the new ones.
Task<Status> TakeSchema(Call call, const Environment& env, const plan::TablePattern& pattern, plan::GroupSpec& spec,
                        plan::CatalogNames& names) {
  LF_CO_TRY(TableCatalog* const catalog, CatalogOf(env, spec.name, CatalogSide::kSource));
  auto tables = co_await catalog->TablesOf(env.ForRuns(call), pattern.schema);
  if (!tables) {
    Error error = tables.error();
    error.message = fmt::format("the tables of {} cannot be listed: {}", pattern.text(), error.message);
    co_return std::unexpected(std::move(error));
  }
  Flaws flaws;
  size_t taken = 0;
  std::vector<TableSpec>& all = spec.tables.Edit();
  for (const CatalogTable& found : *tables) {
    if (plan::PatternOf(spec, found.name) == nullptr) continue;
    ++taken;
    if (!names.insert(found.name).second) continue;
    LF_CO_TRY(TableSpec table, plan::TableOfPattern(pattern, found.name));
    Result<std::string> place = plan::SourcePlaceOf(found);
    if (place) {
      table.source_uri = *std::move(place);
    } else {
      LF_CO_TRY_OK(flaws.Add(table, std::move(place).error()));
    }
    all.push_back(std::move(table));
  }
  if (taken > 0) co_return flaws.Finish();
  co_return Fail(ErrorCode::kNotFound, fmt::format("{} has no table of {}", catalog->name(), pattern.text()),
                 "group " + spec.name, "see what the login may read there, or take the name out of the group");
}

Task<Status> TakePatterns(Call call, const Environment& env, plan::GroupSpec& spec, Role role,
                          std::vector<std::string> known) {
  plan::CatalogNames names = plan::NamesOf(spec);
  if (role == Role::kSender) {
    for (const plan::TablePattern& pattern : spec.patterns) {
      LF_CO_TRY_OK(co_await TakeSchema(call, env, pattern, spec, names));
    }
    co_return plan::CheckNoneVanished(spec, known);
  }
  std::vector<TableSpec>& all = spec.tables.Edit();
  for (const std::string& name : known) {
    const plan::TablePattern* pattern = plan::PatternOf(spec, name);
    if (pattern == nullptr || !names.insert(name).second) continue;
    LF_CO_TRY(TableSpec table, plan::TableOfPattern(*pattern, name));
    all.push_back(std::move(table));
  }
  co_return Status{};
}

bool HaveSamePlaces(const plan::TableList& a, const plan::TableList& b) {
  return std::ranges::equal(a, b, [](const TableSpec& one, const TableSpec& other) {
    return one.name == other.name && one.source_uri == other.source_uri && one.target_uri == other.target_uri &&
           one.unregistered == other.unregistered;
  });
}

}  // namespace

Task<Result<plan::GroupSpec>> LookUpTables(Call call, const Environment& env, plan::GroupSpec configured, Role role,
                                           std::vector<std::string> known) {
  if (!plan::AsksCatalogs(configured)) co_return configured;
  LF_CO_TRY_OK(co_await TakePatterns(call, env, configured, role, std::move(known)));
  const bool sends = role == Role::kSender;
  if (sends) LF_CO_TRY_OK(co_await FindSources(call, env, configured));
  if (!sends || configured.direct) LF_CO_TRY_OK(co_await FindTargets(call, env, configured));
  plan::ShareSources(configured);
  co_return configured;
}

Task<Result<plan::GroupSpec>> LookUpTables(Call call, const Environment& env, plan::GroupSpec configured, Role role) {
  if (!plan::AsksCatalogs(configured)) co_return configured;
  std::vector<std::string> known;
  if (!configured.patterns.empty()) {
    LF_CO_TRY(const std::optional<GroupRecord> record, co_await env.state.Group(call, role, configured.name));
    if (record) known = record->tables;
  }
  co_return co_await LookUpTables(std::move(call), env, std::move(configured), role, std::move(known));
}

Task<Result<bool>> UpdateTables(Call call, const Environment& env, const plan::GroupSpec& configured, Role role,
                                std::vector<std::string> known, plan::GroupSpec& spec) {
  LF_CO_TRY(plan::GroupSpec found, co_await LookUpTables(std::move(call), env, configured, role, std::move(known)));
  if (HaveSamePlaces(found.tables, spec.tables)) co_return false;
  spec.tables = std::move(found.tables);
  co_return true;
}

}  // namespace lakeferry::engine
