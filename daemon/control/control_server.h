// ControlServer: answers what is asked over the control socket of a role, one request a connection, on the engine
// thread. A peer that hangs up changes nothing of what it asked for.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "async/task.h"
#include "base/result.h"
#include "base/time.h"
#include "daemon/control/control_peer.h"
#include "env/logger.h"

namespace lakeferry::control {

struct ControlLimits {
  size_t peers_max = 64;          // at once, those that wait for a pass included; more are refused
  Millis peer_silent_max{5'000};  // for its request to come, and for its answer to go
};

class ControlServer {
 public:
  // The answer to a line of that peer, both without secrets; given with its line end.
  using Handler = std::function<Task<std::string>(std::string line, Peer peer)>;

  // Listens at `path` from now on, and answers once Start is called. Errors: those of ListenAt. `log` must outlive it.
  static Result<std::unique_ptr<ControlServer>> Listen(boost::asio::any_io_executor executor, const std::string& path,
                                                       Handler handler, Logger& log, ControlLimits limits = {});
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  void Start();
  // Takes nothing more, and returns once all that is under way has its answer.
  Task<void> Close();

 private:
  struct State;
  explicit ControlServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace lakeferry::control
