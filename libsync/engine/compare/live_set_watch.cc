#include "engine/compare/live_set_watch.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace lakeferry::engine {
namespace {

// Of the time of a group, comparing takes a twentieth at most.
constexpr int kShare = 20;
// What could not be compared is tried again sooner.
constexpr Millis kRetry = std::chrono::hours(1);

LiveSetVerdict VerdictOf(const LiveSetCheck& check) {
  return {.table = check.table,
          .version = check.version,
          .result = check.result,
          .reason = check.reason,
          .found = check.found};
}

// What was found once, before the log was cleaned up, is what the other side has found since.
LiveSetVerdict JudgedAsFound(const LiveSetSubject& subject, std::string found) {
  return {.table = subject.spec.name,
          .version = subject.version,
          .result = LiveSetResult::kSame,
          .found = std::move(found)};
}

}  // namespace

Task<Status> LiveSetWatch::Open(Call call) {
  if (open_) co_return Status{};
  LF_CO_TRY(const std::vector<LiveSetCheck> known, co_await env_.state.LiveSetChecks(call, role_, spec_.name));
  for (const LiveSetCheck& check : known) checks_.insert_or_assign(check.table, check);
  open_ = true;
  co_return Status{};
}

Task<Result<std::vector<std::string>>> LiveSetWatch::Differing(Call call) {
  std::vector<std::string> differing;
  if (!spec_.verify_interval) co_return differing;
  LF_CO_TRY_OK(co_await Open(call));
  for (const plan::TableSpec& table : spec_.tables) {
    const auto check = checks_.find(table.name);
    if (check == checks_.end() || check->second.result != LiveSetResult::kDiffers) continue;
    differing.push_back(table.name);
  }
  co_return differing;
}

Task<Result<std::optional<std::string>>> LiveSetWatch::Due(TimeMs since) {
  if (!spec_.verify_interval || !MayWork()) co_return std::nullopt;
  LF_CHECK(open_, "a pass begins with what differed before");
  const TimeMs now = env_.clock.WallTime();
  std::optional<std::string> oldest;
  TimeMs oldest_time = now;
  for (const plan::TableSpec& table : spec_.tables) {
    const auto check = checks_.find(table.name);
    const bool known = check != checks_.end();
    const TimeMs compared = known ? check->second.checked : since;
    const bool again = known && check->second.result == LiveSetResult::kNotChecked;
    const Millis interval = again ? std::min(kRetry, *spec_.verify_interval) : *spec_.verify_interval;
    if (compared > now - interval || (oldest && compared >= oldest_time)) continue;
    oldest = table.name;
    oldest_time = compared;
  }
  co_return oldest;
}

LiveSetVerdict LiveSetWatch::Last(const std::string& table) const {
  const auto check = checks_.find(table);
  if (check == checks_.end()) return {.table = table, .version = {}};
  return VerdictOf(check->second);
}

Task<Result<LiveSetVerdict>> LiveSetWatch::Compare(Call call, LiveSetSubject subject) {
  if (!MayWork()) co_return Last(subject.spec.name);
  const Millis began = env_.clock.Monotonic();
  const Result<LiveSetVerdict> answer = co_await CompareLiveSet(call, env_, role_, spec_.mode, subject);
  const Millis worked = env_.clock.Monotonic() - began;
  not_before_ = env_.clock.Monotonic() + worked * (kShare - 1);
  if (!answer && answer.error().code == ErrorCode::kCancelled) co_return Last(subject.spec.name);
  LiveSetVerdict verdict{.table = subject.spec.name, .version = subject.version};
  if (answer) {
    verdict = *answer;
  } else {
    verdict.reason = ToString(answer.error());
  }
  if (verdict.result == LiveSetResult::kNotChecked) {
    env_.log.Write(call, LogLevel::kWarning, "the live files of a table could not be compared with its epoch",
                   {{"group", spec_.name}, {"table", verdict.table}, {"reason", verdict.reason}});
    const LiveSetVerdict before = Last(verdict.table);
    const bool stays = before.result == LiveSetResult::kDiffers && (role_ == Role::kSender || !answer);
    if (stays && !FoundThereToo(subject)) co_return before;
    if (stays) verdict = JudgedAsFound(subject, before.found);
  }
  LF_CO_TRY_OK(co_await Remember(call, LiveSetCheck{.role = role_,
                                                    .group = spec_.name,
                                                    .table = verdict.table,
                                                    .epoch = subject.epoch,
                                                    .version = verdict.version,
                                                    .result = verdict.result,
                                                    .reason = verdict.reason,
                                                    .found = verdict.found,
                                                    .checked = env_.clock.WallTime(),
                                                    .worked_ms = worked.count()}));
  co_return verdict;
}

bool LiveSetWatch::FoundThereToo(const LiveSetSubject& subject) const {
  const auto check = checks_.find(subject.spec.name);
  if (check == checks_.end() || subject.found_there.empty()) return false;
  const LiveSetCheck& before = check->second;
  const bool of_this = before.epoch == subject.epoch && before.version == subject.version;
  return of_this && before.found == subject.found_there;
}

Task<Status> LiveSetWatch::NoteSame(Call call, std::string table, Epoch epoch, Version version) {
  LiveSetCheck check{.role = role_, .group = spec_.name, .table = std::move(table), .epoch = epoch};
  check.version = version;
  check.result = LiveSetResult::kSame;
  check.checked = env_.clock.WallTime();
  co_return co_await Remember(call, std::move(check));
}

Task<Status> LiveSetWatch::Remember(Call call, LiveSetCheck check) {
  checks_.insert_or_assign(check.table, check);
  StateChange answer;
  answer.live_set_checks.push_back(std::move(check));
  co_return co_await env_.state.Save(call, std::move(answer));
}

}  // namespace lakeferry::engine
