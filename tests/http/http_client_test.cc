#include "http/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <csignal>
#include <fstream>

#include "async/task_group.h"
#include "tests/http/scripted_server.h"
#include "tests/http/test_certificates.h"
#include "tests/support/real_time.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kEmpty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

std::string Reply(std::string_view body, std::string_view status = "200 OK") {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

// Answers each request with its target.
void Echo(Peer& peer) {
  while (true) {
    const std::string request = peer.ReadRequest();
    if (request.empty()) return;
    peer.Write(Reply(request.substr(0, request.find('\r'))));
  }
}

class HttpClientTest : public testing::Test {
 protected:
  struct Sent {
    Result<HttpReply> reply;
    std::string text;
  };
  Sent Send(HttpRequest request, Call call = {}) {
    ReplyBody body;
    auto reply = RunTask(client().Send(std::move(call), std::move(request), body));
    return {.reply = std::move(reply), .text = body.text};
  }
  Sent Get(const Origin& origin, std::string target = "/") {
    return Send({.origin = origin, .target = std::move(target)});
  }
  static ErrorCode CodeOf(const Sent& sent) { return sent.reply ? ErrorCode::kInternal : sent.reply.error().code; }
  HttpClient& client() {
    if (!client_) client_ = std::make_unique<HttpClient>(options_, clock_);
    return *client_;
  }
  // The signer of `signer_` is trusted.
  void Trust() {
    options_.ca_file = folder_.path() + "/ca.pem";
    std::ofstream(options_.ca_file) << signer_.Pem();
  }

  ScriptedServer& Start(std::vector<ScriptedServer::Serve> script, std::shared_ptr<SSL_CTX> tls = nullptr) {
    return *servers_.emplace_back(std::make_unique<ScriptedServer>(std::move(script), std::move(tls)));
  }

  TempFolder folder_;
  RealClock clock_;
  TestSigner signer_;
  HttpOptions options_;
  std::vector<std::unique_ptr<ScriptedServer>> servers_;  // each ends once the client has let go of it
  std::unique_ptr<HttpClient> client_;
};

TEST_F(HttpClientTest, OneRequestAfterAnotherUsesOneConnection) {
  ScriptedServer& server = Start({Echo});
  EXPECT_EQ(Get(server.origin(), "/a").text, "GET /a HTTP/1.1");
  EXPECT_EQ(Get(server.origin(), "/b").text, "GET /b HTTP/1.1");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, ManyRequestsGoSideBySideOverSeveralThreads) {
  ScriptedServer& server = Start({Echo});
  options_.threads = 3;
  const auto one = [&](size_t i) -> Task<Status> {
    ReplyBody body;
    const std::string target = "/" + std::to_string(i);
    auto reply = co_await client().Send({}, {.origin = server.origin(), .target = target}, body);
    LF_CO_TRY_OK(reply);
    EXPECT_EQ(body.text, "GET " + target + " HTTP/1.1");
    co_return Status();
  };
  ASSERT_TRUE(RunTask(ParallelFor(300, 20, one)).has_value());
  EXPECT_LE(server.connections(), 20);
  EXPECT_GE(server.connections(), 3);
}

TEST_F(HttpClientTest, LargeBodiesGoBothWays) {
  std::string sent(20'000'000, 'x');
  for (size_t i = 0; i < sent.size(); i += 1'000) sent[i] = static_cast<char>('a' + i / 1'000 % 23);
  ScriptedServer& server = Start({[](Peer& peer) {
    const std::string request = peer.ReadRequest();
    peer.Write(Reply(request.substr(request.find("\r\n\r\n") + 4)));
  }});
  std::string room(sent.size(), '?');
  ReplyBody body{.room = room};
  const auto reply =
      RunTask(client().Send({}, {.method = Method::kPut, .origin = server.origin(), .body = sent}, body));
  ASSERT_TRUE(reply.has_value()) << ToString(reply.error());
  EXPECT_EQ(body.received, sent.size());
  EXPECT_TRUE(room == sent);
}

TEST_F(HttpClientTest, KeptConnectionThatWasClosedIsReplacedUnseen) {
  ScriptedServer& server = Start({[](Peer& peer) {
                                    (void)peer.ReadRequest();
                                    peer.Write(kEmpty);
                                  },
                                  Echo});
  ASSERT_TRUE(Get(server.origin()).reply.has_value());
  std::this_thread::sleep_for(Millis(20));
  EXPECT_EQ(Send({.method = Method::kPut, .origin = server.origin(), .body = "x"}).text, "PUT / HTTP/1.1");
  EXPECT_EQ(server.connections(), 2);
}

// It takes the request and closes without a word: only what may be done twice is sent again.
TEST_F(HttpClientTest, KeptConnectionThatIsClosedUnderARequestIsReplacedForReadsAlone) {
  const auto once = [](Peer& peer) {
    (void)peer.ReadRequest();
    peer.Write(kEmpty);
    (void)peer.ReadRequest();
  };
  ScriptedServer& reads = Start({once, Echo});
  ASSERT_TRUE(Get(reads.origin()).reply.has_value());
  EXPECT_EQ(Get(reads.origin(), "/again").text, "GET /again HTTP/1.1");
  ScriptedServer& writes = Start({once, Echo});
  ASSERT_TRUE(Get(writes.origin()).reply.has_value());
  EXPECT_EQ(CodeOf(Send({.method = Method::kPut, .origin = writes.origin(), .body = "x"})), ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(writes.connections(), 1);
}

TEST_F(HttpClientTest, NobodyThereHasDoneNothing) {
  Origin origin;
  {
    const ScriptedServer server({Echo});
    origin = server.origin();
  }
  const Sent sent = Send({.method = Method::kPut, .origin = origin, .body = "x"});
  EXPECT_EQ(CodeOf(sent), ErrorCode::kUnavailable);
  EXPECT_THAT(ToString(sent.reply.error()), HasSubstr(ToString(origin)));
  EXPECT_EQ(CodeOf(Get({.tls = false, .host = "no.such.host.invalid", .port = 80})), ErrorCode::kUnavailable);
}

TEST_F(HttpClientTest, AnswerThatNeverComesWholeLeavesTheOutcomeUnknown) {
  for (const std::string& part : {std::string(), std::string("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal")}) {
    ScriptedServer& server = Start({[part](Peer& peer) {
      (void)peer.ReadRequest();
      peer.Write(part);
      if (part.empty()) peer.Reset();
    }});
    std::string room(9, '?');
    ReplyBody body{.room = room};
    const auto reply = RunTask(client().Send({}, {.origin = server.origin()}, body));
    ASSERT_FALSE(reply.has_value());
    EXPECT_EQ(reply.error().code, ErrorCode::kOutcomeUnknown);
    EXPECT_EQ(body.received, part.empty() ? 0U : 3U);
  }
}

TEST_F(HttpClientTest, RefusalThatComesBeforeTheWholeBodyIsRead) {
  ScriptedServer& server = Start({[](Peer& peer) {
    (void)peer.ReadBytes(1'000);
    peer.Write("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
    std::this_thread::sleep_for(Millis(50));
    peer.Reset();
  }});
  const std::string large(30'000'000, 'x');
  const Sent sent = Send({.method = Method::kPut, .origin = server.origin(), .body = large});
  ASSERT_TRUE(sent.reply.has_value()) << ToString(sent.reply.error());
  EXPECT_EQ(sent.reply->status, 403);
  EXPECT_EQ(sent.text, "no");
}

TEST_F(HttpClientTest, DeadlineAndStopEndWhatWaits) {
  ScriptedServer& server = Start({[](Peer& peer) {
    while (!peer.ReadRequest().empty()) continue;
  }});
  const auto began = std::chrono::steady_clock::now();
  const Sent late = Send({.origin = server.origin()}, {.deadline = clock_.Monotonic() + Millis(200)});
  EXPECT_EQ(CodeOf(late), ErrorCode::kOutcomeUnknown);
  EXPECT_THAT(late.reply.error().message, HasSubstr("in time"));
  std::stop_source stop;
  std::jthread asks([&] {
    std::this_thread::sleep_for(Millis(100));
    stop.request_stop();
  });
  EXPECT_EQ(CodeOf(Send({.origin = server.origin()}, {.stop = stop.get_token()})), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(Send({.origin = server.origin()}, {.stop = stop.get_token()})), ErrorCode::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

TEST_F(HttpClientTest, AnswerThatDripsIsWaitedForAndSilenceIsNot) {
  options_.times = {.first_byte = Millis(400), .idle = Millis(400)};
  ScriptedServer& drips = Start({[](Peer& peer) {
    (void)peer.ReadRequest();
    for (const char byte : Reply("drip")) {
      peer.Write({&byte, 1});
      std::this_thread::sleep_for(Millis(15));
    }
  }});
  EXPECT_EQ(Get(drips.origin()).text, "drip");
  ScriptedServer& stops = Start({[](Peer& peer) {
    (void)peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal");
    (void)peer.ReadRequest();
  }});
  EXPECT_EQ(CodeOf(Get(stops.origin())), ErrorCode::kOutcomeUnknown);
}

// Resolvers take a number for an address, and so whatever leads past a look at the text.
TEST_F(HttpClientTest, NameThatLeadsToAMetadataServiceIsRefused) {
  for (const auto* host : {"2852039166", "0xa9fea9fe", "0"}) {
    EXPECT_EQ(CodeOf(Get({.tls = false, .host = host, .port = 1})), ErrorCode::kInvalidArgument) << host;
  }
}

TEST_F(HttpClientTest, AddressThatTheConfigurationNamesIsMeant) {
  const Sent sent = Send({.origin = {.tls = false, .host = "169.254.0.0", .port = 1}},
                         {.deadline = clock_.Monotonic() + Millis(200)});
  EXPECT_NE(CodeOf(sent), ErrorCode::kInvalidArgument);
}

TEST_F(HttpClientTest, CertificateOfTheHostBySomebodyTrustedIsAccepted) {
  Trust();
  const auto tls = signer_.Serve({});
  ScriptedServer& server = Start({Echo}, tls);
  EXPECT_EQ(Get(server.origin(), "/a").text, "GET /a HTTP/1.1");
  EXPECT_EQ(Get(server.origin(), "/b").text, "GET /b HTTP/1.1");
  EXPECT_EQ(server.connections(), 1) << "a ticket on a kept connection is no answer";
}

TEST_F(HttpClientTest, WhatAServerShowsOfItselfIsKept) {
  Trust();
  const auto tls = signer_.Serve({.valid_from_s = -3600, .valid_for_s = 7200});
  const auto ahead = [](Peer& peer) {
    (void)peer.ReadRequest();
    peer.Write("HTTP/1.1 200 OK\r\nDate: Fri, 01 Jan 2100 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n");
  };
  ScriptedServer& server = Start({ahead}, tls);
  ASSERT_TRUE(Get(server.origin()).reply.has_value());
  const ServerSeen seen = client().seen().All().at(server.origin());
  ASSERT_TRUE(seen.certificate.has_value());
  EXPECT_EQ(seen.certificate->until - seen.certificate->since, std::chrono::hours(2));
  ASSERT_TRUE(seen.skew.has_value());
  EXPECT_GE(seen.skew->highest - seen.skew->lowest, std::chrono::seconds(1));
  EXPECT_GT(seen.skew->lowest, Millis(0)) << "in the year 2100 there";
}

TEST_F(HttpClientTest, CertificateOfAnotherHostOrTimeOrSignerIsRefused) {
  Trust();
  const TestSigner stranger;
  const std::vector<std::pair<std::shared_ptr<SSL_CTX>, std::string>> cases = {
      {signer_.Serve({.subject_alt_name = "DNS:elsewhere.example"}), "mismatch"},
      {signer_.Serve({.valid_from_s = -7200, .valid_for_s = 3600}), "expired"},
      {signer_.Serve({.valid_from_s = 3600, .valid_for_s = 3600}), "not yet valid"},
      {stranger.Serve({}), "signature failure"},
  };
  for (const auto& [tls, why] : cases) {
    ScriptedServer& server = Start({Echo}, tls);
    const Sent sent = Get(server.origin());
    EXPECT_EQ(CodeOf(sent), ErrorCode::kUnauthorized) << why;
    EXPECT_THAT(ToString(sent.reply.error()), HasSubstr(why));
  }
}

TEST_F(HttpClientTest, LargeBodiesGoBothWaysUnderTls) {
  Trust();
  const auto tls = signer_.Serve({});
  const std::string sent(9'000'000, 'x');
  ScriptedServer& server = Start({[](Peer& peer) {
                                   const std::string request = peer.ReadRequest();
                                   peer.Write(Reply(request.substr(request.find("\r\n\r\n") + 4)));
                                 }},
                                 tls);
  std::string room(sent.size(), '?');
  ReplyBody body{.room = room};
  const auto reply =
      RunTask(client().Send({}, {.method = Method::kPut, .origin = server.origin(), .body = sent}, body));
  ASSERT_TRUE(reply.has_value()) << ToString(reply.error());
  EXPECT_TRUE(room == sent);
}

TEST_F(HttpClientTest, FileWithoutCertificatesIsSaid) {
  options_.ca_file = folder_.path() + "/none.pem";
  const auto tls = signer_.Serve({});
  ScriptedServer& server = Start({Echo}, tls);
  EXPECT_EQ(CodeOf(Get(server.origin())), ErrorCode::kInvalidArgument);
}

class HttpProxyTest : public HttpClientTest {
 protected:
  void UseProxy(const Origin& origin) {
    const std::string url = "http://me:pw@" + Authority(origin);
    options_.proxies = ProxyRules::FromEnvironment([&](const std::string& name) -> std::optional<std::string> {
                         return name == "https_proxy" || name == "http_proxy" ? std::optional(url) : std::nullopt;
                       }).value();
  }
};

TEST_F(HttpProxyTest, PlainRequestNamesTheWholeUrl) {
  ScriptedServer& proxy = Start({Echo});
  UseProxy(proxy.origin());
  EXPECT_EQ(Get({.tls = false, .host = "store.example", .port = 80}, "/a").text, "GET http://store.example/a HTTP/1.1");
}

TEST_F(HttpProxyTest, TlsGoesThroughATunnel) {
  Trust();
  std::string asked;
  ScriptedServer& proxy = Start({[&](Peer& peer) {
    asked = peer.ReadRequest();
    peer.Write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  }});
  UseProxy(proxy.origin());
  const Sent sent = Get({.tls = true, .host = "store.example", .port = 443});
  EXPECT_EQ(CodeOf(sent), ErrorCode::kUnauthorized);
  EXPECT_THAT(asked, StartsWith("CONNECT store.example:443 HTTP/1.1\r\nHost: store.example:443\r\n"));
  EXPECT_THAT(asked, HasSubstr("Proxy-Authorization: Basic "));
}

}  // namespace
}  // namespace lakeferry
