// ShortJobs: blocking calls that take less time than to wake a thread for them, as to list a folder or to look whether
// a file is there. Those of one turn of the engine are handed to the pool together; a thread that has taken one wakes
// the next while others wait, so that none waits behind one that hangs for as long as a thread is free.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>
#include <cstddef>
#include <functional>
#include <memory>

namespace lakeferry {

// The pool's own: it has one, which drops what has not begun when the pool ends. Any number of threads may call it.
class ShortJobs : public boost::asio::execution_context::service {
 public:
  static boost::asio::execution_context::id id;

  // That of the pool that `pool` leads to.
  static ShortJobs& Of(const boost::asio::any_io_executor& pool);

  explicit ShortJobs(boost::asio::execution_context& context);

  // Runs `job` on `pool` after `engine`, the executor of whoever asks, has done what is ready now, or once many wait.
  // It must not throw.
  void Post(const boost::asio::any_io_executor& pool, const boost::asio::any_io_executor& engine,
            std::function<void()> job);

 private:
  struct Queue;
  void shutdown() override;

  std::shared_ptr<Queue> queue_;
};

}  // namespace lakeferry
