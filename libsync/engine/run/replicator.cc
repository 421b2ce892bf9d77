#include "engine/run/replicator.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/within_memory.h"
#include "engine/receive/group_receiver.h"
#include "engine/run/group_loop.h"
#include "engine/run/instruct.h"
#include "engine/send/group_sender.h"

namespace lakeferry::engine {
namespace {

// A group's first pass reads what there is of it. What that takes for a moment is much for hundreds of groups at once,
// and among what they keep it leaves holes that nothing fills again. One that takes longer than others, because its
// places are far or do not answer, holds up the next ones for no more than so many looks: a twentieth of a second, and
// longer only where this thread itself has too much to do.
constexpr size_t kBeginAtOnce = 8;
constexpr Millis kLookAgain{2};
constexpr int kLooksMax = 25;

Error NoSuchGroup(const std::string& group) {
  return {.code = ErrorCode::kInvalidArgument,
          .message = fmt::format("the configuration that is in use has no group '{}'", group),
          .where = "group " + group,
          .remedy = "if the file has it, reload the service, then ask again"};
}

Error Ended() {
  return {.code = ErrorCode::kCancelled,
          .message = "the service was stopped",
          .where = {},
          .remedy = "ask again once it runs"};
}

}  // namespace

Replicator::Replicator(boost::asio::any_io_executor executor, const Environment& env, std::vector<plan::Duty> duties)
    : env_(env), executor_(std::move(executor)), mails_(executor_), runner_(env_, mails_) {
  SetRequests(duties);
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

void Replicator::SetRequests(const std::vector<plan::Duty>& duties) {
  std::map<std::string, std::shared_ptr<PassRequests>> requests;
  for (const plan::Duty& duty : duties) {
    const auto known = requests_.extract(duty.group.name);
    requests[duty.group.name] = known ? known.mapped() : std::make_shared<PassRequests>(executor_);
  }
  for (const auto& [group, gone] : requests_) gone->Close(NoSuchGroup(group));
  requests_ = std::move(requests);
}

Task<void> Replicator::AskInto(std::string group, Claim claim, GroupOutcome* outcome) {
  const auto found = requests_.find(group);
  if (found == requests_.end()) {
    outcome->result = std::unexpected(NoSuchGroup(group));
    co_return;
  }
  const std::shared_ptr<PassRequests> requests = found->second;
  outcome->result = co_await TaskWithinMemory(requests->Ask(claim));
}

Task<std::vector<GroupOutcome>> Replicator::SyncNow(std::vector<std::string> groups, Claim claim) {
  if (groups.empty()) {
    for (const auto& [group, requests] : requests_) groups.push_back(group);
  }
  std::vector<GroupOutcome> outcomes;
  outcomes.reserve(groups.size());
  for (const std::string& group : groups) outcomes.push_back({.group = group, .result = PassResult{}});
  TaskGroup passes(executor_);
  for (GroupOutcome& outcome : outcomes) passes.Spawn(AskInto(outcome.group, claim, &outcome));
  co_await passes.Join();
  co_return outcomes;
}

Task<void> Replicator::InstructInto(GroupWorker& worker, Instruction instruction, Result<GroupRecord>* outcome,
                                    Event* done) {
  const InstructionKind kind = instruction.kind;
  *outcome = co_await TaskWithinMemory(engine::Instruct({}, worker.spec(), worker.book(), std::move(instruction)));
  const auto requests = requests_.find(worker.spec().name);
  if (*outcome && requests != requests_.end()) {
    if (kind == InstructionKind::kSync) requests->second->AskInPassing();
    requests->second->Wake(kind == InstructionKind::kPause);
  }
  done->Set();
}

// As one of the tasks that a reload waits for: it may not take the worker away meanwhile.
Task<Result<GroupRecord>> Replicator::Instruct(Instruction instruction) {
  const auto found = std::ranges::find_if(workers_, [&instruction](const auto& worker) {
    return worker->spec().name == instruction.group && worker->book().role() == instruction.role;
  });
  if (found == workers_.end()) co_return std::unexpected(NoSuchGroup(instruction.group));
  Event done(executor_);
  Result<GroupRecord> outcome = GroupRecord{};
  mails_.Spawn(InstructInto(**found, std::move(instruction), &outcome, &done));
  co_await done.Wait();
  co_return outcome;
}

Task<void> Replicator::RunInto(Call call, GroupWorker& worker, GroupOutcome* outcome) {
  RunOutcome run = co_await runner_.Run(call.Named(worker.spec().name), worker);
  outcome->result = std::move(run.result);
}

Task<std::vector<GroupOutcome>> Replicator::RunOnce(Call call, Claim claim) {
  runner_.set_by_passes(true);
  for (const auto& worker : workers_) worker->set_claim(claim);
  std::vector<GroupOutcome> outcomes;
  outcomes.reserve(workers_.size());
  for (const auto& worker : workers_) outcomes.push_back({.group = worker->spec().name, .result = PassResult{}});
  TaskGroup passes(executor_);
  for (size_t i = 0; i < workers_.size(); ++i) passes.Spawn(RunInto(call, *workers_[i], &outcomes[i]));
  co_await passes.Join();
  co_await mails_.Join();
  co_return outcomes;
}

// The requests are its own too: a reload may be the last that knows the group.
Task<void> Replicator::Loop(Call call, GroupWorker& worker, std::shared_ptr<PassRequests> requests) {
  GroupLoop loop(env_, runner_, worker, *requests);
  co_await loop.Run(std::move(call));
}

Task<void> Replicator::BeginLoops(Call round, TaskGroup& loops) {
  const size_t ended_before = runner_.ended();
  size_t begun = 0;
  size_t counted_off = 0;  // first passes that have ended, or take too long to be waited for
  for (const auto& worker : workers_) {
    counted_off = std::max(counted_off, runner_.ended() - ended_before);
    for (int looks = 1; begun >= counted_off + kBeginAtOnce && !round.stopped(); ++looks) {
      co_await env_.clock.SleepFor(round, kLookAgain);
      counted_off = std::max(counted_off, runner_.ended() - ended_before);
      if (looks >= kLooksMax) counted_off = begun;
    }
    // After a reload its group may be none any more.
    if (round.stopped()) co_return;
    loops.Spawn(Loop(round, *worker, requests_.at(worker->spec().name)));
    ++begun;
  }
}

Task<void> Replicator::Run(Call call) {
  runner_.set_by_passes(false);
  while (!call.stopped()) {
    if (reload_) Build(*std::exchange(reload_, std::nullopt));
    round_ = std::stop_source();
    const std::stop_callback end_round(call.stop, [this] { round_.request_stop(); });
    TaskGroup loops(executor_);
    co_await BeginLoops(call.StoppedBy(round_.get_token()), loops);
    co_await loops.Join();
    if (!reload_ || call.stopped()) EndRequests();
    co_await mails_.Join();
    if (!reload_) break;
  }
  EndRequests();
}

void Replicator::EndRequests() {
  for (const auto& [group, requests] : requests_) requests->Close(Ended());
}

void Replicator::Reload(std::vector<plan::Duty> duties) {
  SetRequests(duties);
  reload_ = std::move(duties);
  round_.request_stop();
}

ReplicatorSnapshot Replicator::Snapshot() const {
  ReplicatorSnapshot snapshot{.groups = {}, .counters = runner_.counters()};
  snapshot.copies_waiting = static_cast<int64_t>(env_.copy_slots.waiting());
  for (const auto& [group, bytes] : env_.copy_slots.resumed_bytes()) snapshot.counters[group].resumed_bytes = bytes;
  for (const auto& [group, requests] : requests_) {
    snapshot.passes_waiting += static_cast<int64_t>(requests->Waiting().count);
  }
  for (const auto& worker : workers_) {
    GroupRecord record = worker->book().record();
    record.group = worker->spec().name;
    snapshot.groups.push_back(std::move(record));
  }
  return snapshot;
}

}  // namespace lakeferry::engine
