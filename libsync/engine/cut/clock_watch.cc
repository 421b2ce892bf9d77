#include "engine/cut/clock_watch.h"

#include <utility>

namespace lakeferry::engine {
namespace {

// Clocks drift by less than a hundredth of a second meanwhile.
constexpr Millis kCompareAgain = std::chrono::minutes(10);

// A calendar that moved by more was set anew.
constexpr Millis kSetAnew{20};

Task<Result<plan::ClockReading>> ReadOnce(Call call, const Environment& env, ObjectStore& store, ObjectPath probe) {
  const Millis before = env.clock.Monotonic();
  LF_CO_TRY_OK(co_await store.Put(call, probe, "what time is it\n"));
  const Millis after = env.clock.Monotonic();
  LF_CO_TRY(const ObjectInfo info, co_await store.Head(call, probe));
  co_return plan::ReadingOf(info.modified, before, after);
}

// Where the clock of the source of runs stands.
Task<Result<plan::ClockReading>> ReadRunsClock(Call call, const Environment& env, std::string group) {
  const Millis before = env.clock.Monotonic();
  LF_CO_TRY(const std::optional<TimeMs> shown, co_await env.workflows.Of(group).PresentTime(env.ForRuns(call)));
  const Millis after = env.clock.Monotonic();
  if (shown) co_return plan::ReadingOf(*shown, before, after);
  const Millis here = env.clock.WallTime().time_since_epoch() - after;
  co_return plan::ClockReading{.lowest = here, .highest = here};
}

}  // namespace

Task<Result<plan::ClockReading>> ReadStoreClock(Call call, const Environment& env, ObjectStore& store,
                                                ObjectPath probe) {
  LF_CO_TRY(const plan::ClockReading first, co_await ReadOnce(call, env, store, probe));
  constexpr Millis kWholeSecond{999};
  if (first.highest - first.lowest < kWholeSecond) co_return first;
  LF_CO_TRY(const plan::ClockReading second, co_await ReadOnce(call, env, store, probe));
  if (second.highest - second.lowest < kWholeSecond) co_return second;
  // Where the clock itself stands is narrowed down; what it dates is still up to a second older.
  plan::ClockReading both = plan::Both(first, second);
  both.lowest -= kWholeSecond;
  co_return both;
}

void ClockWatch::set_known(const ClockAccount& known) {
  account_ = known;
  if (spec_.clock_skew_margin) account_ = ClockAccount{.margin = spec_.clock_skew_margin};
}

plan::ClockMargin ClockWatch::Known() const {
  if (spec_.clock_skew_margin) return plan::MarginOf(spec_.clock_skew_margin, std::nullopt);
  if (margin_) return *margin_;
  // What an earlier process found for runs says nothing of this machine's calendar: that is measured before it is used.
  return {.margin = account_.margin.value_or(plan::kMarginFloor), .behind = plan::kMarginFloor, .measured = true};
}

Millis ClockWatch::Here() const { return env_.clock.WallTime().time_since_epoch() - env_.clock.Monotonic(); }

Task<Result<plan::ClockMargin>> ClockWatch::Margin(Call call) {
  const bool fresh =
      compared_ && env_.clock.Monotonic() - *compared_ < kCompareAgain && std::chrono::abs(Here() - here_) < kSetAnew;
  if (spec_.clock_skew_margin || staging_ == nullptr || fresh) co_return Known();
  Status compared = co_await Compare(call);
  if (!compared && IsTransient(compared.error().code)) co_return std::unexpected(compared.error());
  if (!compared) {
    env_.log.Write(call, LogLevel::kWarning, "clocks cannot be compared",
                   {{"group", spec_.name}, {"error", ToString(compared.error())}});
    margin_ = plan::MarginOf(std::nullopt, std::nullopt);
    account_ = ClockAccount{.margin = margin_->margin};
  }
  compared_ = env_.clock.Monotonic();
  here_ = Here();
  co_return *margin_;
}

Task<Status> ClockWatch::Compare(Call call) {
  LF_CO_TRY(const plan::ClockReading store,
            co_await ReadStoreClock(call, env_, staging_->store(), probe_.value_or(staging_->layout().ClockProbe())));
  LF_CO_TRY(const plan::ClockReading runs, co_await ReadRunsClock(call, env_, spec_.name));
  LF_CO_TRY(const bool shares, co_await SourcesShareClock(call));
  const plan::ClockReading ours{.lowest = Here(), .highest = Here()};
  margin_ = plan::MarginOf(std::nullopt, plan::ComparedClocks{.store_to_runs = plan::SkewOf(store, runs),
                                                              .store_to_here = plan::SkewOf(store, ours),
                                                              .source_shares = shares});
  account_ = ClockAccount{.store_skew = plan::SkewOf(store, ours).likely(),
                          .runs_skew = plan::SkewOf(runs, ours).likely(),
                          .margin = margin_->margin,
                          .margin_measured = true,
                          .compared_at = env_.clock.WallTime()};
  if (!margin_->unfit.empty()) {
    env_.log.Write(call, LogLevel::kWarning, "clocks are too far apart",
                   {{"group", spec_.name}, {"reason", margin_->unfit}});
  }
  co_return Status{};
}

Task<Result<bool>> ClockWatch::SourcesShareClock(Call call) {
  for (const plan::TableSpec& table : spec_.tables) {
    LF_CO_TRY(const bool shares, co_await env_.stores.ShareClock(call, table.source_uri, spec_.staging_uri));
    if (!shares) co_return false;
  }
  co_return true;
}

}  // namespace lakeferry::engine
