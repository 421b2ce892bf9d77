#include "daemon/service/control_requests.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace lakeferry::service {
namespace {

Task<std::string> AnswerSync(const ControlHooks& hooks, Logger& log, control::Request request) {
  log.Write(LogLevel::kInfo, "sync asked for", {{"groups", fmt::format("{}", fmt::join(request.groups, " "))}});
  const std::vector<engine::GroupOutcome> outcomes = co_await hooks.sync(std::move(request.groups), request.claim);
  co_return control::WriteSyncAnswer(hooks.role, outcomes);
}

}  // namespace

Task<std::string> AnswerRequest(const ControlHooks& hooks, Logger& log, std::string line) {
  Result<control::Request> request = control::ReadRequest(line);
  if (!request) co_return control::WriteRefusal(request.error());
  if (request->name == control::kSync) {
    std::string answer = co_await AnswerSync(hooks, log, *std::move(request));
    co_return answer;
  }
  co_return control::WriteRefusal(control::UnknownRequest(request->name));
}

}  // namespace lakeferry::service
