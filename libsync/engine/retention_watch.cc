#include "engine/retention_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lakeferry::engine {

Task<Result<std::optional<TimeMs>>> RetentionWatch::OldestUnsent(plan::ManifestTable base) const {
  LF_CO_TRY(auto store, env_.stores.Open(base.source_uri));
  const TableLog log(std::move(store), env_);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListFrom(base.source_version));
  for (const auto& [version, file] : listing.commits) {
    if (version > base.source_version) co_return file.modified;
  }
  co_return std::optional<TimeMs>();
}

Task<std::vector<TableKeeping>> RetentionWatch::Look(const SenderPosition& position, const CutOutcome& found) const {
  if (found.keeping) co_return *found.keeping;
  std::vector<TableKeeping> tables;
  for (const plan::TableSpec& spec : spec_.tables) {
    const auto base = position.base.find(spec.name);
    if (base == position.base.end() || !base->second.retention) continue;
    TableKeeping table{
        .table = spec.name, .source_uri = spec.source_uri, .retention = *base->second.retention, .oldest_unsent = {}};
    const Millis shortest = std::min(table.retention.deleted_files, table.retention.log);
    // What was not sent is hardly older than the cut.
    const bool old = position.cut_time && 2 * (env_.clock.WallTime() - *position.cut_time) >= shortest;
    if (old) {
      Result<std::optional<TimeMs>> oldest = co_await OldestUnsent(base->second);
      if (oldest) {
        table.oldest_unsent = *oldest;
      } else {
        env_.log.Write(LogLevel::kWarning, "the lag of a table cannot be compared with its retention",
                       {{"group", spec_.name}, {"table", spec.name}, {"error", ToString(oldest.error())}});
      }
    }
    tables.push_back(std::move(table));
  }
  co_return tables;
}

RetentionRisk RetentionWatch::Judge(const std::vector<TableKeeping>& tables) const {
  RetentionRisk worst;
  const auto take = [&worst](const TableKeeping& table, const plan::RetentionProblem& problem, Risk risk) {
    if (risk <= worst.risk) return;
    worst = {.risk = risk, .text = fmt::format("table '{}': {}", table.table, problem.what), .remedy = problem.remedy};
  };
  for (const TableKeeping& table : tables) {
    if (table.oldest_unsent) {
      const auto late = plan::CheckLag(table.retention, *table.oldest_unsent, env_.clock.WallTime());
      if (late) take(table, *late, late->certain ? Risk::kError : Risk::kWarning);
    }
    const auto shorter = plan::CheckRetention(table.retention, spec_.sync_interval);
    if (shorter) take(table, *shorter, Risk::kWarning);
  }
  return worst;
}

}  // namespace lakeferry::engine
