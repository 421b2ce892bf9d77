#include "engine/inquire/lag_check.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/cut/sender_position.h"
#include "engine/send/retention_watch.h"
#include "engine/send/source_look.h"
#include "engine/staging/renamed_group.h"
#include "plan/incident/group_risk.h"

namespace lakeferry::engine {
namespace {

constexpr int kSourcesAtOnce = 16;

}  // namespace

Task<std::optional<plan::Finding>> CheckLag(Call call, const Environment& env, plan::GroupSpec spec) {
  const auto staging = co_await OpenStagingOf(env, spec, spec.name);
  if (!staging) co_return std::nullopt;
  const auto position = co_await LoadSenderPosition(call, *staging, spec, env.region, nullptr, Epoch());
  if (!position || position->base.empty()) co_return std::nullopt;
  Environment wide = env;  // nothing else is going on
  wide.limits.tables_at_once_max = kSourcesAtOnce;
  const SourceSights sights = co_await LookAtSources(call, wide, spec, position->base);
  RetentionWatch watch(env, spec);
  const CutOutcome no_cut;
  const std::vector<plan::TableKeeping> tables = co_await watch.Look(call, *position, no_cut, sights);
  // What the interval alone threatens is said of each source.
  plan::GroupRisk risk = plan::RiskOf(tables, Millis(0), env.clock.WallTime());
  if (risk.risk == Risk::kNone) co_return std::nullopt;
  co_return plan::Finding{.severity = risk.risk == Risk::kError ? plan::Severity::kError : plan::Severity::kWarning,
                          .what = fmt::format("group '{}' lags behind what its sources keep: {}", spec.name, risk.text),
                          .where = spec.tables.front().source_uri,
                          .remedy = std::move(risk.remedy)};
}

}  // namespace lakeferry::engine
