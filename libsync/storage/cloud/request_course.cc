#include "storage/cloud/request_course.h"

namespace lakeferry {

RequestCourse::Next RequestCourse::OfError(const Error& error) const {
  switch (error.code) {
    case ErrorCode::kUnavailable: return Next::kAgain;
    case ErrorCode::kOutcomeUnknown: return conditional_ ? Next::kUnknown : Next::kAgain;
    default: return Next::kAnswer;
  }
}

RequestCourse::Next RequestCourse::OfReply(RetryClass retry, const HttpReply& reply) {
  if (retry == RetryClass::kFinal) return reply.status == 412 ? OfRefusedCondition() : Next::kAnswer;
  wait_ = RetryAfter(reply.headers, clock_.WallTime());
  if (retry == RetryClass::kMaybeDone && conditional_) return Next::kUnknown;
  refused_ = true;
  return Next::kAgain;
}

Task<bool> RequestCourse::Pause(Call call) {
  const bool again = co_await attempts_.Again(call, wait_);
  if (again) wait_.reset();
  co_return again;
}

std::unexpected<Error> RequestCourse::GiveUp(Error error) const {
  // It could have been done again without harm: that it was done is no question.
  if (error.code == ErrorCode::kOutcomeUnknown) error.code = ErrorCode::kUnavailable;
  error.retry_after = wait_;
  return std::unexpected(std::move(error));
}

}  // namespace lakeferry
