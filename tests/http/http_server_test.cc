#include "http/server/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <thread>

#include "tests/http/raw_client.h"
#include "tests/http/test_certificates.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class SilentLog final : public Logger {
 public:
  void Write(LogLevel, std::string_view, std::vector<LogField>) override {}
};

std::string Get(const std::string& target, const std::string& headers = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

std::string Post(const std::string& body, const std::string& headers = {}) {
  return "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers +
         "\r\n" + body;
}

// A server that says what it was asked.
class HttpServerTest : public testing::Test {
 protected:
  ~HttpServerTest() override {
    if (server_) RunTask(server_->Close());
  }
  HttpServer& Serve(ServerRules rules = {}) {
    auto server = TryToServe({.address = "127.0.0.1", .port = 0}, std::move(rules));
    EXPECT_TRUE(server) << ToString(server.error());
    server_ = *std::move(server);
    server_->Start();
    return *server_;
  }
  Result<std::unique_ptr<HttpServer>> TryToServe(const ServerPlace& place, ServerRules rules = {}) {
    return HttpServer::Listen(
        place, std::move(rules),
        {.handle = [this](ServerRequest request, std::stop_token) { return Handle(std::move(request)); },
         .refuse = [](const Refusal& refusal) { return ServerReply::Text(refusal.status, refusal.error.message); },
         .log = log_,
         .limits = limits_});
  }
  Task<ServerReply> Handle(ServerRequest request) {
    ++handled_;
    if (request.target == "/slow") {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, Millis(200));
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    std::string text = request.method + " " + request.target + " " + request.body;
    if (request.client) text += " by " + *request.client;
    co_return ServerReply::Text(200, text);
  }
  uint16_t port() { return server_->port(); }
  std::string AskOnce(const std::string& request) { return RawClient(port()).Ask(request); }

  // Files of a certificate that the signer has signed.
  ServerTls Certificate(const std::string& name, const TestSigner& signer) {
    const TestSigner::Signed pems = signer.Sign({}, name);
    ServerTls files{.certificate = folder_ / (name + ".pem"), .key = folder_ / (name + ".key"), .client_ca = {}};
    std::ofstream(files.certificate) << pems.certificate;
    std::ofstream(files.key) << pems.key;
    return files;
  }
  std::string Trusted(const TestSigner& signer, const std::string& name = "ca.pem") {
    std::ofstream(folder_ / name) << signer.Pem();
    return folder_ / name;
  }

  SilentLog log_;
  TempFolder folder_;
  TestSigner signer_;
  ServerLimits limits_;
  std::atomic<int> handled_ = 0;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersOneRequestAfterAnotherOnAConnection) {
  Serve();
  RawClient client(port());
  EXPECT_THAT(client.Ask(Get("/a")), EndsWith("GET /a "));
  EXPECT_THAT(client.Ask(Post("body")), EndsWith("POST /x body"));
  client.Send(Get("/1") + Get("/2"));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("GET /1 "));
  EXPECT_THAT(client.ReadAnswer(), EndsWith("GET /2 "));
}

TEST_F(HttpServerTest, EveryAnswerForbidsWhatAPageOfAnotherSiteCouldDoWithIt) {
  Serve();
  for (const std::string& answer : {AskOnce(Get("/a")), AskOnce("junk\r\n\r\n")}) {
    EXPECT_THAT(answer, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"));
    EXPECT_THAT(answer, HasSubstr("Cache-Control: no-store\r\n"));
    EXPECT_THAT(answer, Not(HasSubstr("Set-Cookie")));
    EXPECT_THAT(answer, Not(HasSubstr("Access-Control")));
  }
}

TEST_F(HttpServerTest, OfHeadTheHeaderAloneGoes) {
  Serve();
  RawClient client(port());
  client.Send("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.ReadAnswer(true), HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(client.Ask(Get("/b")), EndsWith("GET /b "));
}

struct Malformed {
  std::string bytes;
  std::string status;
};

TEST_F(HttpServerTest, WhatIsNoRequestIsRefusedByItsKindAndNobodyIsAsked) {
  limits_.request = {.head_bytes_max = 2'048, .target_bytes_max = 100, .body_bytes_max = 1'000};
  Serve();
  const std::string host = "Host: localhost\r\n";
  for (const Malformed& bad : std::vector<Malformed>{
           {"\x16\x03\x01\x02\r\n\r\n", "400"},
           {"GET /\r\n\r\n", "400"},
           {"GET / HTTP/1.1\r\n\r\n", "400"},
           {"GET / HTTP/1.1\r\n" + host + host + "\r\n", "400"},
           {"GET / HTTP/1.1\r\n" + host + "Bad Name: x\r\n\r\n", "400"},
           {"GET / HTTP/1.0\r\n" + host + "\r\n", "505"},
           {"GET / HTTP/2.0\r\n" + host + "\r\n", "505"},
           {"GET http://localhost/ HTTP/1.1\r\n" + host + "\r\n", "400"},
           {"GET /%zz HTTP/1.1\r\n" + host + "\r\n", "400"},
           {"GET /%00 HTTP/1.1\r\n" + host + "\r\n", "400"},
           {"GET /" + std::string(200, 'a') + " HTTP/1.1\r\n" + host + "\r\n", "414"},
           {"GET / HTTP/1.1\r\n" + host + "X: " + std::string(3'000, 'a') + "\r\n\r\n", "431"},
           {std::string(9'000, 'a'), "431"},
           {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1001\r\n\r\n", "413"},
           {"POST / HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n", "400"},
           {"POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", "400"},
           {"POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "411"},
           {"POST / HTTP/1.1\r\n" + host + "Expect: a miracle\r\nContent-Length: 1\r\n\r\n", "417"},
       }) {
    RawClient client(port());
    EXPECT_EQ(StatusOf(client.Ask(bad.bytes)), bad.status) << bad.bytes.substr(0, 80);
  }
  EXPECT_EQ(handled_, 0);
  EXPECT_EQ(StatusOf(AskOnce(Get("/"))), "200");
}

TEST_F(HttpServerTest, AClientThatIsRefusedInTheMiddleOfItsBodyHearsWhy) {
  limits_.request.body_bytes_max = 1'000;
  Serve();
  RawClient client(port());
  client.Send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n" + std::string(1'000'000, 'x'));
  EXPECT_EQ(StatusOf(client.ReadAnswer()), "413");
}

TEST_F(HttpServerTest, AWordIsSaidToWhomWaitsForIt) {
  Serve();
  RawClient client(port());
  client.Send("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(StatusOf(client.ReadAnswer()), "100");
  EXPECT_THAT(client.Ask("body"), EndsWith("POST / body"));
}

TEST_F(HttpServerTest, WhoCallsItByAnotherNameIsRefused) {
  Serve({.names = {"dr.example.com"}});
  const auto status = [&](const std::string& host) {
    return StatusOf(AskOnce("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"));
  };
  EXPECT_EQ(status("evil.example.com"), "421");
  EXPECT_EQ(status("evil.example.com:9270"), "421");
  EXPECT_EQ(status("localhost.evil.example.com"), "421");
  EXPECT_EQ(status("192.0.2.1"), "421");
  EXPECT_EQ(status(""), "421");
  EXPECT_EQ(handled_, 0);
  for (const char* good :
       {"localhost", "LOCALHOST:9270", "127.0.0.1:9270", "[::1]:9270", "dr.example.com", "DR.example.com:1"}) {
    EXPECT_EQ(status(good), "200") << good;
  }
}

TEST_F(HttpServerTest, APageOfAnotherSiteChangesNothing) {
  Serve();
  EXPECT_EQ(StatusOf(AskOnce(Post("b", "Origin: https://evil.example.com\r\n"))), "403");
  EXPECT_EQ(StatusOf(AskOnce(Post("b", "Origin: null\r\n"))), "403");
  EXPECT_EQ(StatusOf(AskOnce(Post("b", "Sec-Fetch-Site: cross-site\r\n"))), "403");
  EXPECT_EQ(StatusOf(AskOnce(Post("b", "Sec-Fetch-Site: same-site\r\n"))), "403");
  EXPECT_EQ(handled_, 0);
  EXPECT_EQ(StatusOf(AskOnce(Post("b", "Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n"))), "200");
  EXPECT_EQ(StatusOf(AskOnce(Get("/", "Sec-Fetch-Site: cross-site\r\n"))), "200") << "a link leads here";
}

TEST_F(HttpServerTest, WhoIsSlowIsCutOffAndHoldsUpNobody) {
  limits_.head = Millis(150);
  limits_.body = Millis(150);
  limits_.idle = Millis(150);
  Serve();
  RawClient silent(port());
  RawClient drips(port());
  RawClient half_a_body(port());
  RawClient idle(port());
  half_a_body.Send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nab");
  EXPECT_EQ(StatusOf(idle.Ask(Get("/"))), "200");
  std::atomic<bool> over = false;
  std::jthread dripping([&] {
    drips.Send("GET / HTTP/1.1\r\n");
    while (!over) {
      drips.Send("X: 1\r\n");
      std::this_thread::sleep_for(Millis(20));
    }
  });
  EXPECT_EQ(StatusOf(AskOnce(Get("/"))), "200");
  EXPECT_TRUE(silent.ClosedWithin(Millis(5'000)));
  EXPECT_TRUE(half_a_body.ClosedWithin(Millis(5'000)));
  EXPECT_TRUE(idle.ClosedWithin(Millis(5'000)));
  EXPECT_TRUE(drips.ClosedWithin(Millis(5'000)));
  over = true;
}

// Who may be silent for long between two requests may not be so in the middle of one.
TEST_F(HttpServerTest, ALaterRequestHasNoMoreTimeThanTheFirst) {
  limits_.head = Millis(150);
  limits_.idle = Millis(60'000);
  Serve();
  RawClient client(port());
  EXPECT_EQ(StatusOf(client.Ask(Get("/"))), "200");
  client.Send("GET / HTTP/1.1\r\nX: ");
  EXPECT_TRUE(client.ClosedWithin(Millis(5'000)));
}

TEST_F(HttpServerTest, WhoIdlesMakesRoomForWhoComes) {
  limits_.connections_max = 2;
  Serve();
  RawClient first(port());
  EXPECT_EQ(StatusOf(first.Ask(Get("/"))), "200");
  RawClient second(port());
  EXPECT_EQ(StatusOf(second.Ask(Get("/"))), "200");
  RawClient third(port());
  EXPECT_EQ(StatusOf(third.Ask(Get("/"))), "200");
  EXPECT_TRUE(first.ClosedWithin(Millis(5'000))) << "it was idle for longest";
  EXPECT_EQ(StatusOf(second.Ask(Get("/"))), "200");
}

TEST_F(HttpServerTest, WhereAllAreBusyNobodyElseIsTaken) {
  limits_.connections_max = 1;
  Serve();
  RawClient busy(port());
  busy.Send(Get("/slow"));
  std::this_thread::sleep_for(Millis(50));
  RawClient other(port());
  EXPECT_TRUE(other.ClosedWithin(Millis(5'000)));
  EXPECT_EQ(StatusOf(busy.ReadAnswer()), "200");
}

TEST_F(HttpServerTest, AConnectionEndsWithItsLastRequest) {
  limits_.requests_max = 2;
  Serve();
  RawClient client(port());
  EXPECT_THAT(client.Ask(Get("/")), Not(HasSubstr("Connection: close")));
  EXPECT_THAT(client.Ask(Get("/")), HasSubstr("Connection: close"));
  EXPECT_TRUE(client.ClosedWithin(Millis(5'000)));
}

TEST_F(HttpServerTest, ClosingEndsWhatIsUnderWayAndTakesNothingMore) {
  Serve();
  RawClient busy(port());
  RawClient idle(port());
  EXPECT_EQ(StatusOf(idle.Ask(Get("/"))), "200");
  busy.Send(Get("/slow"));
  std::this_thread::sleep_for(Millis(50));
  RunTask(server_->Close());
  EXPECT_THAT(busy.ReadAnswer(), HasSubstr("Connection: close"));
  EXPECT_TRUE(idle.ClosedWithin(Millis(5'000)));
  EXPECT_FALSE(RawClient(port()).good());
  server_.reset();
}

TEST_F(HttpServerTest, AnAddressThatCannotBeListenedOnIsSaidByName) {
  Serve();
  const auto used = TryToServe({.address = "127.0.0.1", .port = port()});
  ASSERT_FALSE(used);
  EXPECT_EQ(used.error().code, ErrorCode::kRefused);
  EXPECT_THAT(ToString(used.error()), HasSubstr("the port is in use"));
  EXPECT_EQ(used.error().where.text(), "127.0.0.1:" + std::to_string(port()));
  EXPECT_EQ(TryToServe({.address = "192.0.2.1", .port = 0}).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(TryToServe({.address = "nowhere", .port = 0}).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(HttpServerTest, UnderTlsAClientIsKnownByItsCertificate) {
  TestSigner clients;
  ServerTls tls = Certificate("server", signer_);
  tls.client_ca = Trusted(clients, "clients.pem");
  Serve({.tls = tls});
  const std::string ca = Trusted(signer_);
  RawClient anonymous(port(), ClientContext(ca).get());
  EXPECT_THAT(anonymous.Ask(Get("/a")), EndsWith("GET /a "));
  const ServerTls known = Certificate("monitor", clients);
  RawClient monitor(port(), ClientContext(ca, known.certificate, known.key).get());
  EXPECT_THAT(monitor.Ask(Get("/a")), EndsWith("GET /a  by CN=monitor"));
  const ServerTls forged = Certificate("forged", signer_);
  RawClient stranger(port(), ClientContext(ca, forged.certificate, forged.key).get());
  EXPECT_EQ(stranger.Ask(Get("/a")), "") << "a certificate of another signer is no client's";
  EXPECT_EQ(RawClient(port()).Ask(Get("/a")), "") << "plain HTTP is none here";
}

TEST_F(HttpServerTest, OldVersionsOfTlsAreRefused) {
  Serve({.tls = Certificate("server", signer_)});
  const auto context = ClientContext(Trusted(signer_));
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  EXPECT_FALSE(RawClient(port(), context.get()).good());
}

TEST_F(HttpServerTest, ARenewedCertificateIsShownWithoutARestartAndABrokenOneIsNot) {
  limits_.files_looked_at = Millis(50);
  TestSigner next;
  const ServerTls tls = Certificate("server", signer_);
  Serve({.tls = tls});
  const auto trusts_next = ClientContext(Trusted(next, "next.pem"));
  EXPECT_FALSE(RawClient(port(), trusts_next.get()).good());
  Certificate("server", next);
  bool shown = false;
  for (int tries = 0; tries < 100 && !shown; ++tries) {
    std::this_thread::sleep_for(Millis(50));
    shown = RawClient(port(), trusts_next.get()).good();
  }
  EXPECT_TRUE(shown);
  std::ofstream(tls.certificate) << "no certificate";
  std::this_thread::sleep_for(Millis(250));
  EXPECT_TRUE(RawClient(port(), trusts_next.get()).good());
}

TEST_F(HttpServerTest, CertificateAndKeyThatCannotBeUsedAreSaidByTheirFile) {
  ServerTls tls = Certificate("server", signer_);
  const std::string other_key = Certificate("other", signer_).key;
  const std::string certificate = tls.certificate;
  tls.key = other_key;
  EXPECT_EQ(TryToServe({}, {.tls = tls}).error().where.text(), other_key);
  tls.certificate = folder_ / "none.pem";
  EXPECT_EQ(TryToServe({}, {.tls = tls}).error().where.text(), folder_ / "none.pem");
}

}  // namespace
}  // namespace lakeferry
