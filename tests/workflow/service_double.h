// ServiceDouble: what a workflow service or a catalog answers, as a test says it; with a clock, and nobody's token.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "env/random.h"
#include "http/service/authorizer.h"
#include "http/service/service_client.h"
#include "http/transport.h"
#include "tests/support/manual_clock.h"

namespace lakeferry {

struct DoubleAnswer {
  int status = 200;
  std::string text = "{}";
  Headers headers = {};
  std::optional<Error> error = {};
};

class ServiceDouble final : public HttpTransport {
 public:
  // Given "/path?query" of each request.
  std::function<DoubleAnswer(const std::string& target)> answer;
  std::vector<std::string> asked;
  std::vector<std::string> tokens;  // the Authorization of each
  std::vector<std::string> sent;    // the body of each

  Task<Result<HttpReply>> Send(Call, HttpRequest request, ReplyBody& body) override {
    asked.push_back(request.target);
    sent.emplace_back(request.body.begin(), request.body.end());
    tokens.emplace_back(request.headers.Find("Authorization").value_or(""));
    DoubleAnswer given = answer(request.target);
    if (given.error) co_return std::unexpected(*given.error);
    if (given.text.size() > body.text_bytes_max) co_return Fail(ErrorCode::kCorruptData, "the reply is too large");
    body.text = std::move(given.text);
    given.headers.Add("Date", "Tue, 14 Nov 2023 22:13:20 GMT");
    co_return HttpReply{.status = given.status, .headers = std::move(given.headers)};
  }
};

class CountingRandom final : public Random {
 public:
  [[nodiscard]] uint64_t Next() override { return ++next_; }

 private:
  uint64_t next_ = 0;
};

// A token that has a number, which rises when the service refuses it.
class NumberedToken final : public Authorizer {
 public:
  Task<Result<Refused>> Authorize(Call, HttpRequest& request) override {
    request.headers.Set("Authorization", "Bearer " + std::to_string(*number_));
    co_return Refused([number = number_] { ++*number; });
  }
  [[nodiscard]] std::string Origin() const override { return "the file /run/token"; }

 private:
  std::shared_ptr<int> number_ = std::make_shared<int>(1);
};

// What a source of runs needs of the world.
struct DoubleWorld {
  ServiceDouble http;
  ManualClock clock;
  CountingRandom random;

  [[nodiscard]] ServiceContext context() { return {.http = http, .clock = clock, .random = random}; }
};

}  // namespace lakeferry
