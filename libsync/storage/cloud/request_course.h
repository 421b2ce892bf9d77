// RequestCourse: how one request to a store goes through its attempts, whatever service it is. A service says what its
// own answers mean; what follows from that for the next attempt is decided here, once for all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "http/attempts.h"
#include "http/message.h"
#include "http/retry.h"

namespace lakeferry {

// Both ends within.
struct ByteRange {
  int64_t first = 0;
  int64_t last = 0;
};

// To be called when a server says that the credentials of a request are over: the next one is sent with others, where
// there are any.
using Distrust = std::function<void()>;

class RequestCourse {
 public:
  enum class Next {
    kAnswer,   // whatever came is final
    kAgain,    // after a pause
    kAtOnce,   // something was put right of which the answer complained
    kUnknown,  // nobody knows whether a write on condition was done, and another attempt could not tell
  };

  // `conditional`: a write of which a second attempt could not tell whether the first was done. `clock` outlives it.
  RequestCourse(Attempts attempts, bool conditional, const Clock& clock)
      : attempts_(attempts), clock_(clock), conditional_(conditional) {}

  // What an error of the transport means.
  [[nodiscard]] Next OfError(const Error& error) const;
  // What a reply means that says `retry` of another attempt.
  Next OfReply(RetryClass retry, const HttpReply& reply);
  // What it means that a condition was not met, however a service says so: was it an attempt of ours that broke it?
  [[nodiscard]] Next OfRefusedCondition() const { return conditional_ && refused_ ? Next::kUnknown : Next::kAnswer; }
  // Waits before the next attempt; false where there is to be none.
  Task<bool> Pause(Call call);
  void Progressed() { attempts_.Progressed(); }
  // What is said when no attempt is left: `error` is what the last one came to.
  [[nodiscard]] std::unexpected<Error> GiveUp(Error error) const;

 private:
  Attempts attempts_;
  const Clock& clock_;
  const bool conditional_;
  bool refused_ = false;             // an attempt was turned away, and may have been done all the same
  std::optional<Millis> wait_ = {};  // asked for by the other side
};

// What a service brings to it: `once` makes an attempt, `judge` says what came of it, `error_of` what a refusal means.
template <typename Reply>
struct CourseSteps {
  std::function<Task<Result<Reply>>()> once;
  std::function<RequestCourse::Next(const Result<Reply>& reply)> judge;
  std::function<Error(const Reply& reply)> error_of;
};

// Sends until an answer is final. What is broken off of a `range` is taken up where it broke. kOutcomeUnknown for
// conditional writes alone; kThrottled and kUnavailable once all attempts are used up. What is given lives until it
// ends.
template <typename Reply>
Task<Result<Reply>> SendUntilAnswered(Call call, RequestCourse& course, ReplyBody& body,
                                      std::optional<ByteRange>& range, CourseSteps<Reply> steps) {
  const std::span<char> room = body.room;
  size_t received = 0;
  while (true) {
    body.room = room.subspan(received);
    Result<Reply> reply = co_await steps.once();
    const size_t more = std::exchange(body.received, received += body.received);
    const RequestCourse::Next next = steps.judge(reply);
    if (next == RequestCourse::Next::kAnswer) {
      body.room = room;
      co_return reply;
    }
    if (next == RequestCourse::Next::kUnknown) {
      co_return Fail(ErrorCode::kOutcomeUnknown, "the answer to a write was lost");
    }
    if (range) range->first += static_cast<int64_t>(more);
    if (more > 0) course.Progressed();
    bool again = next == RequestCourse::Next::kAtOnce;
    if (!again) again = co_await course.Pause(call);
    if (call.stopped()) co_return Fail(ErrorCode::kCancelled, "asked to stop");
    if (!again) co_return course.GiveUp(reply ? steps.error_of(*reply) : reply.error());
  }
}

}  // namespace lakeferry
