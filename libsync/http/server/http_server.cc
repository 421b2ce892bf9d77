#include "http/server/http_server.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <list>
#include <mutex>
#include <thread>
#include <utility>

#include "async/task_group.h"
#include "async/within_memory.h"
#include "http/deadline_watch.h"
#include "http/server/access.h"
#include "http/server/listening.h"
#include "http/server/tls_files.h"
#include "http/wire.h"

namespace lakeferry {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr Millis kServerTick{50};
// After an accept that failed, as for want of descriptors.
constexpr Millis kAcceptAgain{1'000};
// What a client that was refused still sends is read for so long, or its answer may be lost on the way.
constexpr Millis kLinger{2'000};
constexpr size_t kLingerBytes = size_t{4} << 20;

}  // namespace

struct HttpServer::State {
  // One connection.
  struct Session {
    Session(DeadlineWatch& watch, tcp::socket socket) : wire(std::move(socket)), waits(watch, SteadyTime::max()) {
      waits.CutWith([this] { wire.Close(); });
    }
    Wire wire;
    DeadlineWatch::Entry waits;
    bool idle = true;  // between two requests
    std::string local_address;
    std::optional<std::string> client;
    bool tls = false;
  };
  enum class Read { kWhole, kGone };

  explicit State(Parts given)
      : parts(std::move(given)), acceptor(loop), tick(loop), again(loop), tasks(loop.get_executor()) {}

  Task<void> Accept();
  Task<void> LookAgainAndAgain();
  void LookAtFiles();
  void Take(tcp::socket socket);
  Task<void> Serve(std::shared_ptr<Session> session);
  Task<bool> Handshake(Session& session);
  Task<bool> ServeOne(Session& session, RequestReader& reader, bool last);
  Task<Read> ReadRequest(Session& session, RequestReader& reader, std::optional<Refusal>& refusal);
  Task<ServerReply> Answer(Session& session, ServerRequest request);
  Task<Result<ServerReply>> Handle(ServerRequest request);
  Task<bool> WriteAll(Session& session, std::string_view bytes);
  static Task<void> Linger(Session& session);
  [[nodiscard]] std::vector<std::string> names();
  Task<void> CloseHere();

  const Parts parts;
  DeadlineWatch watch;  // outlives what still waits on the loop
  asio::io_context loop{1};
  tcp::acceptor acceptor;
  asio::steady_timer tick;
  asio::steady_timer again;
  TaskGroup tasks;
  std::list<Session*> sessions;  // the one that is idle for longest first
  std::stop_source closing;
  uint16_t port = 0;
  std::mutex rules_mutex;  // of what Use changes
  ServerRules rules;
  std::shared_ptr<TlsFiles> tls;
  std::thread thread;
};

std::vector<std::string> HttpServer::State::names() {
  const std::lock_guard lock(rules_mutex);
  return rules.names;
}

Task<void> HttpServer::State::LookAgainAndAgain() {
  SteadyTime looked = std::chrono::steady_clock::now();
  while (!closing.stop_requested()) {
    boost::system::error_code error;
    tick.expires_after(kServerTick);
    co_await tick.async_wait(asio::redirect_error(asio::use_awaitable, error));
    watch.Look();
    if (std::chrono::steady_clock::now() - looked < parts.limits.files_looked_at) continue;
    looked = std::chrono::steady_clock::now();
    LookAtFiles();
  }
  // Whoever is still answered keeps its limits.
  while (!sessions.empty()) {
    boost::system::error_code error;
    tick.expires_after(kServerTick);
    co_await tick.async_wait(asio::redirect_error(asio::use_awaitable, error));
    watch.Look();
  }
}

void HttpServer::State::LookAtFiles() {
  const std::lock_guard lock(rules_mutex);
  if (!tls) return;
  const Result<bool> read = tls->Look();
  if (!read) {
    parts.log.Write(LogLevel::kError, "certificate of the HTTP server not read again: the one before stays in use",
                    {{"error", ToString(read.error())}});
  } else if (*read) {
    parts.log.Write(LogLevel::kInfo, "certificate of the HTTP server read again", {});
  }
}

Task<void> HttpServer::State::Accept() {
  while (!closing.stop_requested()) {
    boost::system::error_code failed;
    tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, failed));
    if (closing.stop_requested()) co_return;
    if (!failed) {
      Take(std::move(socket));
      continue;
    }
    parts.log.Write(LogLevel::kWarning, "HTTP server cannot accept", {{"error", failed.message()}});
    again.expires_after(kAcceptAgain);
    co_await again.async_wait(asio::redirect_error(asio::use_awaitable, failed));
  }
}

void HttpServer::State::Take(tcp::socket socket) {
  if (sessions.size() >= parts.limits.connections_max) {
    // Whoever is cut off ends by itself, a little later; where nobody idles, the one that comes has to go.
    const auto idle = std::ranges::find_if(sessions, [](const Session* one) { return one->idle; });
    if (idle == sessions.end()) return;
    Session* gone = *idle;
    gone->idle = false;
    gone->waits.Cut(DeadlineWatch::Why::kStop);
  }
  boost::system::error_code error;
  const auto local = socket.local_endpoint(error);
  auto session = std::make_shared<Session>(watch, std::move(socket));
  if (!error) session->local_address = local.address().to_string();
  sessions.push_back(session.get());
  tasks.Spawn(Serve(std::move(session)));
}

Task<bool> HttpServer::State::Handshake(Session& session) {
  std::shared_ptr<const TlsContext> context;
  {
    const std::lock_guard lock(rules_mutex);
    if (!tls) co_return true;
    context = tls->context();
  }
  session.tls = true;
  const Status accepted = co_await session.wire.AcceptTls(std::move(context));
  if (!accepted) {
    parts.log.Write(LogLevel::kDebug, "HTTP client refused", {{"error", ToString(accepted.error())}});
    co_return false;
  }
  session.client = session.wire.PeerName();
  co_return true;
}

Task<void> HttpServer::State::Serve(std::shared_ptr<Session> session) {
  session->waits.Allow(parts.limits.head);
  const bool open = co_await Handshake(*session);
  if (open) {
    RequestReader reader(parts.limits.request);
    bool goes_on = true;
    for (int left = parts.limits.requests_max; goes_on && left > 0; --left) {
      goes_on = co_await ServeOne(*session, reader, left == 1);
      session->waits.Allow(parts.limits.idle);
      sessions.splice(sessions.end(), sessions, std::ranges::find(sessions, session.get()));
    }
  }
  sessions.remove(session.get());
}

// Whether another may follow.
Task<bool> HttpServer::State::ServeOne(Session& session, RequestReader& reader, bool last) {
  std::optional<Refusal> refusal;
  const Read read = co_await ReadRequest(session, reader, refusal);
  session.idle = false;
  if (read == Read::kGone) co_return false;
  session.waits.Allow(parts.limits.answer);
  ServerReply reply;
  bool head_only = false;
  if (refusal) {
    reply = parts.refuse(*refusal);
  } else {
    ServerRequest request = reader.TakeRequest();
    head_only = request.method == "HEAD";
    reply = co_await Answer(session, std::move(request));
  }
  const bool keeps = !refusal && reader.keeps_alive() && !last && !closing.stop_requested();
  std::string text = ReplyHead(reply, keeps);
  if (reply.body && !head_only && reply.status != 304) text += *reply.body;
  const bool written = co_await WriteAll(session, text);
  if (!written) co_return false;
  if (refusal) co_await Linger(session);
  if (!keeps) session.wire.EndWrites();
  session.idle = keeps;
  co_return keeps;
}

Task<HttpServer::State::Read> HttpServer::State::ReadRequest(Session& session, RequestReader& reader,
                                                             std::optional<Refusal>& refusal) {
  RequestReader::Taken taken = reader.Next();
  bool began = false;
  bool head_done = false;
  while (true) {
    if (!taken) {
      refusal = std::move(taken).error();
      co_return Read::kWhole;
    }
    if (reader.began() && !began) session.waits.Allow(parts.limits.head);
    began = reader.began();
    session.idle = !began;
    if (reader.head_done() && !head_done) session.waits.Allow(parts.limits.body);
    const bool word = reader.head_done() && !head_done && reader.wants_word();
    head_done = reader.head_done();
    if (reader.done()) co_return Read::kWhole;
    if (session.idle && closing.stop_requested()) co_return Read::kGone;
    if (word) {
      const bool said = co_await WriteAll(session, "HTTP/1.1 100 Continue\r\n\r\n");
      if (!said) co_return Read::kGone;
    }
    const auto count = co_await session.wire.Read(reader.Room());
    if (!count || *count == 0) co_return Read::kGone;
    taken = reader.Took(*count);
  }
}

Task<Result<ServerReply>> HttpServer::State::Handle(ServerRequest request) {
  ServerReply reply = co_await parts.handle(std::move(request), closing.get_token());
  co_return reply;
}

Task<ServerReply> HttpServer::State::Answer(Session& session, ServerRequest request) {
  request.tls = session.tls;
  request.local_address = session.local_address;
  request.client = session.client;
  std::optional<Refusal> refusal = CheckHost(request, names());
  if (!refusal) refusal = CheckSite(request);
  if (refusal) co_return parts.refuse(*refusal);
  Result<ServerReply> reply = co_await TaskWithinMemory(Handle(std::move(request)));
  if (reply) co_return *std::move(reply);
  co_return parts.refuse({.status = 503, .error = reply.error()});
}

Task<bool> HttpServer::State::WriteAll(Session& session, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = co_await session.wire.Write(bytes);
    if (!count) co_return false;
    bytes.remove_prefix(*count);
  }
  co_return true;
}

Task<void> HttpServer::State::Linger(Session& session) {
  session.waits.Allow(kLinger);
  session.wire.EndWrites();
  std::vector<char> room(size_t{64} << 10);
  for (size_t read = 0; read < kLingerBytes;) {
    const auto count = co_await session.wire.Read(room);
    if (!count || *count == 0) co_return;
    read += *count;
  }
}

Task<void> HttpServer::State::CloseHere() {
  closing.request_stop();
  boost::system::error_code ignored;
  acceptor.close(ignored);
  again.cancel();
  tick.cancel();
  for (Session* session : sessions) {
    if (session->idle) session->waits.Cut(DeadlineWatch::Why::kStop);
  }
  co_await tasks.Join();
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpServer::~HttpServer() { Stop(); }

void HttpServer::Stop() {
  state_->loop.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

Result<std::unique_ptr<HttpServer>> HttpServer::Listen(const ServerPlace& place, ServerRules rules, Parts parts) {
  auto state = std::make_unique<State>(std::move(parts));
  std::unique_ptr<HttpServer> server(new HttpServer(std::move(state)));
  LF_TRY_OK(server->Use(std::move(rules)));
  State& made = *server->state_;
  LF_TRY_OK(ListenOn(made.acceptor, place));
  boost::system::error_code error;
  made.port = made.acceptor.local_endpoint(error).port();
  return server;
}

void HttpServer::Start() {
  State& state = *state_;
  state.tasks.Spawn(state.Accept());
  state.tasks.Spawn(state.LookAgainAndAgain());
  state.thread = std::thread([&state] {
    const auto work = asio::make_work_guard(state.loop);
    state.loop.run();
  });
}

Status HttpServer::Use(ServerRules rules) {
  std::shared_ptr<TlsFiles> tls;
  if (rules.tls) {
    LF_TRY(tls, TlsFiles::Open(*rules.tls));
  }
  const std::lock_guard lock(state_->rules_mutex);
  state_->rules = std::move(rules);
  state_->tls = std::move(tls);
  return {};
}

Task<void> HttpServer::Close() { co_await asio::co_spawn(state_->loop, state_->CloseHere(), asio::use_awaitable); }

uint16_t HttpServer::port() const { return state_->port; }

asio::any_io_executor HttpServer::executor() const { return state_->loop.get_executor(); }

}  // namespace lakeferry
