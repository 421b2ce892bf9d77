// What comes of calls whose requests fail, whose names are none, or that were stopped: of each call of the store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stop_token>
#include <utility>
#include <vector>

#include "storage/azure/azure_object.h"
#include "storage/azure/azure_probe.h"
#include "storage/azure/azure_settings.h"
#include "storage/azure/azure_signers.h"
#include "storage/azure/azure_store.h"
#include "tests/storage/azure/blob_service.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry::azure {
namespace {

template <typename T>
ErrorCode FailureOf(const Result<T>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? ErrorCode::kInternal : result.error().code;
}

class AzureFailures : public testing::Test {
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
  ObjectAddress From() const { return {.service = store_.traits().copies_from, .place = "/c/from", .etag = "\"e\""}; }
  Result<CopyOutcome> Copy() { return RunTask(store_.CopyIfAbsent({}, From(), ObjectPath::Of("to"))); }
  std::unique_ptr<ObjectWriter> Begin(WriteHints hints = {}) {
    return RunTask(store_.Begin({}, ObjectPath::Of("a"), hints)).value();
  }

  AzureWorld world_;
  BlobService& service_ = world_.service;
  AzureStore store_{"az://c/t", "t", world_.client};
  const BlobService::Answer fails_ = BlobService::Fails(ErrorCode::kUnauthorized);
  const BlobService::Answer too_large_ = BlobService::Fault(409, "CopySourceTooLarge");
};

TEST_F(AzureFailures, ErrorOfARequestIsThatOfTheCall) {
  for (const auto& [name, call] : Calls()) {
    service_.script = {fails_};
    EXPECT_EQ(call({}, ObjectPath::Of("a")), ErrorCode::kUnauthorized) << name;
  }
}

TEST_F(AzureFailures, ErrorOfAWriteNamesItsBlob) {
  service_.script = {fails_, fails_};
  EXPECT_EQ(RunTask(store_.Create({}, ObjectPath::Of("a"), "x")).error().where, "az://c/t/a");
  EXPECT_EQ(Copy().error().where, "az://c/t/to");
}

TEST_F(AzureFailures, NameIsLookedAtBeforeTheEndpointIsTried) {
  boost::asio::io_context loop;
  auto probe = std::make_shared<StoreProbe>(loop.get_executor(), world_.clock,
                                            [](Call) -> Task<Result<Probed>> { co_return Probed(); });
  AzureStore store("az://c/t", "t", world_.client, {}, StorePromises(std::move(probe)));
  EXPECT_EQ(FailureOf(RunTask(store.Create({}, ObjectPath::Of("a."), "x"), loop)), ErrorCode::kInvalidArgument);
}

TEST_F(AzureFailures, CredentialThatNamesNoAccountIsForAny) {
  AzureSettings settings;
  settings.bound = true;
  const auto location = Location::Parse("abfss://c@acct.dfs.core.windows.net/t").value();
  EXPECT_TRUE(AddressOf(location, settings, std::nullopt).has_value());
  settings.account = "other";
  EXPECT_EQ(FailureOf(AddressOf(location, settings, std::nullopt)), ErrorCode::kInvalidArgument);
}

TEST_F(AzureFailures, ErrorOfALaterRequestIsThatOfTheCall) {
  const auto source = BlobService::Says(200, {{"Content-Length", "5"}});
  service_.script = {BlobService::Says(200, {{"ETag", "\"e\""}}), fails_};
  EXPECT_EQ(FailureOf(RunTask(store_.Touch({}, ObjectPath::Of("a")))), ErrorCode::kUnauthorized);
  for (const auto& script :
       {std::deque{BlobService::Fault(412, "ConditionNotMet"), fails_}, std::deque{too_large_, fails_},
        std::deque{too_large_, source, fails_}, std::deque{too_large_, source, BlobService::Says(201), fails_}}) {
    service_.script = script;
    EXPECT_EQ(FailureOf(Copy()), ErrorCode::kUnauthorized);
    EXPECT_TRUE(service_.script.empty());
  }
  service_.script = {BlobService::Says(
      200, {{"Content-Length", "9"}, {"Last-Modified", "Sun, 29 Nov 2026 12:00:00 GMT"}, {"ETag", "\"e\""}})};
  const auto object = RunTask(store_.Open({}, ObjectPath::Of("a"))).value();
  std::string room(4, '?');
  service_.script = {fails_};
  EXPECT_EQ(FailureOf(RunTask(object->Read({}, 2, room))), ErrorCode::kUnauthorized);
}

TEST_F(AzureFailures, ErrorOfAWritersRequestIsItsOwn) {
  const std::string part(Begin()->part_bytes(), 'x');
  const auto size = static_cast<int64_t>(part.size());
  service_.script = {fails_};
  EXPECT_EQ(FailureOf(RunTask(Begin()->Write({}, 0, BufferOf(part)))), ErrorCode::kUnauthorized);
  const auto whole = Begin();
  service_.script = {fails_};
  EXPECT_EQ(FailureOf(RunTask(whole->CommitIfAbsent({}, 0, {}))), ErrorCode::kUnauthorized);
  for (const auto& script : {std::deque{BlobService::Says(201), fails_},
                             std::deque{BlobService::Says(201), BlobService::Fault(400, "InvalidBlockList"), fails_}}) {
    const auto blocks = Begin();
    service_.script = script;
    ASSERT_TRUE(RunTask(blocks->Write({}, 0, BufferOf(part))).has_value());
    EXPECT_EQ(FailureOf(RunTask(blocks->CommitIfAbsent({}, size, {}))), ErrorCode::kUnauthorized);
  }
}

TEST_F(AzureFailures, NamesThatAreNoneAreRefusedByEachCallBeforeAnyRequest) {
  for (const auto& [name, call] : Calls()) {
    if (name == "list" || name == "head") continue;
    EXPECT_EQ(call({}, ObjectPath::Of("a.")), ErrorCode::kInvalidArgument) << name;
    EXPECT_EQ(call({}, ObjectPath()), ErrorCode::kInvalidArgument) << name << ", the root";
  }
  EXPECT_EQ(FailureOf(RunTask(store_.Begin({}, ObjectPath::Of("a."), {}))), ErrorCode::kInvalidArgument);
  EXPECT_EQ(FailureOf(RunTask(store_.Head({}, ObjectPath()))), ErrorCode::kNotFound);
  EXPECT_THAT(service_.asked, testing::IsEmpty());
}

// Nobody is asked for a token either.
TEST_F(AzureFailures, ACallThatWasStoppedSignsNothing) {
  std::stop_source stop;
  stop.request_stop();
  const Call stopped{.stop = stop.get_token()};
  const auto writer = Begin({.size_bytes = int64_t{1} << 30});
  for (const auto& [name, call] : Calls()) {
    EXPECT_EQ(call(stopped, ObjectPath::Of("a")), ErrorCode::kCancelled) << name;
  }
  EXPECT_EQ(FailureOf(RunTask(store_.Begin(stopped, ObjectPath::Of("a"), {}))), ErrorCode::kCancelled);
  EXPECT_EQ(FailureOf(RunTask(writer->Write(stopped, 0, BufferOf("x")))), ErrorCode::kCancelled);
  EXPECT_EQ(FailureOf(RunTask(writer->CommitIfAbsent(stopped, 0, {}))), ErrorCode::kCancelled);
  EXPECT_EQ(world_.signer->signed_requests, 0);
}

TEST_F(AzureFailures, CommitOfAnotherSizeOrChecksumPublishesNothing) {
  const auto writer = Begin({.size_bytes = 1});
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("x"))).has_value());
  EXPECT_EQ(FailureOf(RunTask(writer->CommitIfAbsent({}, 2, {}))), ErrorCode::kCorruptData);
  EXPECT_EQ(FailureOf(RunTask(writer->CommitIfAbsent({}, 1, {.crc64 = 1}))), ErrorCode::kCorruptData);
  EXPECT_THAT(service_.asked, testing::IsEmpty());
}

TEST_F(AzureFailures, WhatIsNoListingIsSaidWithItsFolder) {
  service_.script = {BlobService::Says(200, {}, "<html/>")};
  const auto page = RunTask(store_.List({}, {.folder = ObjectPath::Of("f")}));
  EXPECT_EQ(FailureOf(page), ErrorCode::kCorruptData);
  EXPECT_EQ(page.error().where, "az://c/t/f");
}

// Who knows no ranges answers with all of it.
TEST_F(AzureFailures, FrontThatIsLongerThanItWasAskedForIsOpenedAsAnyOther) {
  const Headers said{{"Content-Length", "9"}, {"Last-Modified", "Sun, 29 Nov 2026 12:00:00 GMT"}, {"ETag", "\"e\""}};
  service_.script = {BlobService::Fails(ErrorCode::kCorruptData), BlobService::Says(200, said)};
  const auto object = RunTask(store_.OpenFront({}, ObjectPath::Of("a"), 1));
  ASSERT_TRUE(object.has_value());
  std::string room(9, '?');
  service_.script = {[](const HttpRequest&, ReplyBody& body) -> Result<HttpReply> {
    body.received = 9;
    return HttpReply{.status = 200, .headers = {{"ETag", "\"e\""}}};
  }};
  EXPECT_EQ(RunTask((*object)->Read({}, 0, room)).value(), 9U) << "the whole is what was asked for";
}

// Everything but proof of the source.
class UnprovenSource final : public RequestSigner {
 public:
  Task<Result<Distrust>> Sign(Call, HttpRequest&) override {
    co_return Distrust([] {});
  }
  Task<Status> SignSource(Call, HttpRequest&, std::string, std::string) override {
    co_return Fail(ErrorCode::kUnauthorized, "no proof");
  }
};

TEST_F(AzureFailures, CopyWithoutProofOfItsSourceIsNotAskedFor) {
  AzureStore store("az://c/t", "t", world_.client->As(std::make_shared<UnprovenSource>()));
  EXPECT_EQ(FailureOf(RunTask(store.CopyIfAbsent({}, From(), ObjectPath::Of("to")))), ErrorCode::kUnauthorized);
  EXPECT_THAT(service_.asked, testing::IsEmpty());
}

class NoTokens final : public TokenSource {
 public:
  Task<Result<AccessToken>> Get(Call) override { co_return Fail(ErrorCode::kUnauthorized, "no token"); }
  void Distrust(const AccessToken&) override {}
};

TEST_F(AzureFailures, WithoutATokenNothingIsSigned) {
  TokenSigner signer(std::make_shared<NoTokens>());
  HttpRequest request;
  EXPECT_EQ(FailureOf(RunTask(signer.Sign({}, request))), ErrorCode::kUnauthorized);
  EXPECT_EQ(FailureOf(RunTask(signer.SignSource({}, request, "https://a/c/b", "/c/b"))), ErrorCode::kUnauthorized);
  EXPECT_EQ(request.headers.size(), 0U);
}

// Takes whatever comes, keeps none of it, and fails where it is told to.
class Hollow final : public HttpTransport {
 public:
  std::function<bool(const HttpRequest& request)> fails;

  Task<Result<HttpReply>> Send(Call, HttpRequest request, ReplyBody& body) override {
    body.received = 0;
    body.text = "<EnumerationResults/>";
    if (fails(request)) co_return Fail(ErrorCode::kUnauthorized, "as the test wants it");
    const bool listing = request.target.contains("comp=list");
    const bool reads = request.method == Method::kGet || request.method == Method::kHead;
    co_return HttpReply{.status = reads && !listing ? 404 : 200, .headers = {{"ETag", "\"e\""}}};
  }
};

// Proves nothing to whoever looks for the first time.
class NoLooks final : public RequestSigner {
 public:
  Task<Result<Distrust>> Sign(Call, HttpRequest& request) override {
    if (request.method == Method::kHead && looks_++ == 0) co_return Fail(ErrorCode::kUnauthorized, "no token");
    co_return Distrust([] {});
  }
  Task<Status> SignSource(Call, HttpRequest&, std::string, std::string) override { co_return Status(); }

 private:
  int looks_ = 0;
};

TEST_F(AzureFailures, WhatKeepsAProbeFromItsQuestionsIsNoVerdict) {
  Hollow service;
  const auto probe = [&](std::shared_ptr<RequestSigner> signer) {
    const auto client = std::make_shared<AzureClient>(
        world_.client->address(),
        AzureClient::Parts{
            .http = service, .signer = std::move(signer), .clock = world_.clock, .random = world_.random});
    return RunTask(ProbeContainer({}, client, "p"));
  };
  service.fails = [](const HttpRequest&) { return false; };
  EXPECT_FALSE(probe(world_.signer).value().safe());
  service.fails = [](const HttpRequest& request) { return request.target.contains("/sum-"); };
  EXPECT_EQ(FailureOf(probe(world_.signer)), ErrorCode::kUnauthorized);
  service.fails = [](const HttpRequest& request) {
    return request.target.contains("/sum-") && request.target.contains("comp=block");
  };
  EXPECT_EQ(FailureOf(probe(world_.signer)), ErrorCode::kUnauthorized);
  service.fails = [](const HttpRequest& request) { return request.headers.Find("Authorization").has_value(); };
  EXPECT_EQ(FailureOf(probe(world_.signer)), ErrorCode::kUnauthorized);
  service.fails = [](const HttpRequest&) { return false; };
  EXPECT_EQ(FailureOf(probe(std::make_shared<NoLooks>())), ErrorCode::kUnauthorized);
}

}  // namespace
}  // namespace lakeferry::azure
