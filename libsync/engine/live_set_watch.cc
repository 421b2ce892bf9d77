#include "engine/live_set_watch.h"

#include <utility>

namespace lakeferry::engine {
namespace {

// Of the time of a group, comparing takes a twentieth at most.
constexpr int kShare = 20;

}  // namespace

Task<Status> LiveSetWatch::Open() {
  if (open_) co_return Status{};
  LF_CO_TRY(const std::vector<LiveSetCheck> known, co_await env_.state.LiveSetChecks(role_, spec_.name));
  for (const LiveSetCheck& check : known) checks_.insert_or_assign(check.table, check);
  open_ = true;
  co_return Status{};
}

Task<Result<std::optional<std::string>>> LiveSetWatch::Differing() {
  if (!spec_.verify_interval) co_return std::nullopt;
  LF_CO_TRY_OK(co_await Open());
  for (const plan::TableSpec& table : spec_.tables) {
    const auto check = checks_.find(table.name);
    if (check == checks_.end() || check->second.result != LiveSetResult::kDiffers) continue;
    if (MayWork()) co_return table.name;
    LF_CO_TRY_OK(AsStatus({.table = table.name,
                           .version = check->second.version,
                           .result = LiveSetResult::kDiffers,
                           .reason = check->second.reason},
                          role_, table));
  }
  co_return std::nullopt;
}

Task<Result<std::optional<std::string>>> LiveSetWatch::Due(TimeMs since) {
  if (!spec_.verify_interval || !MayWork()) co_return std::nullopt;
  LF_CO_TRY_OK(co_await Open());
  std::optional<std::string> oldest;
  TimeMs oldest_time = env_.clock.WallTime() - *spec_.verify_interval;
  for (const plan::TableSpec& table : spec_.tables) {
    const auto check = checks_.find(table.name);
    const TimeMs compared = check == checks_.end() ? since : check->second.checked;
    if (compared > oldest_time) continue;
    if (oldest && compared == oldest_time) continue;
    oldest = table.name;
    oldest_time = compared;
  }
  co_return oldest;
}

Task<Status> LiveSetWatch::Compare(LiveSetSubject subject, std::stop_token stop) {
  const Millis began = env_.clock.Monotonic();
  const Result<LiveSetVerdict> verdict = co_await CompareLiveSet(env_, role_, spec_.mode, subject, std::move(stop));
  const Millis worked = env_.clock.Monotonic() - began;
  not_before_ = env_.clock.Monotonic() + worked * (kShare - 1);
  LF_CO_TRY_OK(verdict);
  LiveSetCheck check{.role = role_,
                     .group = spec_.name,
                     .table = verdict->table,
                     .epoch = subject.epoch,
                     .version = verdict->version,
                     .result = verdict->result,
                     .reason = verdict->reason,
                     .checked = env_.clock.WallTime(),
                     .worked_ms = worked.count()};
  if (verdict->result == LiveSetResult::kNotChecked) {
    env_.log.Write(LogLevel::kWarning, "the live files of a table could not be compared with its epoch",
                   {{"group", spec_.name}, {"table", verdict->table}, {"reason", verdict->reason}});
  }
  checks_.insert_or_assign(check.table, check);
  StateChange answer;
  answer.live_set_checks.push_back(std::move(check));
  LF_CO_TRY_OK(co_await env_.state.Save(std::move(answer)));
  co_return AsStatus(*verdict, role_, subject.spec);
}

}  // namespace lakeferry::engine
