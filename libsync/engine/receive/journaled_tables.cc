#include "engine/receive/journaled_tables.h"

#include <algorithm>
#include <utility>

#include "plan/group/catalog_rules.h"

namespace lakeferry::engine {

std::vector<plan::JournaledTarget> TargetsToJournal(const plan::GroupSpec& spec) {
  std::vector<plan::JournaledTarget> targets;
  if (!plan::AsksCatalogs(spec)) return targets;
  for (const plan::TableSpec& table : spec.tables) targets.push_back({.table = table.name, .uri = table.target_uri});
  return targets;
}

Task<Result<std::vector<plan::TableSpec>>> JournaledTables(Call call, const Environment& env,
                                                           const plan::GroupSpec& configured) {
  std::vector<plan::TableSpec> tables;
  LF_CO_TRY(const std::string text, co_await env.state.Journal(std::move(call), configured.name));
  if (text.empty()) co_return tables;
  LF_CO_TRY(plan::ApplyJournal journal, plan::ReadJournal(text));
  for (plan::JournaledTarget& target : journal.targets) {
    const auto known = std::ranges::find(configured.tables, target.table, &plan::TableSpec::name);
    const plan::TablePattern* const pattern = plan::PatternOf(configured, target.table);
    if (known == configured.tables.end() && pattern == nullptr) continue;  // the roll forward says that it is missing
    plan::TableSpec table = known != configured.tables.end() ? *known : pattern->like;
    table.name = std::move(target.table);
    table.target_uri = std::move(target.uri);
    tables.push_back(std::move(table));
  }
  co_return tables;
}

}  // namespace lakeferry::engine
