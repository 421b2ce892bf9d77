#include "notify/notice_desk.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <utility>

#include "async/task_group.h"
#include "async/within_memory.h"
#include "plan/group/backoff.h"
#include "plan/incident/incident_json.h"

namespace lakeferry::notify {

void NoticeDesk::Add(std::string name, Channel channel) {
  channels_.insert_or_assign(std::move(name), Line{.deliver = std::move(channel)});
}

void NoticeDesk::Posted() {
  for (auto& [name, line] : channels_) {
    line.posted = true;
    line.asked.request_stop();
  }
}

Task<void> NoticeDesk::Run(Call call, Role role) {
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup lines(executor);
  for (const auto& [name, line] : channels_) lines.Spawn(Serve(call, role, name));
  co_await lines.Join();
}

Task<void> NoticeDesk::Flush(Call call, Role role) {
  const auto executor = co_await boost::asio::this_coro::executor;
  TaskGroup lines(executor);
  const auto once = [](NoticeDesk* desk, Call of, Role whose, std::string name) -> Task<void> {
    co_await desk->Round(std::move(of), whose, std::move(name));
  };
  for (const auto& [name, line] : channels_) lines.Spawn(once(this, call, role, name));
  co_await lines.Join();
}

Task<void> NoticeDesk::Serve(Call call, Role role, std::string name) {
  while (!call.stopped()) {
    channels_.at(name).posted = false;
    const Millis pause = co_await Round(call, role, name);
    co_await Sleep(call, name, pause);
  }
}

Task<void> NoticeDesk::Sleep(Call call, std::string name, Millis pause) {
  Line& line = channels_.at(name);
  if (line.posted) co_return;
  line.asked = std::stop_source();
  const std::stop_callback outer(call.stop, [source = line.asked]() mutable { source.request_stop(); });
  co_await clock_.SleepFor(call.StoppedBy(line.asked.get_token()), pause);
}

void NoticeDesk::LogGivenUp(const Notice& notice) {
  log_.Write(LogLevel::kWarning, "notice given up",
             {{"channel", notice.channel}, {"attempt", notice.attempts}, {"error", notice.error}});
}

std::vector<Notice> NoticeDesk::GiveUpTooMany(std::vector<Notice>& waiting) {
  std::vector<Notice> given_up;
  if (waiting.size() <= limits_.waiting_max) return given_up;
  const auto end = waiting.end() - static_cast<std::ptrdiff_t>(limits_.waiting_max);
  for (auto at = waiting.begin(); at != end; ++at) {
    at->next.reset();
    at->error = "too many notices wait for this receiver";
    LogGivenUp(*at);
    given_up.push_back(std::move(*at));
  }
  waiting.erase(waiting.begin(), end);
  return given_up;
}

Task<void> NoticeDesk::Save(Call call, StateChange change) {
  const Status saved = co_await TaskWithinMemory(state_.Save(call, std::move(change)));
  if (saved) co_return;
  log_.Write(LogLevel::kError, "metadata store cannot be written", {{"error", ToString(saved.error())}});
}

Task<Millis> NoticeDesk::Round(Call call, Role role, std::string name) {
  Result<std::vector<Notice>> known = co_await TaskWithinMemory(state_.Notices(call));
  if (!known) co_return limits_.delay_max;  // whoever writes there has said so
  StateChange change;
  std::vector<Notice> waiting;
  for (Notice& notice : *known) {
    if (notice.channel != name || notice.role != role) continue;
    if (notice.next) {
      waiting.push_back(std::move(notice));
    } else if (clock_.WallTime() - notice.created > limits_.kept_for) {
      change.gone_notices.push_back(notice.id);
    }
  }
  change.notices = GiveUpTooMany(waiting);
  if (!change.notices.empty() || !change.gone_notices.empty()) co_await Save(call, std::move(change));
  for (Notice& notice : waiting) {
    const TimeMs now = clock_.WallTime();
    // A clock that was set back is no reason to wait for longer than any attempt is put off.
    if (*notice.next > now) co_return std::min(*notice.next - now, limits_.looked_for_every);
    if (call.stopped()) co_return Millis(0);
    const std::optional<Millis> pause = co_await Attempt(call, name, std::move(notice));
    if (pause) co_return *pause;
  }
  co_return limits_.looked_for_every;
}

Task<Status> NoticeDesk::Deliver(Call call, std::string name, Notice notice) {
  Result<Incident> incident = plan::IncidentFromJson(notice.incident);
  if (!incident) co_return Fail(ErrorCode::kRefused, "the notice on record cannot be read", name);
  Status delivered = co_await channels_.at(name).deliver(call, *std::move(incident), notice.id);
  co_return delivered;
}

Task<std::optional<Millis>> NoticeDesk::Attempt(Call call, std::string name, Notice notice) {
  const Status delivered = co_await TaskWithinMemory(Deliver(call, name, notice));
  const TimeMs now = clock_.WallTime();
  if (!delivered && delivered.error().code == ErrorCode::kCancelled) co_return Millis(0);
  ++notice.attempts;
  notice.next.reset();
  notice.error.clear();
  std::optional<Millis> pause;
  if (delivered) {
    notice.arrived = now;
  } else {
    notice.error = ToString(delivered.error());
    const bool of_use = delivered.error().code != ErrorCode::kRefused && now - notice.created < limits_.tried_for;
    if (of_use) {
      const Millis delay = plan::BackoffDelay(notice.attempts, limits_.delay_first, limits_.delay_max, random_.Next());
      pause = std::max(delay, std::min(delivered.error().retry_after.value_or(Millis(0)), limits_.delay_max));
      notice.next = now + *pause;
    } else {
      LogGivenUp(notice);
    }
  }
  StateChange change;
  change.notices.push_back(std::move(notice));
  co_await Save(call.Unstoppable(), std::move(change));
  co_return pause;
}

}  // namespace lakeferry::notify
