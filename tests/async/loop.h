// Loop: the one thread that coroutines of a test share.
#pragma once

#include <boost/asio/io_context.hpp>
#include <utility>

#include "tests/delta/delta_matchers.h"
#include "tests/support/run_task.h"

namespace lakeferry {

using delta::FailedWith;
using delta::Succeeded;

struct Loop {
  boost::asio::io_context loop;

  template <typename T>
  T Run(Task<T> task) {
    return RunTask(std::move(task), loop);
  }
};

}  // namespace lakeferry
