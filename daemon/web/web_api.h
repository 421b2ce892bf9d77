// WebApi: what a daemon answers over HTTP: documents of `status`, `history` and `versions`, metrics, whether it lives
// and is ready, the page, and runs that are pushed. Lives on the thread of the server; whatever it asks of the engine
// it is given.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "daemon/config/config.h"
#include "daemon/inquiry/status_inquiry.h"
#include "daemon/web/document_cache.h"
#include "daemon/web/engine_view.h"
#include "daemon/web/error_reply.h"
#include "daemon/web/group_control.h"
#include "daemon/web/metrics_form.h"
#include "daemon/web/run_push.h"
#include "engine/inquire/version_survey.h"
#include "env/clock.h"
#include "env/logger.h"
#include "http/server/server_message.h"

namespace lakeferry::web {

// What answers are made of; all of it outlives the requests.
struct WebContext {
  Role role = Role::kSender;
  StateStore& state;
  const plan::ZoneSource& zones;
  Clock& clock;
  Logger& log;
  // What the engine does: a moment old at most, older where it does not answer.
  std::function<Task<EngineView>()> look;
  std::function<Task<Result<engine::VersionsReport>>(Call, plan::GroupSpec)> survey;
  // What a person wants of a group, on record when it is answered.
  std::function<Task<Result<GroupRecord>>(Instruction)> instruct;
};

// What the configuration says, and who may ask; replaced as a whole.
struct WebRules {
  std::shared_ptr<const Config> config;
  std::optional<Secret> token;
  std::optional<Secret> push_secret;
  bool certificates = false;  // clients may show one instead of the token
  std::vector<Controller> controllers = {};

  // Whether nobody has to prove anything to read.
  [[nodiscard]] bool open() const { return !token && !certificates; }
};

class WebApi {
 public:
  WebApi(WebContext context, WebRules rules);

  [[nodiscard]] Task<ServerReply> Handle(ServerRequest request, std::stop_token stop);
  // From the next request on.
  void Use(WebRules rules);

 private:
  struct Asked;  // one request, with the rules that it is answered by
  using Rules = std::shared_ptr<const WebRules>;

  Task<ServerReply> Route(Asked asked);
  Task<ServerReply> ReadRoute(Asked asked);
  Task<ServerReply> V1Route(Asked asked);
  Task<ServerReply> Readiness(Asked asked);
  Task<ServerReply> Metrics(Asked asked);
  Task<ServerReply> StatusDocument(Asked asked, std::string group);
  Task<ServerReply> HistoryDocument(Asked asked, std::string group);
  Task<ServerReply> VersionsDocument(Asked asked, std::string group);
  Task<ServerReply> RunsDocument(Asked asked, std::string workflow);
  Task<ServerReply> TakeRuns(Asked asked);
  Task<ServerReply> TakeInstruction(Asked asked);
  Task<Result<std::string>> EnterRuns(Asked asked);
  Status CheckPusher(const Asked& asked);
  Task<Result<StatusReport>> Report(Rules rules, Role role, std::string group);
  // Documents as they are kept for a moment.
  Task<Result<std::string>> StatusText(Rules rules, Role role, std::string group);
  Task<Result<std::string>> HistoryText(Role role, std::string group, int64_t limit);
  Task<Result<std::string>> VersionsText(plan::GroupSpec group, std::stop_token stop);
  Task<Result<std::string>> RunsText(std::string workflow);
  Task<Result<std::string>> MetricsText(Rules rules, MetricsForm form);
  Task<ServerReply> Documented(Asked asked, std::string name, Millis age, DocumentCache::Make make);

  WebContext context_;
  Rules rules_;
  PastOfGroups past_;
  DocumentCache documents_;
  ReplayGuard replays_;
};

}  // namespace lakeferry::web
