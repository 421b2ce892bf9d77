// ProgressBar: a line on a terminal that says how far the work has come, while it is under way.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "daemon/output/progress_text.h"
#include "env/clock.h"

namespace lakeferry {

// Shows nothing where standard error is no terminal, nor before the work has taken a second. Lives on the engine
// thread.
class ProgressBar {
 public:
  // Absent where there is nothing to show at the moment.
  using Look = std::function<std::optional<ProgressSample>()>;

  // `look` is called on the engine's thread until this ends. `clock` outlives it. `fd`: where it is shown.
  ProgressBar(boost::asio::any_io_executor engine, const Clock& clock, Look look, int fd = 2);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  // Wipes the line.
  ~ProgressBar();

 private:
  struct State;
  static void Wait(const std::shared_ptr<State>& state);

  std::shared_ptr<State> state_;  // null: nobody looks
};

}  // namespace lakeferry
