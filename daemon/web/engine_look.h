// EngineLook: how the server's thread sees what the engine does, without ever waiting for long: a view of it is asked
// for on the engine's thread, and the last one stands where that takes no work up.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>

#include "async/task.h"
#include "async/task_group.h"
#include "daemon/web/engine_view.h"
#include "env/clock.h"

namespace lakeferry::web {

class EngineLook {
 public:
  // `take` is called on the engine; both executors and `clock` outlive this.
  EngineLook(boost::asio::any_io_executor server, boost::asio::any_io_executor engine, std::function<EngineView()> take,
             Clock& clock);

  // On the server's executor, as what follows. A moment old, or older where the engine does not answer at once.
  Task<EngineView> Look();
  // Once nobody looks any more: waits for what was asked.
  Task<void> Join();

 private:
  Task<void> Ask();

  const boost::asio::any_io_executor engine_;
  const std::function<EngineView()> take_;
  Clock& clock_;
  bool asking_ = false;
  EngineView view_;
  TaskGroup tasks_;
};

}  // namespace lakeferry::web
