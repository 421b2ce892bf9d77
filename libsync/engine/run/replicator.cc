#include "engine/run/replicator.h"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "engine/receive/group_receiver.h"
#include "engine/run/group_loop.h"
#include "engine/send/group_sender.h"

namespace lakeferry::engine {

Replicator::Replicator(boost::asio::any_io_executor executor, const Environment& env, std::vector<plan::Duty> duties)
    : env_(env), executor_(std::move(executor)), mails_(executor_), runner_(env_, mails_) {
  Build(std::move(duties));
}

Replicator::~Replicator() = default;

void Replicator::Build(std::vector<plan::Duty> duties) {
  workers_.clear();
  for (plan::Duty& duty : duties) {
    if (duty.role == Role::kSender) {
      workers_.push_back(std::make_unique<GroupSender>(env_, std::move(duty.group)));
    } else {
      workers_.push_back(std::make_unique<GroupReceiver>(env_, std::move(duty.group)));
    }
  }
}

Task<void> Replicator::RunInto(Call call, GroupWorker& worker, GroupOutcome* outcome) {
  RunOutcome run = co_await runner_.Run(call.Named(worker.spec().name), worker);
  outcome->result = std::move(run.result);
}

Task<std::vector<GroupOutcome>> Replicator::RunOnce(Call call) {
  runner_.set_by_passes(true);
  std::vector<GroupOutcome> outcomes;
  outcomes.reserve(workers_.size());
  for (const auto& worker : workers_) outcomes.push_back({.group = worker->spec().name, .result = PassResult{}});
  TaskGroup passes(executor_);
  for (size_t i = 0; i < workers_.size(); ++i) passes.Spawn(RunInto(call, *workers_[i], &outcomes[i]));
  co_await passes.Join();
  co_await mails_.Join();
  co_return outcomes;
}

Task<void> Replicator::Loop(Call call, GroupWorker& worker) {
  GroupLoop loop(env_, runner_, worker);
  co_await loop.Run(std::move(call));
}

Task<void> Replicator::Run(Call call) {
  runner_.set_by_passes(false);
  while (!call.stopped()) {
    if (reload_) Build(*std::exchange(reload_, std::nullopt));
    round_ = std::stop_source();
    const std::stop_callback end_round(call.stop, [this] { round_.request_stop(); });
    TaskGroup loops(executor_);
    for (const auto& worker : workers_) loops.Spawn(Loop(call.StoppedBy(round_.get_token()), *worker));
    co_await loops.Join();
    co_await mails_.Join();
    if (!reload_) break;
  }
}

void Replicator::Reload(std::vector<plan::Duty> duties) {
  reload_ = std::move(duties);
  round_.request_stop();
}

ReplicatorSnapshot Replicator::Snapshot() const {
  ReplicatorSnapshot snapshot;
  for (const auto& worker : workers_) {
    GroupRecord record = worker->book().record();
    record.group = worker->spec().name;
    snapshot.groups.push_back(std::move(record));
  }
  return snapshot;
}

}  // namespace lakeferry::engine
