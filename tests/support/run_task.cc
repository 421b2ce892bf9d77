#include "tests/support/run_task.h"

#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "base/check.h"

namespace lakeferry {

void RunToEnd(Task<void> task, boost::asio::io_context& loop) {
  std::exception_ptr failure;
  bool done = false;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error) {
    failure = error;
    done = true;
  });
  loop.restart();
  loop.run();
  if (failure) std::rethrow_exception(failure);
  LF_CHECK(done, "the task came to its end");
}

}  // namespace lakeferry
