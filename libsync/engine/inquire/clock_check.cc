#include "engine/inquire/clock_check.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/trial_name.h"
#include "engine/cut/clock_watch.h"
#include "engine/group/store_refs.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

using plan::Finding;
using plan::Severity;

Finding Warning(std::string what, const std::string& where, std::string remedy) {
  return {.severity = Severity::kWarning, .what = std::move(what), .where = where, .remedy = std::move(remedy)};
}

Finding Judge(const plan::GroupSpec& spec, std::optional<Millis> configured, const plan::ClockMargin& margin,
              const ClockAccount& account) {
  std::string what = fmt::format("clocks of group '{}': the store's is {}, that of its runs {}", spec.name,
                                 plan::SkewText(account.store_skew), plan::SkewText(account.runs_skew));
  if (!margin.unfit.empty() && !configured) {
    return Warning(what + ": " + margin.unfit + ", which is too much to tell by times whose a commit is",
                   spec.staging_uri,
                   "mend the clock that is wrong, let writers set the run's id in commitInfo.userMetadata, or set "
                   "clock_skew_margin");
  }
  if (configured && *configured < margin.margin && !spec.workflows.empty()) {
    return Warning(
        fmt::format("{}; clock_skew_margin is set to {}, and {} was measured: commits of a run may be left out "
                    "of its cut",
                    what, FormatDuration(*configured), FormatDuration(margin.margin)),
        spec.staging_uri, "remove clock_skew_margin, or set it to more");
  }
  if (!configured && !margin.source_compared) {
    return Warning(
        fmt::format("{}; the clock that dates commits is another, which cannot be compared with rights to read "
                    "alone: it is taken to be in step within {}",
                    what, FormatDuration(plan::kMarginOfOthers)),
        spec.tables.front().source_uri,
        "let writers set the run's id in commitInfo.userMetadata, or set clock_skew_margin");
  }
  const Millis used = configured.value_or(margin.margin);
  what += fmt::format("; times of commits and of runs may disagree by {}", FormatDuration(used));
  return {.severity = Severity::kInfo, .what = std::move(what), .where = spec.staging_uri, .remedy = {}};
}

Task<Status> Remove(Call call, const StagingArea& staging, ObjectPath probe) {
  LF_CO_TRY_OK(co_await DeleteOne(call, staging.store(), std::move(probe)));
  co_return Status{};
}

}  // namespace

Task<Finding> CheckClocks(Call call, const Environment& env, plan::GroupSpec spec) {
  const std::optional<Millis> configured = std::exchange(spec.clock_skew_margin, std::nullopt);
  const Result<std::shared_ptr<ObjectStore>> store = env.stores.Open(StagingRef(spec, StoreRight::kWriteStaging));
  if (!store) co_return Warning("clocks cannot be compared: " + store.error().message, spec.staging_uri, {});
  const StagingArea staging(*store, plan::StagingOf(spec), env);
  ClockWatch watch(env, spec);
  watch.set_staging(&staging);
  const ObjectPath probe = TrialName(env.random.Next());
  watch.set_probe(probe);
  const Result<plan::ClockMargin> margin = co_await watch.Margin(call);
  const Status removed = co_await Remove(call, staging, probe);
  if (!margin || !removed) {
    const Error& error = margin ? removed.error() : margin.error();
    co_return Warning("clocks cannot be compared: " + error.message, spec.staging_uri, error.remedy);
  }
  co_return Judge(spec, configured, *margin, watch.account());
}

}  // namespace lakeferry::engine
