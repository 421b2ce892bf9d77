// GcsService: a Google storage that answers what a test tells it to, one request after the other. One thread.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/transport.h"
#include "storage/gcs/gcs_client.h"
#include "tests/support/manual_clock.h"

namespace lakeferry::gcs {

class GcsService final : public HttpTransport {
 public:
  struct Asked {
    std::string line;  // "GET /path?query"
    Headers headers;
    std::string body;

    [[nodiscard]] std::string header(std::string_view name) const {
      return std::string(headers.Find(name).value_or(""));
    }
  };
  struct Answer {
    int status = 200;
    std::string text = {};
    Headers headers = {};
    std::optional<ErrorCode> fails = {};  // after `text` came
  };

  std::deque<Answer> script;  // one each; of what comes later: kInternal
  std::vector<Asked> asked;

  Task<Result<HttpReply>> Send(Call, HttpRequest request, ReplyBody& body) override {
    asked.push_back({.line = std::string(MethodName(request.method)) + " " + request.target,
                     .headers = request.headers,
                     .body = std::string(request.body.data(), request.body.size())});
    body.received = 0;
    body.text.clear();
    if (script.empty()) co_return Fail(ErrorCode::kInternal, "nothing is left of the script");
    const Answer answer = std::move(script.front());
    script.pop_front();
    const bool ok = answer.status < 300;
    if (ok && !body.room.empty()) {
      body.received = std::min(body.room.size(), answer.text.size());
      std::copy_n(answer.text.begin(), body.received, body.room.begin());
    } else {
      body.text = answer.text;
    }
    if (answer.fails) co_return Fail(*answer.fails, "as the test wants it");
    co_return HttpReply{.status = answer.status, .headers = answer.headers};
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const Asked& one : asked) all.push_back(one.line);
    return all;
  }
};

class CountingSigner final : public RequestSigner {
 public:
  int distrusted = 0;

  Task<Result<Distrust>> Sign(Call, HttpRequest&) override {
    co_return [this] { ++distrusted; };
  }
};

class NoSpread final : public Random {
 public:
  [[nodiscard]] uint64_t Next() override { return 0; }
};

// A client of the service, and all that it needs.
struct GcsScript {
  ManualClock clock;
  NoSpread random;
  GcsService service;
  std::shared_ptr<CountingSigner> signer = std::make_shared<CountingSigner>();
  std::shared_ptr<GcsClient> client = std::make_shared<GcsClient>(
      BucketAddress{.bucket = "b", .endpoint = Origin{.tls = false, .host = "h", .port = 1}},
      GcsClient::Parts{.http = service, .signer = signer, .clock = clock, .random = random});
};

// An object as the service describes it.
inline std::string ObjectJson(const std::string& name, size_t size, const std::string& generation,
                              const std::string& crc32c = {}) {
  return "{\"name\":\"" + name + "\",\"size\":\"" + std::to_string(size) + "\",\"generation\":\"" + generation +
         "\",\"updated\":\"2026-01-02T03:04:05.678Z\"" + (crc32c.empty() ? "" : ",\"crc32c\":\"" + crc32c + "\"") + "}";
}
inline std::string FaultJson(const std::string& reason, const std::string& message) {
  return R"({"error":{"code":400,"message":")" + message + R"(","errors":[{"domain":"global","reason":")" + reason +
         R"("}]}})";
}

}  // namespace lakeferry::gcs
