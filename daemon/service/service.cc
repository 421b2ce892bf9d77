#include "daemon/service/service.h"

#include <fmt/format.h>

#include <csignal>
#include <memory>
#include <utility>

#include "async/task_group.h"
#include "daemon/config/load_config.h"
#include "daemon/control/control_place.h"
#include "daemon/control/control_server.h"
#include "daemon/export/status_publisher.h"
#include "daemon/service/control_requests.h"
#include "daemon/service/reload.h"
#include "daemon/service/return_memory.h"
#include "daemon/service/service_loop.h"
#include "daemon/service/signal_control.h"
#include "daemon/setup/denial_advice.h"
#include "daemon/web/web_service.h"
#include "daemon/wiring/log_sink.h"
#include "daemon/wiring/progress_bar.h"
#include "daemon/wiring/wiring.h"
#include "notify/otlp/otlp_tracer.h"
#include "notify/success_digest.h"
#include "state/role_lock.h"

namespace lakeferry::service {
namespace {

// A command that has the role, as a pass by hand or a `gc`, is most often done by then.
constexpr Millis kCommandEndsWithin{5'000};
// At the end of a process, for what was not told yet; what does not go out then waits for the next one.
constexpr Millis kDeliverWithin{5'000};

// One service while it runs. Members are in the order in which they need each other.
class Service {
 public:
  Service(ServiceRequest request, Logger& log) : request_(std::move(request)), log_(log) {}
  ~Service() {
    if (signals_) signals_->Close();  // they ask the loop, which goes first
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  Status Start(const ServiceEngineFactory& make_engine);
  Status Run();

 private:
  Task<Status> Work(std::stop_token stop);
  Task<Result<std::string>> Reload();
  Result<std::vector<plan::GroupSpec>> RunnableGroups(const Config& config);
  void Listen();
  Status MakeDigest();
  Task<void> Deliver();
  Task<void> PublishLast();
  void MakePublisher();
  void MakeTracer();
  void ListenWeb();
  Task<void> ReloadWeb(Config config);

  ServiceRequest request_;
  Logger& log_;
  std::unique_ptr<RoleLock> lock_;
  std::unique_ptr<SignalControl> signals_;  // outlives the wiring, whose pools may be slow to end
  std::unique_ptr<Wiring> wiring_;
  std::unique_ptr<notify::OtlpTracer> tracer_;     // absent where nobody wants traces
  std::unique_ptr<notify::SuccessDigest> digest_;  // absent where nobody wants one
  std::unique_ptr<ServiceLoop> loop_;
  ServiceEngine engine_;
  std::unique_ptr<StatusPublisher> publisher_;  // absent where no status table is configured
  ControlHooks control_hooks_;
  std::unique_ptr<control::ControlServer> control_;  // absent where it cannot listen
  std::unique_ptr<web::WebService> web_;             // absent for one pass
};

Status CheckRole(const Config& config, Role role) {
  if (!config.role || *config.role == role) return {};
  return Fail(
      ErrorCode::kRefused,
      fmt::format("this host is configured as {} and does not run as {}", RoleName(*config.role), RoleName(role)),
      config.file, "start the other service, or change 'role'");
}

// A group that this build cannot run is an error by name; the others do not wait for it.
Result<std::vector<plan::GroupSpec>> Service::RunnableGroups(const Config& config) {
  std::vector<plan::GroupSpec> groups;
  for (const plan::GroupSpec& group : config.groups) {
    const Status built = CheckBuilt(config, group.name);
    if (built) {
      groups.push_back(group);
      continue;
    }
    log_.Write(LogLevel::kError, "group refused", {{"group", group.name}, {"error", ToString(built.error())}});
  }
  if (groups.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "there is no group that this build can run", config.file,
                "'lakeferry check' names what each of them lacks");
  }
  return groups;
}

Status Service::Start(const ServiceEngineFactory& make_engine) {
  LF_TRY_OK(CheckRole(request_.config, request_.role));
  setup::AdviseAsService(request_.config, request_.role);
  LF_TRY(std::vector<plan::GroupSpec> groups, RunnableGroups(request_.config));
  LF_TRY(RoleLock lock, RoleLock::AcquireWithin(request_.config.metadata_store, request_.role, kCommandEndsWithin));
  lock_ = std::make_unique<RoleLock>(std::move(lock));
  LF_TRY(wiring_, Wiring::Make(request_.config, log_, StateUse::kWork));
  LF_TRY_OK(MakeDigest());
  MakeTracer();
  loop_ = std::make_unique<ServiceLoop>(wiring_->engine(), log_);
  signals_ = std::make_unique<SignalControl>(request_.config.drain_timeout, loop_->Requests(), log_);
  engine_ =
      make_engine(wiring_->engine().get_executor(), wiring_->env(), plan::DutiesOf(request_.role, std::move(groups)));
  MakePublisher();
  if (!request_.once) {
    Listen();
    ListenWeb();
  }
  return {};
}

// Nobody who watches is worth more than what he watches: where it cannot listen, the work goes on.
void Service::ListenWeb() {
  web_ = std::make_unique<web::WebService>(
      request_.role, web::WebEngine{.executor = wiring_->engine().get_executor(),
                                    .env = wiring_->env(),
                                    .view =
                                        [this] {
                                          return web::EngineView{
                                              .snapshot = engine_.snapshot(),
                                              .traffic = wiring_->far_stores().traffic(),
                                              .requests_waiting = wiring_->far_stores().requests_waiting(),
                                              .status_table = publisher_ ? publisher_->account() : StatusTableAccount{},
                                              .tracing = tracer_ ? tracer_->account() : notify::TracingAccount{}};
                                        },
                                    .instruct = engine_.instruct});
  const Status listens = web_->Start(request_.config);
  if (listens) return;
  log_.Write(LogLevel::kError, "HTTP server does not listen", {{"error", ToString(listens.error())}});
}

Task<void> Service::ReloadWeb(Config config) {
  const Status used = co_await web_->Use(std::move(config));
  if (used) co_return;
  log_.Write(LogLevel::kError, "HTTP server stays as it was", {{"error", ToString(used.error())}});
}

void Service::Listen() {
  control_hooks_ = {
      .role = request_.role, .clock = &wiring_->env().clock, .sync = engine_.sync, .instruct = engine_.instruct};
  Result<std::unique_ptr<control::ControlServer>> server = control::ControlServer::Listen(
      wiring_->engine().get_executor(), control::ControlPlace(request_.config.metadata_store, request_.role),
      [this](std::string line, control::Peer peer) {
        return AnswerRequest(control_hooks_, log_, std::move(line), std::move(peer));
      },
      log_);
  if (server) {
    control_ = *std::move(server);
    return;
  }
  log_.Write(LogLevel::kWarning, "no command can be given to this process", {{"error", ToString(server.error())}});
}

Task<Status> Service::Work(std::stop_token stop) {
  if (request_.once) {
    const ProgressBar bar(wiring_->engine().get_executor(), wiring_->env().clock,
                          [this] { return SampleOf(engine_.snapshot()); });
    Status passed = co_await engine_.run_once(Call{.stop = stop});
    if (digest_) co_await digest_->Once({});
    co_await Deliver();
    co_await PublishLast();
    if (passed && stop.stop_requested()) {
      co_return Fail(ErrorCode::kCancelled, "the pass was stopped by a signal", request_.config.file, "run it again");
    }
    co_return passed;
  }
  if (control_) control_->Start();
  TaskGroup beside(wiring_->engine().get_executor());
  std::stop_source ended;
  const Call meanwhile{.stop = ended.get_token()};
  beside.Spawn(wiring_->notifiers().desk().Run(meanwhile, request_.role));
  if (digest_) beside.Spawn(digest_->Run(meanwhile));
  if (publisher_) beside.Spawn(publisher_->Run(meanwhile));
  if (tracer_) beside.Spawn(tracer_->Run(meanwhile));
  beside.Spawn(ReturnMemory(meanwhile, wiring_->env().clock, wiring_->env().pool));
  co_await engine_.run(Call{.stop = stop});
  ended.request_stop();
  co_await beside.Join();
  co_await Deliver();
  co_await PublishLast();
  if (control_) co_await control_->Close();
  co_await web_->Close();
  if (stop.stop_requested()) co_return Status();
  co_return Fail(ErrorCode::kInternal, "the engine ended without being asked to", request_.config.file,
                 "the log before this line says why; report it if it does not");
}

// What the last passes had to tell, and what waits since before: once, and for no longer than that.
Task<void> Service::Deliver() {
  const Millis now = wiring_->env().clock.Monotonic();
  co_await wiring_->notifiers().desk().Flush(Call{}.Within(now, kDeliverWithin), request_.role);
}

// What the last passes have brought, for no longer than that: what does not get there the next process writes.
Task<void> Service::PublishLast() {
  const Call within = Call{}.Within(wiring_->env().clock.Monotonic(), kDeliverWithin);
  if (publisher_) co_await publisher_->Once(within);
  if (tracer_) co_await tracer_->Flush(within);
}

// Traces are worth less than the work: where their token cannot be read, they are not sent.
void Service::MakeTracer() {
  const auto& tracing = request_.config.tracing;
  if (!tracing) return;
  Result<Url> url = ParseUrl(tracing->endpoint);
  Result<Secret> token = tracing->token ? Resolve(*tracing->token) : Result<Secret>(Secret());
  if (!url || !token) {
    log_.Write(LogLevel::kError, "no traces are sent", {{"error", ToString(url ? token.error() : url.error())}});
    return;
  }
  notify::OtlpTarget target{.url = *std::move(url)};
  if (tracing->token) target.token = *std::move(token);
  tracer_ = std::make_unique<notify::OtlpTracer>(
      std::move(target),
      notify::TraceSource{
          .region = request_.config.region, .host = wiring_->env().home.host, .version = LAKEFERRY_VERSION},
      wiring_->far_stores().http(), wiring_->env().clock, log_);
  wiring_->UseTracer(tracer_.get());
}

void Service::MakePublisher() {
  const auto& table = request_.config.status_table;
  if (!table) return;
  publisher_ = std::make_unique<StatusPublisher>(
      wiring_->env(), wiring_->row_files(),
      StoreRef{.uri = table->uri, .credential = table->credential, .right = StoreRight::kWriteTarget}, request_.role,
      engine_.snapshot);
}

Status Service::MakeDigest() {
  const auto& digest = request_.config.success_digest;
  if (!digest || request_.role != Role::kReceiver) return {};
  const auto minutes = digest->at.count();
  LF_TRY(auto schedule, plan::CronSchedule::Parse(fmt::format("{} {} * * *", minutes % 60, minutes / 60)));
  LF_TRY(auto zone, wiring_->env().zones.Find(digest->time_zone));
  digest_ =
      std::make_unique<notify::SuccessDigest>(notify::DigestTerms{.schedule = schedule,
                                                                  .zone = std::move(zone),
                                                                  .region = request_.config.region,
                                                                  .groups = [this] { return request_.config.groups; }},
                                              wiring_->env().state, wiring_->notifiers(), wiring_->env().clock, log_);
  return {};
}

Task<Result<std::string>> Service::Reload() {
  // A few kilobytes from a local disk: not worth a thread.
  if (request_.once) co_return "nothing: this is one pass";
  LF_CO_TRY(Config config, LoadConfigFile(request_.config_path));
  if (request_.verbose) config.log.level = LogLevel::kDebug;
  LF_CO_TRY_OK(CheckRole(config, request_.role));
  LF_CO_TRY(std::vector<plan::GroupSpec> groups, RunnableGroups(config));
  std::string changes = DescribeReload(request_.config, config);
  co_await ReloadWeb(config);
  setup::AdviseAsService(config, request_.role);
  wiring_->UseServices(config);
  engine_.reload(plan::DutiesOf(request_.role, std::move(groups)));
  signals_->SetDrainBudget(config.drain_timeout);
  // What needs a restart stays as it was, so that the next reload names it again.
  request_.config.groups = std::move(config.groups);
  request_.config.unbuilt = std::move(config.unbuilt);
  request_.config.workflow_sources = std::move(config.workflow_sources);
  request_.config.catalogs = std::move(config.catalogs);
  request_.config.drain_timeout = config.drain_timeout;
  request_.config.http = std::move(config.http);
  co_return changes;
}

Status Service::Run() {
  log_.Write(LogLevel::kInfo, request_.once ? "one pass" : "service started",
             {{"role", std::string(RoleName(request_.role))},
              {"region", request_.config.region},
              {"version", std::string(LAKEFERRY_VERSION)},
              {"groups", static_cast<int64_t>(request_.config.groups.size())}});
  ServiceHooks hooks{.run = [this](std::stop_token stop) { return Work(std::move(stop)); },
                     .reload = [this] { return Reload(); },
                     .status_line = [this] { return engine::StatusLine(engine_.snapshot()); }};
  Status ended = loop_->Run(std::move(hooks), {});
  log_.Write(LogLevel::kInfo, "stopped", {{"role", std::string(RoleName(request_.role))}});
  return ended;
}

// Before there is anybody to take them, a reload must not end the process; a peer that hangs up never may.
void IgnoreSignals() {
  for (const int signal : {SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
}

}  // namespace

Status RunService(ServiceRequest request, const ServiceEngineFactory& make_engine) {
  IgnoreSignals();
  ForbidCoreFiles();  // before there is a secret
  LogSink log(request.config.log);
  Service service(std::move(request), log);
  LF_TRY_OK(service.Start(make_engine));
  return service.Run();
}

}  // namespace lakeferry::service
