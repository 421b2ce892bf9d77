// BlobService: what a test says that Azure answers, one answer for each request; and a client that asks it. One thread.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/transport.h"
#include "storage/azure/azure_client.h"
#include "tests/support/manual_clock.h"

namespace lakeferry::azure {

class BlobService final : public HttpTransport {
 public:
  using Answer = std::function<Result<HttpReply>(const HttpRequest& request, ReplyBody& body)>;

  std::deque<Answer> script;       // of what is not here: 404 BlobNotFound
  std::vector<HttpRequest> asked;  // without bodies
  std::vector<std::string> bodies;

  Task<Result<HttpReply>> Send(Call call, HttpRequest request, ReplyBody& body) override {
    LF_CO_TRY_OK(CheckWanted(call));
    bodies.emplace_back(request.body.data(), request.body.size());
    body.received = 0;
    body.text.clear();
    const Answer answer = script.empty() ? Fault(404, "BlobNotFound") : script.front();
    if (!script.empty()) script.pop_front();
    Result<HttpReply> reply = answer(request, body);
    request.body = {};
    asked.push_back(std::move(request));
    co_return reply;
  }

  static Answer Says(int status, Headers headers = {}, std::string text = {}) {
    return [=](const HttpRequest&, ReplyBody& body) -> Result<HttpReply> {
      body.text = text;
      return HttpReply{.status = status, .headers = headers};
    };
  }
  // As to HEAD: without a body.
  static Answer Fault(int status, std::string code) { return Says(status, {{"x-ms-error-code", std::move(code)}}); }
  static Answer Fails(ErrorCode code, std::string received = {}) {
    return [=](const HttpRequest&, ReplyBody& body) -> Result<HttpReply> {
      std::ranges::copy(received, body.room.begin());
      body.received = received.size();
      return Fail(code, "it broke");
    };
  }
};

class NoSigner final : public RequestSigner {
 public:
  int distrusted = 0;
  int signed_requests = 0;

  Task<Result<Distrust>> Sign(Call, HttpRequest&) override {
    ++signed_requests;
    co_return Distrust([this] { ++distrusted; });
  }
  Task<Status> SignSource(Call, HttpRequest& request, std::string url, std::string) override {
    request.headers.Set("x-ms-copy-source", std::move(url));
    co_return Status();
  }
};

class SameNumber final : public Random {
 public:
  [[nodiscard]] uint64_t Next() override { return 0; }
};

// A client of the service, and all that it needs.
struct AzureWorld {
  ManualClock clock;
  SameNumber random;
  BlobService service;
  std::shared_ptr<NoSigner> signer = std::make_shared<NoSigner>();
  std::shared_ptr<AzureClient> client = std::make_shared<AzureClient>(
      ContainerAddress{.account = "acct", .container = "c", .endpoint = {.host = "acct.blob.net"}},
      AzureClient::Parts{.http = service, .signer = signer, .clock = clock, .random = random});
};

}  // namespace lakeferry::azure
