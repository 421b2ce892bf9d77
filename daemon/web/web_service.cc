#include "daemon/web/web_service.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "daemon/config/zones.h"
#include "daemon/web/engine_look.h"
#include "daemon/web/web_api.h"
#include "daemon/wiring/system_clock.h"
#include "http/server/http_server.h"

namespace lakeferry::web {
namespace {

namespace asio = boost::asio;

Result<std::optional<Secret>> SecretOf(const std::optional<SecretRef>& reference) {
  if (!reference) return std::optional<Secret>();
  LF_TRY(Secret secret, Resolve(*reference));
  return std::optional(std::move(secret));
}

Result<WebRules> RulesOf(std::shared_ptr<const Config> config) {
  const HttpSettings& http = *config->http;
  WebRules rules{.config = config, .token = {}, .push_secret = {}, .certificates = !http.client_ca.empty()};
  LF_TRY(rules.token, SecretOf(http.token));
  LF_TRY(rules.push_secret, SecretOf(http.push_secret));
  for (const HttpController& one : http.control) {
    LF_TRY(std::optional<Secret> token, SecretOf(one.token));
    rules.controllers.push_back({.name = one.name, .token = std::move(token), .certificate = one.certificate});
  }
  return rules;
}

ServerRules ServerRulesOf(const HttpSettings& http) {
  ServerRules rules{.names = http.names, .tls = {}};
  if (!http.certificate.empty()) {
    rules.tls = ServerTls{.certificate = http.certificate, .key = http.key, .client_ca = http.client_ca};
  }
  return rules;
}

Task<Result<engine::VersionsReport>> Survey(Call call, const engine::Environment& env, plan::GroupSpec spec) {
  engine::VersionsReport report = co_await engine::SurveyVersions(std::move(call), env, spec);
  co_return report;
}

}  // namespace

// One address that is listened on, with what answers there.
struct WebService::Listener {
  ~Listener() {
    if (!server) return;
    server->Stop();
    look.reset();  // it lives on the server's loop
  }
  HttpAddress address;
  std::shared_ptr<WebApi> api;
  std::shared_ptr<EngineLook> look;
  std::unique_ptr<HttpServer> server;
};

struct WebService::State {
  State(Role of, WebEngine with) : role(of), engine(std::move(with)) {}

  Result<std::unique_ptr<Listener>> Listen(std::shared_ptr<const Config> config, const HttpAddress& address);
  WebContext ContextOf(Listener& of);
  // On the engine's thread.
  Task<Result<engine::VersionsReport>> SurveyThere(Call call, plan::GroupSpec group) const;
  Task<Result<GroupRecord>> InstructThere(Instruction said) const;
  static Task<void> CloseOne(std::unique_ptr<Listener> old);

  const Role role;
  const WebEngine engine;
  SystemClock clock;
  SystemZones zones;
  std::unique_ptr<Listener> listener;
};

Task<Result<engine::VersionsReport>> WebService::State::SurveyThere(Call call, plan::GroupSpec group) const {
  auto report = co_await asio::co_spawn(engine.executor, Survey(std::move(call), engine.env, std::move(group)),
                                        asio::use_awaitable);
  co_return report;
}

Task<Result<GroupRecord>> WebService::State::InstructThere(Instruction said) const {
  auto record = co_await asio::co_spawn(engine.executor, engine.instruct(std::move(said)), asio::use_awaitable);
  co_return record;
}

WebContext WebService::State::ContextOf(Listener& of) {
  return {.role = role,
          .state = engine.env.state,
          .zones = zones,
          .clock = clock,
          .log = engine.env.log,
          .look = [&of] { return of.look->Look(); },
          .survey = [this](Call call, plan::GroupSpec spec) { return SurveyThere(std::move(call), std::move(spec)); },
          .instruct = [this](Instruction said) { return InstructThere(std::move(said)); }};
}

Result<std::unique_ptr<WebService::Listener>> WebService::State::Listen(std::shared_ptr<const Config> config,
                                                                        const HttpAddress& address) {
  LF_TRY(WebRules rules, RulesOf(config));
  auto made = std::make_unique<Listener>();
  made->address = address;
  made->api = std::make_shared<WebApi>(ContextOf(*made), std::move(rules));
  HttpServer::Parts parts{.handle =
                              [api = made->api.get()](ServerRequest request, std::stop_token stop) {
                                return api->Handle(std::move(request), std::move(stop));
                              },
                          .refuse = [](const Refusal& refusal) { return ErrorReply(refusal.status, refusal.error); },
                          .log = engine.env.log};
  LF_TRY(made->server, HttpServer::Listen({.address = address.address, .port = address.port},
                                          ServerRulesOf(*config->http), std::move(parts)));
  made->look = std::make_shared<EngineLook>(made->server->executor(), engine.executor, engine.view, clock);
  made->server->Start();
  engine.env.log.Write(LogLevel::kInfo, "HTTP server listens", {{"address", ToString(address)}});
  return made;
}

Task<void> WebService::State::CloseOne(std::unique_ptr<Listener> old) {
  co_await old->server->Close();
  co_await asio::co_spawn(old->server->executor(), old->look->Join(), asio::use_awaitable);
}

WebService::WebService(Role role, WebEngine engine) : state_(std::make_unique<State>(role, std::move(engine))) {}

WebService::~WebService() = default;

Status WebService::Start(const Config& config) {
  if (!config.http || !config.http->Of(state_->role)) return {};
  LF_TRY(state_->listener, state_->Listen(std::make_shared<const Config>(config), *config.http->Of(state_->role)));
  return {};
}

Task<Status> WebService::Use(Config config) {
  State& state = *state_;
  const auto shared = std::make_shared<const Config>(std::move(config));
  const auto address = shared->http ? shared->http->Of(state.role) : std::nullopt;
  if (address && state.listener && state.listener->address == *address) {
    LF_CO_TRY(WebRules rules, RulesOf(shared));
    LF_CO_TRY_OK(state.listener->server->Use(ServerRulesOf(*shared->http)));
    asio::post(state.listener->server->executor(),
               [api = state.listener->api, rules = std::move(rules)]() mutable { api->Use(std::move(rules)); });
    co_return Status();
  }
  std::unique_ptr<Listener> next;
  if (address) {
    LF_CO_TRY(next, state.Listen(shared, *address));
  }
  std::unique_ptr<Listener> old = std::exchange(state.listener, std::move(next));
  if (old) co_await State::CloseOne(std::move(old));
  co_return Status();
}

Task<void> WebService::Close() {
  if (state_->listener) co_await State::CloseOne(std::move(state_->listener));
}

uint16_t WebService::port() const { return state_->listener ? state_->listener->server->port() : 0; }

}  // namespace lakeferry::web
