// What is answered at which path, and to whom.
#include "daemon/web/web_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "daemon/config/zones.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_state_store.h"
#include "tests/support/run_task.h"

namespace lakeferry::web {
namespace {

using testing::HasSubstr;
using testing::Not;

class SilentLog final : public Logger {
 public:
  void Write(LogLevel, std::string_view, std::vector<LogField>) override {}
};

class WebApiTest : public testing::Test {
 protected:
  WebApiTest() {
    for (const char* name : {"orders", "a/b <i>"}) {
      plan::GroupSpec group;
      group.name = name;
      group.workflows = {"nightly"};
      config_.groups.push_back(group);
    }
    config_.workflow_sources["orders"] = {.kind = WorkflowKind::kPush, .url = {}, .login = {}};
    config_.region = "west";
    view_.known = true;
    view_.taken = clock_.Monotonic();
  }
  WebApi& api() {
    if (!api_) {
      WebContext context{.role = role_,
                         .state = state_,
                         .zones = zones_,
                         .clock = clock_,
                         .log = log_,
                         .look = [this]() -> Task<EngineView> { co_return view_; },
                         .survey = [this](Call, plan::GroupSpec spec) { return Survey(std::move(spec)); },
                         .instruct = [this](Instruction said) { return Instruct(std::move(said)); }};
      rules_.config = std::make_shared<const Config>(config_);
      api_ = std::make_unique<WebApi>(std::move(context), rules_);
    }
    return *api_;
  }
  Task<Result<engine::VersionsReport>> Survey(plan::GroupSpec spec) {
    ++surveys_;
    engine::VersionsReport report{.group = spec.name,
                                  .tables = {{.table = "t",
                                              .source_version = Version(3),
                                              .staged_version = {},
                                              .applied_version = {},
                                              .replica_version = {},
                                              .unreachable = {}}}};
    co_return report;
  }
  ServerReply Ask(const std::string& target, Headers headers = {}, std::string method = "GET", std::string body = {}) {
    ServerRequest request{.method = std::move(method),
                          .target = target,
                          .path = {},
                          .headers = std::move(headers),
                          .body = std::move(body)};
    EXPECT_TRUE(TakeTarget(request));
    request.client = client_;
    return RunTask(api().Handle(std::move(request), {}));
  }
  Task<Result<GroupRecord>> Instruct(Instruction said) {
    told_.push_back(said);
    if (refusal_) co_return std::unexpected(*refusal_);
    GroupRecord record;
    if (said.kind == InstructionKind::kPause)
      record.paused = Pause{.since = said.given, .by = said.by, .why = said.why};
    co_return record;
  }
  ServerReply Tell(const std::string& verb, const std::string& body, Headers headers = {}) {
    headers.Add("Content-Type", "application/json");
    return Ask("/v1/groups/orders/" + verb, std::move(headers), "POST", body);
  }
  void UseControl() {
    rules_.controllers = {{.name = "on_call", .token = Secret(std::string("control-token")), .certificate = {}},
                          {.name = "desk", .token = {}, .certificate = "CN=desk"}};
  }
  ServerReply Push(const std::string& body, Headers headers = {}) {
    headers.Add("Content-Type", "application/json");
    return Ask("/v1/runs", std::move(headers), "POST", body);
  }
  static std::string Text(const ServerReply& reply) { return reply.body ? *reply.body : ""; }
  void UseToken() { rules_.token = Secret(std::string("the-token")); }
  static Headers Token(const std::string& token = "the-token") { return {{"Authorization", "Bearer " + token}}; }

  Role role_ = Role::kSender;
  ManualClock clock_{*ParseTime("2026-11-21T12:00:00Z")};
  SystemZones zones_;
  SilentLog log_;
  MemoryStateStore state_;
  Config config_;
  WebRules rules_;
  EngineView view_;
  std::optional<std::string> client_;
  int surveys_ = 0;
  std::vector<Instruction> told_;
  std::optional<Error> refusal_;
  std::unique_ptr<WebApi> api_;
};

constexpr char kRun[] = R"({"workflow":"nightly","run_id":"r1","state":"success",)"
                        R"("start":"2026-11-21T10:00:00.000Z","end":"2026-11-21T11:00:00.000Z"})";

TEST_F(WebApiTest, AReceiverThatIsNotReachedIsNamed) {
  StateChange change;
  change.new_notices.push_back(
      {.id = "n1", .channel = "on_call", .created = clock_.WallTime(), .attempts = 3, .error = "nobody answers"});
  ASSERT_TRUE(RunTask(state_.Save({}, change)));
  EXPECT_THAT(Text(Ask("/v1/status")), HasSubstr(R"("on_call")"));
}

TEST_F(WebApiTest, DocumentsAreThoseOfTheCommands) {
  const ServerReply status = Ask("/v1/status");
  EXPECT_EQ(status.status, 200);
  EXPECT_THAT(Text(status), HasSubstr(R"({"role":"sender","time_ms":1795262400000,"verdict":)"));
  EXPECT_THAT(Text(status), HasSubstr(R"("group":"orders")"));
  const ServerReply one = Ask("/v1/groups/a%2Fb%20%3Ci%3E");
  EXPECT_EQ(one.status, 200);
  EXPECT_THAT(Text(one), HasSubstr(R"("group":"a/b <i>")"));
  EXPECT_THAT(Text(one), Not(HasSubstr(R"("group":"orders")")));
  EXPECT_EQ(Text(Ask("/v1/history/orders?limit=5")),
            R"({"group":"orders","role":"sender","instructions":[],"epochs":[]})"
            "\n");
  EXPECT_THAT(Text(Ask("/v1/history/orders?role=receiver")), HasSubstr(R"("role":"receiver")"));
  EXPECT_THAT(Text(Ask("/v1/versions/orders")), HasSubstr(R"("source_version":3)"));
  EXPECT_THAT(Text(Ask("/v1/runs/nightly")), HasSubstr(R"("workflow":"nightly","runs":[])"));
}

TEST_F(WebApiTest, WhatIsNotThereIsSaidAsTheCommandsSayErrors) {
  for (const char* path : {"/v1/groups/order", "/v1/history/order", "/v1/versions/order"}) {
    const ServerReply reply = Ask(path);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_THAT(Text(reply), HasSubstr(R"({"error":{"kind":"not_found","message":"no group is named 'order'")"));
    EXPECT_THAT(Text(reply), HasSubstr(R"("remedy":"did you mean orders?")"));
  }
  for (const char* path : {"/v1", "/v2/status", "/v1/status/x", "/etc/passwd", "/..%2F", "/v1/groups"})
    EXPECT_EQ(Ask(path).status, 404) << path;
  for (const char* path : {"/v1/history/orders?limit=0", "/v1/history/orders?limit=1001", "/v1/history/orders?limit=x",
                           "/v1/history/orders?role=both"}) {
    EXPECT_EQ(Ask(path).status, 400) << path;
  }
  EXPECT_EQ(Ask("/v1/runs/none").status, 404);
  const ServerReply wrong = Ask("/v1/status", {}, "DELETE");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.Find("Allow"), "GET");
  EXPECT_EQ(Ask("/v1/runs").status, 405);
}

TEST_F(WebApiTest, ADocumentIsMadeOnceForAllWhoAskWithinAMoment) {
  const ServerReply first = Ask("/v1/versions/orders");
  EXPECT_EQ(Ask("/v1/versions/orders").body, first.body);
  EXPECT_EQ(surveys_, 1);
  const std::string tag(*first.headers.Find("ETag"));
  const ServerReply same = Ask("/v1/versions/orders", {{"If-None-Match", tag}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, nullptr);
  clock_.Advance(Millis(10'001));
  Ask("/v1/versions/orders");
  EXPECT_EQ(surveys_, 2);
}

TEST_F(WebApiTest, WithATokenNothingIsReadWithoutIt) {
  UseToken();
  for (const char* path : {"/v1/status", "/v1/groups/orders", "/v1/history/orders", "/v1/versions/orders",
                           "/v1/runs/nightly", "/metrics", "/v1/none", "/none"}) {
    const ServerReply reply = Ask(path);
    EXPECT_EQ(reply.status, 401) << path;
    EXPECT_EQ(reply.headers.Find("WWW-Authenticate"), "Bearer");
    EXPECT_THAT(Text(reply), Not(HasSubstr("the-token")));
    EXPECT_EQ(Ask(path, Token("wrong")).status, 401) << path;
  }
  EXPECT_EQ(surveys_, 0);
  EXPECT_EQ(Ask("/v1/status", Token()).status, 200);
  EXPECT_EQ(Ask("/metrics", Token()).status, 200);
  for (const char* path : {"/healthz", "/readyz", "/", "/page.js", "/page.css", "/icon.svg"})
    EXPECT_NE(Ask(path).status, 401) << path;
}

TEST_F(WebApiTest, ACertificateServesAsWellWhereItIsAskedFor) {
  client_ = "CN=monitor";
  UseToken();
  EXPECT_EQ(Ask("/v1/status").status, 401) << "certificates count for nothing here";
  api_.reset();
  rules_.certificates = true;
  EXPECT_EQ(Ask("/v1/status").status, 200);
  client_.reset();
  EXPECT_EQ(Ask("/v1/status").status, 401);
}

TEST_F(WebApiTest, ReadinessSaysWhyNotToThoseWhoMayKnow) {
  GroupRecord record;
  record.group = "orders";
  view_.snapshot.groups = {record};
  EXPECT_EQ(Ask("/readyz").status, 503);
  EXPECT_THAT(Text(Ask("/readyz")), HasSubstr("orders"));
  UseToken();
  api_.reset();
  EXPECT_EQ(Text(Ask("/readyz")), "not ready\n");
  EXPECT_THAT(Text(Ask("/readyz", Token())), HasSubstr("orders"));
  view_.snapshot.counters["orders"].passes = 1;
  EXPECT_EQ(Ask("/readyz").status, 200);
  EXPECT_EQ(Text(Ask("/healthz")), "ok\n");
}

TEST_F(WebApiTest, RunsAreTakenIntoTheLedger) {
  UseToken();
  const ServerReply reply = Push(kRun, Token());
  EXPECT_EQ(reply.status, 200) << Text(reply);
  EXPECT_THAT(Text(reply), HasSubstr(R"({"workflows":[{"workflow":"nightly","runs":[{"run_id":"r1")"));
  const auto runs = RunTask(state_.Runs({}, "nightly", FromEpochMs(0)));
  ASSERT_EQ(runs->size(), 1U);
  EXPECT_EQ(runs->front().state, RunState::kSuccess);
}

TEST_F(WebApiTest, OfManyRunsAllAreTakenOrNone) {
  UseToken();
  const std::string future =
      R"({"workflow":"nightly","run_id":"r2","state":"running","start":"2027-01-01T00:00:00.000Z"})";
  const ServerReply reply = Push(std::string(R"({"runs":[)") + kRun + "," + future + "]}", Token());
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(Text(reply), HasSubstr("lies in the future"));
  EXPECT_TRUE(RunTask(state_.Runs({}, "nightly", FromEpochMs(0)))->empty());
}

TEST_F(WebApiTest, NobodyPushesWithoutAProof) {
  EXPECT_EQ(Push(kRun).status, 403) << "of this machine too";
  UseToken();
  api_.reset();
  EXPECT_EQ(Push(kRun).status, 401);
  EXPECT_EQ(Push(kRun, Token("wrong")).status, 401);
  EXPECT_EQ(Ask("/v1/runs", Token(), "POST", kRun).status, 415) << "as a form of another page could";
  EXPECT_TRUE(RunTask(state_.Runs({}, "nightly", FromEpochMs(0)))->empty());
}

TEST_F(WebApiTest, ASignedBodyIsTakenOnce) {
  rules_.push_secret = Secret(std::string("key-of-the-scheduler"));
  const std::string seconds = std::to_string(ToEpochMs(clock_.WallTime()) / 1'000);
  const Headers good{{std::string(kTimestampHeader), seconds},
                     {std::string(kSignatureHeader), SignatureOf(seconds, kRun, *rules_.push_secret)}};
  EXPECT_EQ(Push(kRun).status, 401);
  EXPECT_EQ(Push(std::string(kRun) + " ", good).status, 401);
  EXPECT_EQ(Push(kRun, good).status, 200);
  const ServerReply again = Push(kRun, good);
  EXPECT_EQ(again.status, 403);
  EXPECT_THAT(Text(again), HasSubstr("taken before"));
}

TEST_F(WebApiTest, AReceiverTakesNoRuns) {
  role_ = Role::kReceiver;
  UseToken();
  EXPECT_EQ(Push(kRun, Token()).status, 409);
}

TEST_F(WebApiTest, WhatWaitsIsThatOfTheProcessWhoseRoleIsAskedFor) {
  view_.snapshot.copies_waiting = 4;
  view_.snapshot.passes_waiting = 1;
  view_.requests_waiting = 6;
  EXPECT_THAT(Text(Ask("/v1/status")), HasSubstr(R"("queues":{"copies":4,"passes":1,"requests":6})"));
  EXPECT_THAT(Text(Ask("/v1/status?role=receiver")), HasSubstr(R"("queues":null)"));
  view_.known = false;
  api_.reset();
  EXPECT_THAT(Text(Ask("/v1/status")), HasSubstr(R"("queues":null)"));
}

TEST_F(WebApiTest, NobodyControlsUnlessTheConfigurationSaysWho) {
  for (const char* verb : {"pause", "resume", "sync", "resync"}) {
    const ServerReply reply = Tell(verb, "{}");
    EXPECT_EQ(reply.status, 403) << verb << ": on the loopback too";
    EXPECT_THAT(Text(reply), HasSubstr("add control to http"));
  }
  UseToken();
  api_.reset();
  EXPECT_EQ(Tell("pause", "{}", Token()).status, 403) << "the token for reading";
  EXPECT_TRUE(told_.empty());
}

TEST_F(WebApiTest, ATokenOfControlIsAnotherThanThatForReading) {
  UseToken();
  UseControl();
  EXPECT_EQ(Tell("pause", "{}").status, 401);
  EXPECT_EQ(Tell("pause", "{}").headers.Find("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(Tell("pause", "{}", Token("wrong")).status, 401);
  const ServerReply reader = Tell("pause", "{}", Token());
  EXPECT_EQ(reader.status, 403);
  EXPECT_THAT(Text(reader), HasSubstr("may read"));
  EXPECT_EQ(Ask("/v1/groups/orders/pause", Token("control-token"), "POST", "{}").status, 415) << "as a form could";
  EXPECT_EQ(Ask("/v1/groups/orders/pause", Token("control-token")).status, 405);
  EXPECT_TRUE(told_.empty());
  EXPECT_EQ(Tell("pause", "{}", Token("control-token")).status, 200);
  EXPECT_EQ(Ask("/v1/status", Token("control-token")).status, 401) << "it reads nothing";
}

TEST_F(WebApiTest, WhatIsToldIsOnRecordWithWhoAndWhy) {
  UseControl();
  const ServerReply paused = Tell("pause", R"({"why":"the cluster is moved"})", Token("control-token"));
  EXPECT_EQ(paused.status, 200) << Text(paused);
  EXPECT_THAT(Text(paused), HasSubstr(R"~("instruction":"pause","table":null,"by":"on_call (HTTP token)",)~"
                                      R"~("why":"the cluster is moved","given_ms":1795262400000,"paused":{)~"));
  EXPECT_EQ(Tell("resync", R"({"table":"raw.bronze"})", Token("control-token")).status, 200);
  EXPECT_EQ(Tell("resume", "", Token("control-token")).status, 200);
  client_ = "CN=desk";
  EXPECT_EQ(Tell("sync", "{}").status, 202) << "its pass is still to come";
  client_ = "CN=other";
  EXPECT_EQ(Tell("sync", "{}").status, 403);
  ASSERT_EQ(told_.size(), 4U);
  EXPECT_EQ(told_[0].role, Role::kSender);
  EXPECT_EQ(told_[0].group, "orders");
  EXPECT_EQ(told_[1].table, "raw.bronze");
  EXPECT_EQ(told_[2].kind, InstructionKind::kResume);
  EXPECT_EQ(told_[3].kind, InstructionKind::kSync);
  EXPECT_EQ(told_[3].by, "desk (HTTP certificate)");
}

TEST_F(WebApiTest, WhatCannotBeToldIsSaidWithAWayOut) {
  UseControl();
  const auto tell = [this](const std::string& verb, const std::string& body) {
    return Tell(verb, body, Token("control-token"));
  };
  EXPECT_THAT(Text(tell("resync", "{}")), HasSubstr("which table"));
  EXPECT_EQ(tell("resync", "{}").status, 400);
  EXPECT_EQ(tell("pause", R"({"table":"t"})").status, 400);
  EXPECT_EQ(tell("pause", R"({"role":"receiver"})").status, 400);
  EXPECT_THAT(Text(tell("pause", R"({"role":"receiver"})")), HasSubstr("this is the sender"));
  EXPECT_EQ(tell("pause", R"({"why":1})").status, 400);
  EXPECT_EQ(tell("pause", "[").status, 400);
  EXPECT_EQ(tell("halt", "{}").status, 405);
  Headers headers = Token("control-token");
  headers.Add("Content-Type", "application/json");
  const ServerReply unknown = Ask("/v1/groups/order/pause", headers, "POST", "{}");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(Text(unknown), HasSubstr("did you mean orders?"));
  EXPECT_TRUE(told_.empty());
  refusal_ = Error{.code = ErrorCode::kRefused, .message = "paused by alice", .where = {}, .remedy = "resume it first"};
  EXPECT_EQ(tell("sync", "{}").status, 409);
  EXPECT_THAT(Text(tell("sync", "{}")), HasSubstr("resume it first"));
}

TEST_F(WebApiTest, ThePageLoadsNothingFromElsewhere) {
  const ServerReply page = Ask("/");
  EXPECT_EQ(page.type, "text/html; charset=utf-8");
  EXPECT_THAT(std::string(*page.headers.Find("Content-Security-Policy")),
              HasSubstr("default-src 'none'; script-src 'self'"));
  for (const char* path : {"/", "/page.js", "/page.css"}) {
    EXPECT_THAT(Text(Ask(path)), Not(HasSubstr("https://"))) << path;
    EXPECT_THAT(Text(Ask(path)), Not(HasSubstr("innerHTML"))) << path;
  }
  const std::string tag(*page.headers.Find("ETag"));
  EXPECT_EQ(Ask("/", {{"If-None-Match", tag}}).status, 304);
}

TEST_F(WebApiTest, AnotherConfigurationCountsFromTheNextRequestOn) {
  EXPECT_EQ(Ask("/v1/groups/orders").status, 200);
  Config other = config_;
  other.groups.erase(other.groups.begin());
  api().Use(
      {.config = std::make_shared<const Config>(other), .token = Secret(std::string("t0k3n")), .push_secret = {}});
  EXPECT_EQ(Ask("/v1/groups/orders").status, 401);
  EXPECT_EQ(Ask("/v1/groups/orders", Token("t0k3n")).status, 404);
}

}  // namespace
}  // namespace lakeferry::web
