// PassRequests: passes of one group that somebody asked for and waits for. Whoever makes the passes asks before each
// who waits, and answers those after it; who comes meanwhile gets the next pass. One thread.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include "async/event.h"
#include "engine/group/pass.h"
#include "env/clock.h"

namespace lakeferry::engine {

class PassRequests {
 public:
  explicit PassRequests(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // What the first pass comes to that begins after this was called; the error of Close where none does any more. The
  // task may outlive this object once Close was called.
  Task<Result<PassResult>> Ask(Claim claim);

  // The same, but nobody waits for what it comes to; nothing where somebody asked for that pass already, or after
  // Close.
  void AskInPassing();

  // Those who wait.
  struct Batch {
    size_t count = 0;
    Claim claim = Claim::kRespect;  // of all: one that takes over is enough
  };
  [[nodiscard]] Batch Waiting() const;
  // To those of the batch, which was taken before the pass began, but for those that Close has answered.
  void Answer(const Batch& batch, const Result<PassResult>& result);
  // To all, and to whoever asks from now on.
  void Close(Error error);
  // A pass begins; whoever calls Wake ends it at its next safe point.
  void BeginPass(std::stop_source pass) { pass_ = std::move(pass); }
  // Something is to be heeded at once, though nobody waits for a pass; `stop_pass`: and the one under way is to end.
  void Wake(bool stop_pass);
  [[nodiscard]] bool woken() const { return woken_; }
  void Heed() { woken_ = false; }
  // Returns when somebody waits or calls Wake, after `duration`, or when the call is stopped.
  Task<void> SleepUntilAsked(Call call, Clock& clock, Millis duration);

 private:
  struct Request {
    Event ended;
    Claim claim = Claim::kRespect;
    bool in_passing = false;
    std::optional<Result<PassResult>> result;
  };
  void AnswerFirst(const Result<PassResult>& result);

  boost::asio::any_io_executor executor_;
  std::deque<std::shared_ptr<Request>> waiting_;
  std::optional<Error> closed_;
  std::stop_source asked_;  // ends the sleep under way
  std::stop_source pass_;   // the pass
  bool woken_ = false;
  bool in_passing_ = false;  // a request that nobody waits for stands among the others
};

}  // namespace lakeferry::engine
