// A machine and its services as a test says they are: ScriptedHost, ScriptedHttp. One thread.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/transport.h"
#include "storage/cloud/host.h"

namespace lakeferry {

class ScriptedHost final : public Host {
 public:
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;
  std::function<Result<Secret>(const std::vector<std::string>&)> run;
  std::vector<std::string> read;  // names of files, in the order in which they were asked for

  std::optional<std::string> Variable(const std::string& name) override {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  }
  Secret SecretVariable(const std::string& name) override {
    const auto found = variables.find(name);
    return found == variables.end() ? Secret() : Secret(std::string(found->second));
  }
  Task<Result<Secret>> ReadFile(Call, std::string path) override {
    read.push_back(path);
    const auto found = files.find(path);
    if (found == files.end()) co_return Fail(ErrorCode::kNotFound, "there is no such file", path);
    co_return Secret(std::string(found->second));
  }
  Task<Result<Secret>> Run(Call, std::vector<std::string> command, Millis) override { co_return run(command); }
};

class ScriptedHttp final : public HttpTransport {
 public:
  struct Asked {
    std::string line;  // "GET http://host/path"
    Headers headers;
    std::string body;
    std::optional<Millis> deadline;
  };
  struct Answer {
    int status = 200;
    std::string text = {};
    std::optional<Error> error = {};
    std::function<Task<void>()> before = {};  // waited for
  };

  std::vector<Asked> asked;
  // By line; the last of several stays. Of what is not here: kUnavailable.
  std::map<std::string, std::deque<Answer>> answers;

  Task<Result<HttpReply>> Send(Call call, HttpRequest request, ReplyBody& body) override {
    const std::string line = std::string(MethodName(request.method)) + " " + ToString(request.origin) + request.target;
    asked.push_back({.line = line,
                     .headers = request.headers,
                     .body = std::string(request.body.data(), request.body.size()),
                     .deadline = call.deadline});
    const auto found = answers.find(line);
    if (found == answers.end()) co_return Fail(ErrorCode::kUnavailable, "nothing listens");
    const Answer answer = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    if (answer.before) co_await answer.before();
    if (answer.error) co_return std::unexpected(*answer.error);
    const HttpReply reply{.status = answer.status};
    if (!reply.ok()) {
      body.text = answer.text;
      co_return reply;
    }
    if (answer.text.size() > body.room.size()) co_return Fail(ErrorCode::kCorruptData, "the reply is too large");
    std::ranges::copy(answer.text, body.room.begin());
    body.received = answer.text.size();
    co_return reply;
  }

  void On(const std::string& line, int status, std::string text) {
    answers[line].push_back({.status = status, .text = std::move(text)});
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const Asked& one : asked) all.push_back(one.line);
    return all;
  }
};

}  // namespace lakeferry
