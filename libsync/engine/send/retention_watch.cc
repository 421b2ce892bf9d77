#include "engine/send/retention_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lakeferry::engine {
namespace {

// From then on the logs are looked at even if they were to be kept for long: that may have changed.
constexpr Millis kLateAlways = std::chrono::hours(12);

}  // namespace

Task<Result<std::optional<plan::TableKeeping>>> RetentionWatch::ReadSince(Call call, plan::TableSpec table,
                                                                          plan::ManifestTable base, SourceSight sight) {
  if (!sight.newest) co_return std::optional<plan::TableKeeping>();
  const Version newest = *sight.newest;
  const auto seen = seen_.find(table.name);
  const bool known = seen != seen_.end() && seen->second.base == base.source_version && seen->second.newest == newest;
  if (known) co_return seen->second.keeping;
  // Without a base, which log clean-up may have taken, no commit but the newest matters.
  LF_CO_TRY(const TableScan scan,
            co_await ScanTable(call, env_, table, base, ScanScope{.runs = nullptr, .from = TimeMs::max()}));
  std::optional<plan::TableKeeping> keeping = KeepingIn(scan, spec_.mode);
  if (!keeping) co_return keeping;
  keeping->oldest_unsent = sight.oldest_unsent;
  seen_.insert_or_assign(table.name, Seen{.base = base.source_version, .newest = newest, .keeping = *keeping});
  co_return keeping;
}

bool RetentionWatch::IsLate(const plan::Retention& retention, std::optional<TimeMs> cut_time) const {
  if (!cut_time) return false;
  // What was not sent is hardly older than the cut.
  const Millis age = env_.clock.WallTime() - *cut_time;
  return age >= kLateAlways || age >= std::min(retention.deleted_files, retention.log) / 2;
}

Task<std::vector<plan::TableKeeping>> RetentionWatch::Look(Call call, const SenderPosition& position,
                                                           const CutOutcome& found, const SourceSights& sights) {
  if (found.keeping) co_return *found.keeping;
  std::vector<plan::TableKeeping> tables;
  for (const plan::TableSpec& spec : spec_.tables) {
    const auto base = position.base.find(spec.name);
    if (base == position.base.end() || !base->second->retention) continue;
    plan::TableKeeping table{.table = spec.name, .source_uri = spec.source_uri, .retention = *base->second->retention};
    const auto sight = sights.find(spec.name);
    if (sight != sights.end() && IsLate(table.retention, position.cut_time)) {
      Result<std::optional<plan::TableKeeping>> now = std::unexpected(Error{});
      if (sight->second) {
        now = co_await ReadSince(call, spec, *base->second, *sight->second);
      } else {
        now = std::unexpected(sight->second.error());
      }
      if (!now) {
        env_.log.Write(call, LogLevel::kWarning, "the lag of a table cannot be compared with its retention",
                       {{"group", spec_.name}, {"table", spec.name}, {"error", ToString(now.error())}});
      } else if (*now) {
        table = **std::move(now);
      }
    }
    tables.push_back(std::move(table));
  }
  co_return tables;
}

}  // namespace lakeferry::engine
