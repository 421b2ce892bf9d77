#include "engine/run/group_loop.h"

#include <algorithm>
#include <utility>

#include "async/within_memory.h"
#include "plan/group/backoff.h"
#include "plan/group/pace.h"

namespace lakeferry::engine {
namespace {

bool WasStopped(const RunOutcome& run) { return !run.result && run.result.error().code == ErrorCode::kCancelled; }

}  // namespace

Task<void> GroupLoop::Run(Call call) {
  while (!call.stopped()) {
    const PassRequests::Batch asked = requests_.Waiting();
    worker_.set_pace(asked.count > 0 ? Pace::kAtOnce : Pace::kByInterval);
    worker_.set_claim(asked.claim);
    requests_.Heed();
    const std::stop_source pass;
    const std::stop_callback outer(call.stop, [pass]() mutable { pass.request_stop(); });
    requests_.BeginPass(pass);
    const RunOutcome run = co_await runner_.Run(call.Named(worker_.spec().name).StoppedBy(pass.get_token()), worker_);
    // A pass that was stopped is none: this loop, or the one that comes after a reload, makes another.
    const bool stopped = pass.stop_requested() && WasStopped(run);
    if (!stopped) requests_.Answer(asked, run.result);
    if (!stopped) co_await Rest(call, PauseAfter(run));
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
  const bool paused = worker_.book().record().paused.has_value();
  while (!call.stopped() && requests_.Waiting().count == 0) {
    const Millis left = until - env_.clock.Monotonic();
    if (left <= Millis(0)) co_return;
    co_await requests_.SleepUntilAsked(call, env_.clock, paused ? left : std::min(left, worker_.spec().poll_interval));
    if (call.stopped() || requests_.woken() || requests_.Waiting().count > 0 || env_.clock.Monotonic() >= until) {
      co_return;
    }
    const Result<bool> news = co_await TaskWithinMemory(worker_.HasNews(call.Named(worker_.spec().name)));
    if (news.value_or(false)) co_return;  // short of memory: the next poll asks
  }
}

}  // namespace lakeferry::engine
