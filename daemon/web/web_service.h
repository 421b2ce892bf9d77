// WebService: the HTTP side of a daemon: listens where the configuration says, and answers on a thread of its own, so
// that nobody who asks holds up replication.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "async/task.h"
#include "base/result.h"
#include "daemon/config/config.h"
#include "daemon/web/engine_view.h"
#include "engine/environment.h"

namespace lakeferry::web {

// The engine, as what is answered is asked of it; used on its executor alone, but for the metadata store: its calls run
// on a strand of their own. It is that of the engine: a second connection of one process would take the first one's
// locks from it when it is opened, and the next command would put away the log that the first one writes. Outlives the
// service.
struct WebEngine {
  boost::asio::any_io_executor executor;
  const engine::Environment& env;
  std::function<EngineView()> view;
  // What a person wants of a group (engine::Replicator::Instruct).
  std::function<Task<Result<GroupRecord>>(Instruction)> instruct;
};

// On the engine's thread, but for what it does on its own.
class WebService {
 public:
  WebService(Role role, WebEngine engine);
  ~WebService();
  WebService(const WebService&) = delete;
  WebService& operator=(const WebService&) = delete;

  // Listens as the configuration has it, for the first time; nowhere where it has no such key. Blocks for a moment.
  // Errors: those of HttpServer::Listen and of the secrets; nobody listens then.
  Status Start(const Config& config);
  // Of a configuration that was read again: moves where it names another address, and goes on where it is else. After
  // an error all is as before.
  Task<Status> Use(Config config);
  // Answers what is under way, and nothing more.
  Task<void> Close();

  // 0 where nobody listens.
  [[nodiscard]] uint16_t port() const;

 private:
  struct Listener;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lakeferry::web
