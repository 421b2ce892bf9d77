#include "engine/run/group_loop.h"

#include <algorithm>
#include <utility>

#include "async/within_memory.h"
#include "plan/group/backoff.h"
#include "plan/group/pace.h"

namespace lakeferry::engine {

Task<void> GroupLoop::Run(Call call) {
  worker_.set_pace(Pace::kByInterval);
  while (!call.stopped()) {
    const RunOutcome run = co_await runner_.Run(call.Named(worker_.spec().name), worker_);
    co_await Rest(call, PauseAfter(run));
  }
}

Millis GroupLoop::PauseAfter(const RunOutcome& run) {
  const Millis look_every = plan::LookEvery(worker_.spec());
  if (run.next != NextPass::kAfterBackoff) return look_every;
  const Millis delay = plan::BackoffDelay(worker_.book().record().attempts, env_.limits.retry_delay_first,
                                          env_.limits.retry_delay_max, env_.random.Next());
  return plan::PauseAfterFailure(delay, look_every, run.result.error().retry_after);
}

Task<void> GroupLoop::Rest(Call call, Millis pause) {
  const Millis until = env_.clock.Monotonic() + pause;
  while (!call.stopped()) {
    const Millis left = until - env_.clock.Monotonic();
    if (left <= Millis(0)) co_return;
    co_await env_.clock.SleepFor(call, std::min(left, worker_.spec().poll_interval));
    if (call.stopped() || env_.clock.Monotonic() >= until) co_return;
    const Result<bool> news = co_await TaskWithinMemory(worker_.HasNews(call.Named(worker_.spec().name)));
    if (news.value_or(false)) co_return;  // short of memory: the next poll asks
  }
}

}  // namespace lakeferry::engine
