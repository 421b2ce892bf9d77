// LinkedStop: a stop for things that go on side by side, asked for when the outer one is, and when one of them fails:
// what the others do is of no use then, and may take hours.
#pragma once

#include <stop_token>
#include <utility>

#include "async/task.h"
#include "base/result.h"

namespace lakeferry {

// Must outlive whatever has its token.
class LinkedStop {
 public:
  explicit LinkedStop(std::stop_token outer) : link_(std::move(outer), Request{this}) {}
  LinkedStop(const LinkedStop&) = delete;
  LinkedStop& operator=(const LinkedStop&) = delete;

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }
  // What `task` comes to; an error asks the others to stop. Theirs may be kCancelled then: it is not the first.
  Task<Status> Watch(Task<Status> task) {
    Status status = co_await std::move(task);
    if (!status && first_) first_ = status;
    if (!status) source_.request_stop();
    co_return status;
  }
  // The first error that was watched.
  [[nodiscard]] const Status& first() const { return first_; }

 private:
  struct Request {
    LinkedStop* owner;
    void operator()() const { owner->source_.request_stop(); }
  };

  std::stop_source source_;
  Status first_;
  std::stop_callback<Request> link_;
};

}  // namespace lakeferry
