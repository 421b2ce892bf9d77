#include "daemon/web/web_api.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "daemon/config/run_entry.h"
#include "daemon/output/instruct_event.h"
#include "daemon/output/instruct_output.h"
#include "daemon/output/report_output.h"
#include "daemon/output/runs_output.h"
#include "daemon/web/assets.h"
#include "daemon/web/metrics.h"
#include "daemon/web/request_terms.h"
#include "http/server/access.h"
#include "json/writer.h"

namespace lakeferry::web {
namespace {

constexpr Millis kStatusAge{1'000};
constexpr Millis kVersionsAge{10'000};  // they are asked of every store
constexpr Millis kSurveyWithin = std::chrono::minutes(1);

Error NothingHere(const std::string& target) {
  return {.code = ErrorCode::kNotFound,
          .message = "there is nothing at this path",
          .where = target,
          .remedy = "docs/operations.md lists what is: /v1/status, /metrics, /healthz and others"};
}

ServerReply WrongMethod(const std::string& allowed) {
  ServerReply reply = ErrorReply(405, {.code = ErrorCode::kInvalidArgument,
                                       .message = "this path is not asked so",
                                       .where = "request",
                                       .remedy = "use " + allowed});
  reply.headers.Add("Allow", allowed);
  return reply;
}

ServerReply ShowYourself() {
  return NotLetIn({.code = ErrorCode::kUnauthorized,
                   .message = "who asks has shown no token and no certificate that is known here",
                   .where = "request",
                   .remedy = "send the header 'Authorization: Bearer TOKEN' with the token of http"});
}

// JSON alone: what a form of another site's page can send is none.
std::optional<ServerReply> RefuseOtherThanJson(const ServerRequest& request) {
  const std::string_view type = request.headers.Find("Content-Type").value_or(std::string_view());
  if (type.starts_with("application/json")) return std::nullopt;
  return ErrorReply(415, {.code = ErrorCode::kInvalidArgument,
                          .message = "this is sent as JSON",
                          .where = "Content-Type",
                          .remedy = "send Content-Type: application/json"});
}

bool MayRead(const ServerRequest& request, const WebRules& rules) {
  if (rules.open()) return true;
  return (rules.certificates && request.client) || (rules.token && ShowsToken(request, *rules.token));
}

// By how much the times of the workflow's runs may be ahead of this machine's clock.
Millis AheadOf(const Config& config, const std::vector<GroupRecord>& records, const std::string& workflow) {
  Millis ahead{1'000};
  for (const plan::GroupSpec& group : config.groups) {
    if (std::ranges::find(group.workflows, workflow) == group.workflows.end()) continue;
    ahead = std::max(ahead, group.clock_skew_margin.value_or(Millis(0)));
    for (const GroupRecord& record : records) {
      if (record.group == group.name) ahead = std::max(ahead, record.clocks.margin.value_or(Millis(0)));
    }
  }
  return ahead;
}

}  // namespace

struct WebApi::Asked {
  ServerRequest request;
  Rules rules;
  std::stop_token stop;

  [[nodiscard]] const std::vector<std::string>& path() const { return request.path; }
  // The segment, empty where there is none.
  [[nodiscard]] std::string At(size_t index) const { return index < path().size() ? path()[index] : std::string(); }
};

WebApi::WebApi(WebContext context, WebRules rules)
    : context_(std::move(context)),
      rules_(std::make_shared<const WebRules>(std::move(rules))),
      documents_(context_.clock) {}

void WebApi::Use(WebRules rules) {
  rules_ = std::make_shared<const WebRules>(std::move(rules));
  documents_.Clear();
}

Task<ServerReply> WebApi::Handle(ServerRequest request, std::stop_token stop) {
  Asked asked{.request = std::move(request), .rules = rules_, .stop = std::move(stop)};
  ServerReply reply = co_await Route(std::move(asked));
  co_return reply;
}

Task<ServerReply> WebApi::Route(Asked asked) {
  const std::string& method = asked.request.method;
  const bool pushes = asked.path().size() == 2 && asked.At(0) == "v1" && asked.At(1) == "runs";
  if (pushes) {
    if (method != "POST") co_return WrongMethod("POST");
    ServerReply taken = co_await TakeRuns(std::move(asked));
    co_return taken;
  }
  if (IsControlPath(asked.request)) {
    if (method != "POST") co_return WrongMethod("POST");
    ServerReply told = co_await TakeInstruction(std::move(asked));
    co_return told;
  }
  if (method != "GET" && method != "HEAD") co_return WrongMethod("GET");
  ServerReply reply = co_await ReadRoute(std::move(asked));
  co_return reply;
}

Task<ServerReply> WebApi::ReadRoute(Asked asked) {
  const std::string path = asked.request.target.substr(0, asked.request.target.find('?'));
  if (path == "/healthz") co_return ServerReply::Text(200, "ok\n");
  if (path == "/readyz") {
    ServerReply ready = co_await Readiness(std::move(asked));
    co_return ready;
  }
  if (const Asset* asset = FindAsset(path)) co_return AssetReply(*asset, asked.request);
  if (!MayRead(asked.request, *asked.rules)) co_return ShowYourself();
  if (path == "/metrics") {
    ServerReply metrics = co_await Metrics(std::move(asked));
    co_return metrics;
  }
  if (asked.At(0) != "v1") co_return ErrorReply(NothingHere(path));
  ServerReply reply = co_await V1Route(std::move(asked));
  co_return reply;
}

Task<ServerReply> WebApi::V1Route(Asked asked) {
  const std::string kind = asked.At(1);
  const std::string name = asked.At(2);
  const size_t parts = asked.path().size();
  ServerReply reply = ErrorReply(NothingHere(asked.request.target));
  if (kind == "status" && parts == 2)
    reply = co_await StatusDocument(std::move(asked), {});
  else if (kind == "groups" && parts == 3)
    reply = co_await StatusDocument(std::move(asked), name);
  else if (kind == "history" && parts == 3)
    reply = co_await HistoryDocument(std::move(asked), name);
  else if (kind == "versions" && parts == 3)
    reply = co_await VersionsDocument(std::move(asked), name);
  else if (kind == "runs" && parts == 3)
    reply = co_await RunsDocument(std::move(asked), name);
  co_return reply;
}

// Whoever asks without a proof hears whether, and not why.
Task<ServerReply> WebApi::Readiness(Asked asked) {
  const EngineView view = co_await context_.look();
  const std::string why = WhyNotReady(view, context_.clock.Monotonic());
  if (why.empty()) co_return ServerReply::Text(200, "ready\n");
  const bool told = MayRead(asked.request, *asked.rules);
  co_return ServerReply::Text(503, told ? fmt::format("not ready: {}\n", why) : "not ready\n");
}

Task<ServerReply> WebApi::Documented(Asked asked, std::string name, Millis age, DocumentCache::Make make) {
  const Result<Document> document = co_await documents_.Get(std::move(name), age, std::move(make));
  if (!document) co_return ErrorReply(document.error());
  ServerReply reply{.headers = {{"ETag", document->tag}, {"Cache-Control", "no-cache"}}};
  if (asked.request.headers.Find("If-None-Match") == document->tag) {
    reply.status = 304;
  } else {
    reply.body = document->text;
  }
  co_return reply;
}

Task<Result<StatusReport>> WebApi::Report(Rules rules, Role role, std::string group) {
  LF_CO_TRY(const std::vector<plan::GroupSpec> groups, GroupsOf(*rules->config, group));
  LF_CO_TRY(std::vector<GroupRecord> records, co_await context_.state.Groups({}));
  StatusQuestion question{.role = role,
                          .groups = groups,
                          .bandwidth = rules->config->limits.bandwidth,
                          .process = {},
                          .now = context_.clock.WallTime()};
  // Of the other role it is not known here whether it runs.
  if (role == context_.role) question.process = {.runs = true, .number = std::to_string(::getpid())};
  LF_CO_TRY(StatusReport report,
            co_await StatusOf(context_.state, context_.zones, past_, std::move(question), std::move(records)));
  LF_CO_TRY(const std::vector<Notice> notices, co_await context_.state.Notices({}));
  AddNotices(notices, report);
  const EngineView view = co_await context_.look();
  if (view.known && role == context_.role) report.queues = QueuesOf(view);
  co_return report;
}

Task<Result<std::string>> WebApi::StatusText(Rules rules, Role role, std::string group) {
  LF_CO_TRY(const StatusReport report, co_await Report(std::move(rules), role, std::move(group)));
  co_return ToJson(report);
}

Task<Result<std::string>> WebApi::HistoryText(Role role, std::string group, int64_t limit) {
  LF_CO_TRY(const HistoryReport report, co_await HistoryOf(context_.state, role, std::move(group), limit));
  co_return ToJson(report);
}

Task<Result<std::string>> WebApi::VersionsText(plan::GroupSpec group, std::stop_token stop) {
  const Call call = Call{.stop = std::move(stop)}.Within(context_.clock.Monotonic(), kSurveyWithin);
  std::string name = group.name;
  Result<engine::VersionsReport> report = co_await context_.survey(call, std::move(group));
  const GroupAnswers<engine::VersionsReport> answers{{.group = std::move(name), .result = std::move(report)}};
  co_return ToJson(answers);
}

Task<Result<std::string>> WebApi::RunsText(std::string workflow) {
  LF_CO_TRY(std::vector<Run> runs, co_await context_.state.Runs({}, workflow, FromEpochMs(0)));
  co_return ToJson(
      RunsReport{.workflow = std::move(workflow), .runs = std::move(runs), .now = context_.clock.WallTime()});
}

Task<ServerReply> WebApi::StatusDocument(Asked asked, std::string group) {
  if (!group.empty()) {
    const auto known = GroupsOf(*asked.rules->config, group);
    if (!known) co_return ErrorReply(known.error());
  }
  const Result<Role> role = RoleAsked(asked.request, context_.role);
  if (!role) co_return ErrorReply(role.error());
  const Rules rules = asked.rules;
  DocumentCache::Make make = [this, rules, role = *role, group] { return StatusText(rules, role, group); };
  std::string name = fmt::format("status {} {}", RoleName(*role), group);
  ServerReply reply = co_await Documented(std::move(asked), std::move(name), kStatusAge, std::move(make));
  co_return reply;
}

Task<ServerReply> WebApi::HistoryDocument(Asked asked, std::string group) {
  const auto groups = GroupsOf(*asked.rules->config, group);
  if (!groups) co_return ErrorReply(groups.error());
  const Result<Role> role = RoleAsked(asked.request, context_.role);
  if (!role) co_return ErrorReply(role.error());
  const Result<int64_t> limit = LimitAsked(asked.request);
  if (!limit) co_return ErrorReply(limit.error());
  DocumentCache::Make make = [this, role = *role, group, limit = *limit] { return HistoryText(role, group, limit); };
  std::string name = fmt::format("history {} {} {}", RoleName(*role), *limit, group);
  ServerReply reply = co_await Documented(std::move(asked), std::move(name), kStatusAge, std::move(make));
  co_return reply;
}

Task<ServerReply> WebApi::VersionsDocument(Asked asked, std::string group) {
  const auto groups = GroupsOf(*asked.rules->config, group);
  if (!groups) co_return ErrorReply(groups.error());
  DocumentCache::Make make = [this, spec = groups->front(), stop = asked.stop] { return VersionsText(spec, stop); };
  std::string name = "versions " + group;
  ServerReply reply = co_await Documented(std::move(asked), std::move(name), kVersionsAge, std::move(make));
  co_return reply;
}

Task<ServerReply> WebApi::RunsDocument(Asked asked, std::string workflow) {
  if (std::string unknown = UnknownWorkflow(asked.rules->config->groups, workflow); !unknown.empty()) {
    co_return ErrorReply(
        {.code = ErrorCode::kNotFound, .message = std::move(unknown), .where = "workflow", .remedy = {}});
  }
  DocumentCache::Make make = [this, workflow] { return RunsText(workflow); };
  std::string name = "runs " + workflow;
  ServerReply reply = co_await Documented(std::move(asked), std::move(name), kStatusAge, std::move(make));
  co_return reply;
}

Task<Result<std::string>> WebApi::MetricsText(Rules rules, MetricsForm form) {
  const EngineView view = co_await context_.look();
  LF_CO_TRY(const StatusReport report, co_await Report(rules, context_.role, {}));
  const MetricsReport all{.status = report,
                          .view = view,
                          .now = context_.clock.Monotonic(),
                          .process = ProcessNumbers::Now(),
                          .region = rules->config->region};
  co_return ToText(all, form);
}

Task<ServerReply> WebApi::Metrics(Asked asked) {
  const MetricsForm form = FormFor(asked.request.headers.Find("Accept").value_or(std::string_view()));
  DocumentCache::Make make = [this, rules = asked.rules, form] { return MetricsText(rules, form); };
  std::string type(TypeOf(form));
  std::string name = "metrics " + type;
  ServerReply reply = co_await Documented(std::move(asked), std::move(name), kStatusAge, std::move(make));
  if (reply.status == 200) reply.type = std::move(type);
  co_return reply;
}

Status WebApi::CheckPusher(const Asked& asked) {
  const WebRules& rules = *asked.rules;
  const ServerRequest& request = asked.request;
  if (rules.token && ShowsToken(request, *rules.token)) return {};
  if (rules.certificates && request.client) return {};
  if (rules.push_secret) return replays_.Check(request, *rules.push_secret, context_.clock.WallTime());
  if (!rules.open())
    return Fail(ErrorCode::kUnauthorized, "who pushes runs has shown no token", "request",
                "send the header 'Authorization: Bearer TOKEN' with the token of http");
  return Fail(ErrorCode::kRefused, "nothing says by what those who push runs prove themselves", "http",
              "add token or push_secret to http in the configuration");
}

Task<Result<std::string>> WebApi::EnterRuns(Asked asked) {
  const Config& config = *asked.rules->config;
  const TimeMs now = context_.clock.WallTime();
  LF_CO_TRY(const std::vector<PushedRun> pushed, ReadPushedRuns(asked.request.body, config, now));
  LF_CO_TRY(const std::vector<GroupRecord> records, co_await context_.state.Groups({}));
  StateChange change;
  std::map<std::string, std::vector<Run>> known;  // by workflow
  for (const PushedRun& one : pushed) {
    const std::string& workflow = one.run.workflow;
    if (!known.contains(workflow)) {
      LF_CO_TRY(std::vector<Run> runs, co_await context_.state.Runs({}, workflow, TimeMs::min()));
      known[workflow] = std::move(runs);
    }
    LF_CO_TRY(Run run, MergeRun(one, known[workflow], now, AheadOf(config, records, workflow)));
    std::erase_if(known[workflow], [&](const Run& old) { return old.run_id == run.run_id; });
    known[workflow].push_back(run);
    change.runs.push_back(std::move(run));
  }
  std::vector<RunsReport> reports;
  for (const auto& [workflow, ignored] : known) {
    RunsReport report{.workflow = workflow, .runs = {}, .now = now};
    for (const Run& run : change.runs) {
      if (run.workflow == workflow) report.runs.push_back(run);
    }
    reports.push_back(std::move(report));
  }
  const Status saved = co_await context_.state.Save({}, std::move(change));
  LF_CO_TRY_OK(saved);
  for (const RunsReport& report : reports) {
    context_.log.Write(LogLevel::kInfo, "runs pushed",
                       {{"workflow", report.workflow}, {"runs", static_cast<int64_t>(report.runs.size())}});
  }
  co_return ToJson(reports);
}

Task<ServerReply> WebApi::TakeRuns(Asked asked) {
  if (const auto refusal = RefuseOtherThanJson(asked.request)) co_return *refusal;
  const Status allowed = CheckPusher(asked);
  if (!allowed) co_return ErrorReply(allowed.error().code == ErrorCode::kUnauthorized ? 401 : 403, allowed.error());
  if (context_.role != Role::kSender) {
    co_return ErrorReply({.code = ErrorCode::kRefused,
                          .message = "a receiver takes no runs: the sender alone reads them",
                          .where = "request",
                          .remedy = "push them to the sender's host"});
  }
  const Result<std::string> entered = co_await EnterRuns(std::move(asked));
  if (!entered) co_return ErrorReply(entered.error());
  co_return ServerReply::Json(200, *entered);
}

// On record, with who and why, before it is answered.
Task<ServerReply> WebApi::TakeInstruction(Asked asked) {
  if (const auto refusal = RefuseOtherThanJson(asked.request)) co_return *refusal;
  const WebRules& rules = *asked.rules;
  const bool reads = !rules.open() && MayRead(asked.request, rules);
  const Result<std::string> who = WhoControls(asked.request, rules.controllers, reads);
  if (!who) co_return NotLetIn(who.error());
  const auto groups = GroupsOf(*rules.config, asked.At(2));
  if (!groups) co_return ErrorReply(groups.error());
  Result<Instruction> said = ReadControl(asked.request, context_.role, context_.clock.WallTime());
  if (!said) co_return ErrorReply(said.error());
  said->by = *who;
  LogTold(context_.log, *said);
  const Result<GroupRecord> record = co_await context_.instruct(*said);
  if (!record) co_return ErrorReply(record.error());
  documents_.Clear();
  const int status = said->kind == InstructionKind::kSync ? 202 : 200;  // its pass is still to come
  const InstructedGroup told{.instruction = *std::move(said), .paused = record->paused, .resync = record->resync};
  co_return ServerReply::Json(status, ToJson(told));
}

}  // namespace lakeferry::web
