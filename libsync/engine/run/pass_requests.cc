#include "engine/run/pass_requests.h"

#include <algorithm>

namespace lakeferry::engine {

Task<Result<PassResult>> PassRequests::Ask(Claim claim) {
  if (closed_) co_return std::unexpected(*closed_);
  const auto request = std::make_shared<Request>(Request{.ended = Event(executor_), .claim = claim, .result = {}});
  waiting_.push_back(request);
  asked_.request_stop();
  co_await request->ended.Wait();
  co_return *request->result;
}

void PassRequests::AskInPassing() {
  if (closed_ || in_passing_) return;
  in_passing_ = true;
  waiting_.push_back(std::make_shared<Request>(Request{.ended = Event(executor_), .in_passing = true, .result = {}}));
  asked_.request_stop();
}

PassRequests::Batch PassRequests::Waiting() const {
  const bool takes_over = std::ranges::any_of(
      waiting_, [](const std::shared_ptr<Request>& request) { return request->claim == Claim::kTakeOver; });
  return {.count = waiting_.size(), .claim = takes_over ? Claim::kTakeOver : Claim::kRespect};
}

void PassRequests::AnswerFirst(const Result<PassResult>& result) {
  const std::shared_ptr<Request> request = std::move(waiting_.front());
  waiting_.pop_front();
  if (request->in_passing) in_passing_ = false;
  request->result = result;
  request->ended.Set();
}

void PassRequests::Answer(const Batch& batch, const Result<PassResult>& result) {
  for (size_t i = 0; i < batch.count && !waiting_.empty(); ++i) AnswerFirst(result);
}

void PassRequests::Close(Error error) {
  while (!waiting_.empty()) AnswerFirst(std::unexpected(error));
  closed_ = std::move(error);
}

void PassRequests::Wake(bool stop_pass) {
  woken_ = true;
  asked_.request_stop();
  if (stop_pass) pass_.request_stop();
}

Task<void> PassRequests::SleepUntilAsked(Call call, Clock& clock, Millis duration) {
  if (!waiting_.empty() || woken_) co_return;
  asked_ = std::stop_source();
  const std::stop_callback outer(call.stop, [source = asked_]() mutable { source.request_stop(); });
  co_await clock.SleepFor(call.StoppedBy(asked_.get_token()), duration);
}

}  // namespace lakeferry::engine
