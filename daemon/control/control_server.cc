#include "daemon/control/control_server.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <set>
#include <utility>

#include "async/task_group.h"
#include "async/within_memory.h"
#include "daemon/control/control_message.h"
#include "daemon/control/control_peer.h"
#include "daemon/control/control_socket.h"

namespace lakeferry::control {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

// After an accept that failed, as for want of descriptors.
constexpr Millis kAcceptPause{1'000};

Error Busy() {
  return {.code = ErrorCode::kThrottled,
          .message = "too many commands wait for the service already",
          .where = "control socket",
          .remedy = "end some of them, or ask again later"};
}

Error NotAllowed() {
  return {.code = ErrorCode::kUnauthorized,
          .message = "this user may not ask the running service",
          .where = "control socket",
          .remedy = "run this as the service's user or as a member of its group"};
}

// One connection. What it waits for from its peer ends when the socket is closed.
struct Session {
  Session(Protocol::socket connected, const asio::any_io_executor& executor)
      : socket(std::move(connected)), silence(executor) {}

  Protocol::socket socket;
  asio::steady_timer silence;
  int waits = 0;  // how often the peer was waited for
  bool reading = false;
  std::string text;
};

}  // namespace

struct ControlServer::State {
  State(const asio::any_io_executor& on, std::string at, Handler handle, Logger& logger, ControlLimits bounds)
      : executor(on),
        path(std::move(at)),
        handler(std::move(handle)),
        log(logger),
        limits(bounds),
        acceptor(on),
        pause(on),
        tasks(on) {}

  Task<void> Accept();
  void Take(Protocol::socket socket);
  Task<void> Serve(std::shared_ptr<Session> session);
  Task<std::string> AnswerTo(Session& session);
  Task<Result<std::string>> Handle(std::string line, Peer peer);
  [[nodiscard]] Result<Peer> CheckPeer(Session& session) const;
  void LimitSilence(const std::shared_ptr<Session>& session) const;
  static void Refuse(Protocol::socket& socket, const Error& error);

  asio::any_io_executor executor;
  std::string path;
  Handler handler;
  Logger& log;
  ControlLimits limits;
  gid_t group = 0;  // of the socket
  bool closing = false;
  Protocol::acceptor acceptor;
  asio::steady_timer pause;
  std::set<Session*> sessions;
  TaskGroup tasks;
};

Task<void> ControlServer::State::Accept() {
  while (!closing) {
    boost::system::error_code failed;
    Protocol::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failed));
    if (closing) co_return;
    if (!failed) {
      Take(std::move(socket));
      continue;
    }
    log.Write(LogLevel::kWarning, "control socket cannot accept", {{"error", failed.message()}});
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, failed));
  }
}

void ControlServer::State::Take(Protocol::socket socket) {
  if (sessions.size() >= limits.peers_max) return Refuse(socket, Busy());
  auto session = std::make_shared<Session>(std::move(socket), executor);
  sessions.insert(session.get());
  tasks.Spawn(Serve(std::move(session)));
}

// Without waiting: it fits what the system keeps for the peer.
void ControlServer::State::Refuse(Protocol::socket& socket, const Error& error) {
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(WriteRefusal(error)), ignored);
}

// Of this wait alone: once it is over, the timer has nothing to close.
void ControlServer::State::LimitSilence(const std::shared_ptr<Session>& session) const {
  const int wait = ++session->waits;
  session->silence.expires_after(limits.peer_silent_max);
  session->silence.async_wait([weak = std::weak_ptr(session), wait](const boost::system::error_code& error) {
    const auto live = weak.lock();
    boost::system::error_code ignored;
    if (!error && live && live->waits == wait) live->socket.close(ignored);
  });
}

Result<Peer> ControlServer::State::CheckPeer(Session& session) const {
  LF_TRY(Peer peer, PeerOf(session.socket.native_handle()));
  log.Write(LogLevel::kDebug, "asked over the control socket",
            {{"pid", int64_t{peer.process}}, {"uid", int64_t{peer.user}}});
  if (MayAsk(peer, ::geteuid(), group)) return peer;
  return std::unexpected(NotAllowed());
}

Task<Result<std::string>> ControlServer::State::Handle(std::string line, Peer peer) {
  std::string answer = co_await handler(std::move(line), std::move(peer));
  co_return answer;
}

// What is read was read to its end, or is too long.
Task<std::string> ControlServer::State::AnswerTo(Session& session) {
  const Result<Peer> peer = CheckPeer(session);
  if (!peer) co_return WriteRefusal(peer.error());
  if (!session.text.ends_with('\n')) {
    co_return WriteRefusal({.code = ErrorCode::kInvalidArgument,
                            .message = fmt::format("the request is no line of at most {} bytes", kRequestBytesMax),
                            .where = "control socket",
                            .remedy = {}});
  }
  const Result<std::string> answer = co_await TaskWithinMemory(Handle(std::move(session.text), *peer));
  co_return answer ? *answer : WriteRefusal(answer.error());
}

Task<void> ControlServer::State::Serve(std::shared_ptr<Session> session) {
  boost::system::error_code failed;
  LimitSilence(session);
  session->reading = true;
  const size_t length =
      co_await asio::async_read_until(session->socket, asio::dynamic_buffer(session->text, kRequestBytesMax + 1), '\n',
                                      asio::redirect_error(asio::use_awaitable, failed));
  session->reading = false;
  ++session->waits;
  session->silence.cancel();
  const bool too_long = failed == asio::error::not_found;
  if (!failed || too_long) {
    session->text.resize(too_long ? 0 : length);
    const std::string answer = co_await AnswerTo(*session);
    LimitSilence(session);
    co_await asio::async_write(session->socket, asio::buffer(answer),
                               asio::redirect_error(asio::use_awaitable, failed));
    session->silence.cancel();
  }
  sessions.erase(session.get());
}

ControlServer::ControlServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

ControlServer::~ControlServer() = default;

Result<std::unique_ptr<ControlServer>> ControlServer::Listen(asio::any_io_executor executor, const std::string& path,
                                                             Handler handler, Logger& log, ControlLimits limits) {
  LF_TRY(const int fd, ListenAt(path));
  auto state = std::make_unique<State>(executor, path, std::move(handler), log, limits);
  state->acceptor.assign(Protocol(), fd);
  struct stat made{};
  if (::stat(path.c_str(), &made) == 0) state->group = made.st_gid;
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(state)));
}

void ControlServer::Start() { state_->tasks.Spawn(state_->Accept()); }

Task<void> ControlServer::Close() {
  State& state = *state_;
  state.closing = true;
  ::unlink(state.path.c_str());
  boost::system::error_code ignored;
  state.acceptor.close(ignored);
  state.pause.cancel();
  for (Session* session : state.sessions) {
    if (session->reading) session->socket.close(ignored);
  }
  co_await state.tasks.Join();
}

}  // namespace lakeferry::control
