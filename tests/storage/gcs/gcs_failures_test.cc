// What comes of calls whose requests fail, whose names are none, or that were stopped: of each call of the store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stop_token>
#include <utility>
#include <vector>

#include "base/crc32c.h"
#include "storage/gcs/gcs_probe.h"
#include "storage/gcs/gcs_store.h"
#include "storage/gcs/gcs_upload.h"
#include "tests/storage/gcs/gcs_service.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry::gcs {
namespace {

template <typename T>
ErrorCode FailureOf(const Result<T>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? ErrorCode::kInternal : result.error().code;
}

class GcsFailures : public testing::Test {
 protected:
  using Call1 = std::function<ErrorCode(Call call, ObjectPath path)>;

  // Each call that asks the service, and what it fails with.
  std::vector<std::pair<std::string, Call1>> Calls() {
    return {
        {"list", [this](Call c, ObjectPath p) { return FailureOf(RunTask(store_.List(c, {.folder = p}))); }},
        {"head", [this](Call c, ObjectPath p) { return FailureOf(RunTask(store_.Head(c, p))); }},
        {"get", [this](Call c, ObjectPath p) { return FailureOf(RunTask(store_.Get(c, p, 10))); }},
        {"open", [this](Call c, ObjectPath p) { return FailureOf(RunTask(store_.Open(c, p))); }},
        {"front", [this](Call c, ObjectPath p) { return FailureOf(RunTask(store_.OpenFront(c, p, 1))); }},
        {"create", [this](Call c, ObjectPath p) { return FailureOf(RunTask(store_.Create(c, p, "x"))); }},
        {"put", [this](Call c, ObjectPath p) { return FailureOf(RunTask(store_.Put(c, p, "x"))); }},
        {"copy", [this](Call c, ObjectPath p) { return FailureOf(RunTask(store_.CopyIfAbsent(c, From(), p))); }},
        {"touch", [this](Call c, ObjectPath p) { return FailureOf(RunTask(store_.Touch(c, p))); }},
        {"delete", [this](Call c, ObjectPath p) { return DeleteFails(c, p); }},
    };
  }
  ErrorCode DeleteFails(Call call, ObjectPath path) {
    const auto stayed = RunTask(store_.Delete(std::move(call), {std::move(path)}));
    if (!stayed) return stayed.error().code;
    return stayed->empty() ? ErrorCode::kInternal : stayed->front().error.code;
  }
  static ObjectAddress From() { return {.service = "gcs http://h:1", .place = "/storage/v1/b/s/o/x", .etag = "5"}; }
  std::deque<GcsService::Answer>& script() { return world_.service.script; }
  std::unique_ptr<ObjectWriter> Begin(WriteHints hints = {}) {
    return RunTask(store_.Begin({}, ObjectPath::Of("k"), hints)).value();
  }

  GcsScript world_;
  GcsStore store_{"gs://b/p", "p", world_.client, {.part_bytes = kChunkStep}};
  const GcsService::Answer fails_{.fails = ErrorCode::kUnauthorized};
};

TEST_F(GcsFailures, ErrorOfARequestIsThatOfTheCall) {
  for (const auto& [name, call] : Calls()) {
    script() = {fails_, fails_};
    EXPECT_EQ(call({}, ObjectPath::Of("a")), ErrorCode::kUnauthorized) << name;
  }
  script() = {{.text = ObjectJson("p/k", 7, "5")}, fails_};
  EXPECT_EQ(FailureOf(RunTask(store_.Touch({}, ObjectPath::Of("k")))), ErrorCode::kUnauthorized);
  script() = {{.text = ObjectJson("p/k", 7, "5")}, fails_, {.status = 200, .text = "content"}};
  const auto object = RunTask(store_.Open({}, ObjectPath::Of("k"))).value();
  std::string room(7, '?');
  EXPECT_EQ(FailureOf(RunTask(object->Read({}, 0, room))), ErrorCode::kUnauthorized);
  EXPECT_EQ(RunTask(object->Read({}, 0, room)).value(), 7U) << "the whole is what was asked for";
}

TEST_F(GcsFailures, AnswersThatAreNoneAreCorrupt) {
  for (const auto* name : {"list", "head", "open"}) {
    for (const auto& [called, call] : Calls()) {
      script() = {{.text = "no JSON"}};
      if (called == name) EXPECT_EQ(call({}, ObjectPath::Of("a")), ErrorCode::kCorruptData) << name;
    }
  }
}

TEST_F(GcsFailures, NamesThatAreNoneAreRefusedByEachCallBeforeAnyRequest) {
  for (const auto& [name, call] : Calls()) {
    if (name == "list" || name == "head") continue;
    EXPECT_EQ(call({}, ObjectPath()), name == "touch" ? ErrorCode::kNotFound : ErrorCode::kInvalidArgument) << name;
  }
  EXPECT_EQ(FailureOf(RunTask(store_.Begin({}, ObjectPath::Of("\xff"), {}))), ErrorCode::kInvalidArgument);
  EXPECT_EQ(FailureOf(RunTask(store_.Head({}, ObjectPath()))), ErrorCode::kNotFound);
  EXPECT_TRUE(world_.service.asked.empty());
}

TEST_F(GcsFailures, ACallThatWasStoppedAsksNothing) {
  std::stop_source stop;
  stop.request_stop();
  const Call stopped{.stop = stop.get_token()};
  const auto writer = Begin();
  EXPECT_EQ(FailureOf(RunTask(store_.Head(stopped, ObjectPath::Of("k")))), ErrorCode::kCancelled);
  EXPECT_EQ(FailureOf(RunTask(store_.Begin(stopped, ObjectPath::Of("k"), {}))), ErrorCode::kCancelled);
  EXPECT_EQ(FailureOf(RunTask(store_.CopyIfAbsent(stopped, From(), ObjectPath::Of("k")))), ErrorCode::kCancelled);
  EXPECT_EQ(FailureOf(RunTask(store_.Delete(stopped, {ObjectPath::Of("k")}))), ErrorCode::kCancelled);
  EXPECT_EQ(FailureOf(RunTask(writer->CommitIfAbsent(stopped, 0, {}))), ErrorCode::kCancelled);
  EXPECT_TRUE(world_.service.asked.empty());
}

TEST_F(GcsFailures, ErrorOfAnUploadsRequestIsItsOwn) {
  const GcsService::Answer begun{.headers = {{"Location", "http://h:1/s?upload_id=u"}}};
  const std::string part(kChunkStep, 'x');
  script() = {{.status = 403}};
  EXPECT_EQ(FailureOf(RunTask(Begin()->Write({}, 0, BufferOf(part)))), ErrorCode::kUnauthorized);
  script() = {fails_};
  EXPECT_EQ(FailureOf(RunTask(Begin()->Write({}, 0, BufferOf(part)))), ErrorCode::kUnauthorized);
  GcsUpload upload(world_.client, "k", "gs://b/k");
  script() = {begun, {.status = 404}};
  ASSERT_TRUE(RunTask(upload.Begin({})).value());
  EXPECT_EQ(FailureOf(RunTask(upload.Send({}, part))), ErrorCode::kUnavailable) << "the session is gone";
  for (int i = 0; i < 20; ++i) script().push_back({.status = 503});
  EXPECT_EQ(FailureOf(RunTask(upload.Send({}, part))), ErrorCode::kThrottled);
  script() = {{.status = 403}, fails_};
  EXPECT_EQ(FailureOf(RunTask(upload.FinishIfAbsent({}, std::string_view("x"), 0))), ErrorCode::kUnauthorized);
  EXPECT_EQ(FailureOf(RunTask(upload.Abort({}))), ErrorCode::kUnauthorized);
}

TEST_F(GcsFailures, ChecksumOfOtherKindIsComparedToo) {
  const auto writer = Begin();
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("content"))).has_value());
  script() = {{.text = ObjectJson("p/k", 7, "5")}};
  const auto outcome = RunTask(writer->CommitIfAbsent({}, 7, {.crc32c = Crc32cOf("content")}));
  EXPECT_EQ(outcome, PutOutcome::kCreated);
}

// Takes whatever comes, keeps none of it, and fails where it is told to.
class Hollow final : public HttpTransport {
 public:
  std::function<bool(const HttpRequest& request)> fails;

  Task<Result<HttpReply>> Send(Call, HttpRequest request, ReplyBody& body) override {
    body.received = 0;
    body.text = "{}";
    if (fails(request)) co_return Fail(ErrorCode::kUnauthorized, "as the test wants it");
    const bool session = request.target.contains("upload_id") || request.target.contains("uploadType=resumable");
    if (session && request.method != Method::kDelete) co_return Upload(request, body);
    const bool listing = request.target.contains("/o?prefix");
    const bool reads = request.method == Method::kGet;
    co_return HttpReply{.status = reads && !listing ? 404 : 200};
  }

 private:
  static HttpReply Upload(const HttpRequest& request, ReplyBody& body) {
    if (request.method == Method::kPost) return {.status = 200, .headers = {{"Location", "http://h:1/s?upload_id=u"}}};
    if (!request.body.empty()) return {.status = 308, .headers = {{"Range", "bytes=0-262143"}}};
    body.text = ObjectJson("p/k", kChunkStep, "1");
    return {.status = 200};
  }
};

// Proves nothing to whoever asks for what is said of an object.
class NoLooks final : public RequestSigner {
 public:
  Task<Result<Distrust>> Sign(Call, HttpRequest& request) override {
    const bool looks = request.method == Method::kGet && !request.target.contains("?");
    if (looks) co_return Fail(ErrorCode::kUnauthorized, "no token");
    co_return Distrust([] {});
  }
};

TEST_F(GcsFailures, WhatKeepsAProbeFromItsQuestionsIsNoVerdict) {
  Hollow service;
  const auto probe = [&](std::shared_ptr<RequestSigner> signer) {
    const auto client = std::make_shared<GcsClient>(
        world_.client->address(),
        GcsClient::Parts{.http = service, .signer = std::move(signer), .clock = world_.clock, .random = world_.random});
    return RunTask(ProbeBucket({}, client, "p"));
  };
  service.fails = [](const HttpRequest&) { return false; };
  EXPECT_FALSE(probe(world_.signer).value().safe());
  service.fails = [](const HttpRequest& request) {
    return std::string_view(request.body.data(), request.body.size()).contains("/sum-");
  };
  EXPECT_EQ(FailureOf(probe(world_.signer)), ErrorCode::kUnauthorized);
  service.fails = [](const HttpRequest& request) { return request.headers.Find("Authorization").has_value(); };
  EXPECT_EQ(FailureOf(probe(world_.signer)), ErrorCode::kUnauthorized);
  service.fails = [](const HttpRequest&) { return false; };
  EXPECT_EQ(FailureOf(probe(std::make_shared<NoLooks>())), ErrorCode::kUnauthorized);
}

}  // namespace
}  // namespace lakeferry::gcs
