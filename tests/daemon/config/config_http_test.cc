// The key `http`.
#include "daemon/config/config_http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ConfigResult LoadHttp(const std::string& http, const std::string& workspace = {}) {
  return LoadConfig(
      ConfigLines{.top = "http: " + http + "\n", .workspace = workspace, .group = "        workflow: w\n"}.Text(),
      "c.yaml");
}

HttpSettings HttpOf(const std::string& http) {
  const ConfigResult config = LoadHttp(http);
  EXPECT_TRUE(config) << ToText("c.yaml", config ? std::vector<ConfigProblem>() : config.error());
  return config && config->http ? *config->http : HttpSettings();
}

TEST(ConfigHttp, WithoutTheKeyNobodyListens) {
  EXPECT_EQ(LoadConfig(ConfigLines{}.Text(), "c.yaml")->http, std::nullopt);
}

TEST(ConfigHttp, AnAddressIsOfBothRolesOrEachHasItsOwn) {
  const HttpSettings both = HttpOf("{ listen: 127.0.0.1:9270 }");
  EXPECT_EQ(both.sender, (HttpAddress{.address = "127.0.0.1", .port = 9270}));
  EXPECT_EQ(both.receiver, both.sender);
  const HttpSettings each = HttpOf("{ listen: { sender: 'localhost:9270', receiver: '[::1]:9271' } }");
  EXPECT_EQ(each.Of(Role::kSender), (HttpAddress{.address = "127.0.0.1", .port = 9270}));
  EXPECT_EQ(each.Of(Role::kReceiver), (HttpAddress{.address = "::1", .port = 9271}));
  EXPECT_EQ(ToString(*each.receiver), "[::1]:9271");
  EXPECT_EQ(HttpOf("{ listen: { sender: '127.0.0.1:1' } }").receiver, std::nullopt);
}

TEST(ConfigHttp, EveryKeyIsTaken) {
  const HttpSettings http = HttpOf(
      "{ listen: '0.0.0.0:9270', tls: { certificate: /c.pem, key: /k.pem }, token: { file: /t }, client_ca: /ca.pem, "
      "names: [dr.example.com], push_secret: { env: P } }");
  EXPECT_EQ(http.certificate, "/c.pem");
  EXPECT_EQ(http.key, "/k.pem");
  EXPECT_EQ(http.client_ca, "/ca.pem");
  EXPECT_EQ(http.token, (SecretRef{SecretRef::Kind::kFile, "/t"}));
  EXPECT_EQ(http.push_secret, (SecretRef{SecretRef::Kind::kEnvironment, "P"}));
  EXPECT_THAT(http.names, ElementsAre("dr.example.com"));
}

TEST(ConfigHttp, WhoMayControlIsKnownByATokenOrACertificate) {
  const HttpSettings http = HttpOf(
      "{ listen: '127.0.0.1:1', tls: { certificate: /c, key: /k }, client_ca: /ca, "
      "control: [{ name: on_call, token: { file: /t } }, { name: desk, certificate: 'CN=desk,O=Example' }] }");
  EXPECT_THAT(http.control,
              ElementsAre(HttpController{.name = "on_call", .token = SecretRef{SecretRef::Kind::kFile, "/t"}},
                          HttpController{.name = "desk", .token = {}, .certificate = "CN=desk,O=Example"}));
  EXPECT_THAT(SecretsOf(http), ElementsAre(SecretRef{SecretRef::Kind::kFile, "/t"}));
  EXPECT_TRUE(HttpOf("{ listen: '127.0.0.1:1' }").control.empty());
}

struct BadHttp {
  std::string http;
  std::string problem;
};

TEST(ConfigHttp, WhatIsWrongIsSaidWithItsKey) {
  const std::string tls = "tls: { certificate: /c, key: /k }";
  for (const BadHttp& bad : std::vector<BadHttp>{
           {"{}", "http.listen | listen is missing"},
           {"{ listen: 9270 }", "http.listen"},
           {"{ listen: '127.0.0.1' }", "no address to listen on"},
           {"{ listen: '127.0.0.1:0' }", "no address to listen on"},
           {"{ listen: '127.0.0.1:65536' }", "no address to listen on"},
           {"{ listen: 'example.com:80' }", "no address to listen on"},
           {"{ listen: '::1:80' }", "no address to listen on"},
           {"{ listen: { sender: '127.0.0.1:1', receiver: '127.0.0.1:1' } }", "at the same address"},
           {"{ listen: '0.0.0.0:9270', token: { env: T } }", "goes without encryption"},
           {"{ listen: '0.0.0.0:9270', " + tls + " }", "nothing says who may ask"},
           {"{ listen: '[::]:9270' }", "goes without encryption"},
           {"{ listen: { receiver: '192.0.2.1:9270' } }", "nothing says who may ask"},
           {"{ listen: '127.0.0.1:1', client_ca: /ca }", "shown under TLS alone"},
           {"{ listen: '127.0.0.1:1', tls: { certificate: /c } }", "key is missing"},
           {"{ listen: '127.0.0.1:1', tls: { certificate: c, key: /k } }", "not absolute"},
           {"{ listen: '127.0.0.1:1', token: abc-def-ghi }", "token holds a secret inline"},
           {"{ listen: '127.0.0.1:1', names: ['https://x'] }", "no host's name"},
           {"{ listen: '127.0.0.1:1', tokens: { env: T } }", "did you mean token?"},
           {"{ listen: '127.0.0.1:1', control: [] }", "http.control"},
           {"{ listen: '127.0.0.1:1', control: [{ token: { env: T } }] }", "name"},
           {"{ listen: '127.0.0.1:1', control: [{ name: a }] }", "by a token or by a certificate"},
           {"{ listen: '127.0.0.1:1', control: [{ name: a, token: { env: T }, certificate: CN=a }] }",
            "by a token or by a certificate"},
           {"{ listen: '127.0.0.1:1', control: [{ name: a, token: inline-secret }] }", "token holds a secret inline"},
           {"{ listen: '127.0.0.1:1', control: [{ name: a, certificate: CN=a }] }", "clients show no certificate here"},
           {"{ listen: '127.0.0.1:1', token: { env: T }, control: [{ name: a, token: { env: T } }] }",
            "no token by which one controls"},
           {"{ listen: '127.0.0.1:1', control: [{ name: a, token: { env: T } }, { name: a, token: { env: U } }] }",
            "not told from another entry"},
           {"{ listen: '127.0.0.1:1', control: [{ name: a, token: { env: T } }, { name: b, token: { env: T } }] }",
            "not told from another entry"},
       }) {
    const ConfigResult config = LoadHttp(bad.http);
    ASSERT_FALSE(config) << bad.http;
    EXPECT_THAT(ProblemLines(config), testing::Contains(HasSubstr(bad.problem))) << bad.http;
  }
}

TEST(ConfigHttp, RunsThatArePushedNeedSomebodyWhoTakesThem) {
  const std::string push = "    workflow_source: { kind: push }\n";
  const auto errors = [](const ConfigResult& config) {
    EXPECT_TRUE(config);
    return std::ranges::count(config->notes, plan::Severity::kError, &plan::Finding::severity);
  };
  EXPECT_EQ(errors(LoadConfig(ConfigLines{.workspace = push, .group = "        workflow: w\n"}.Text(), "c.yaml")), 1);
  EXPECT_EQ(errors(LoadHttp("{ listen: '127.0.0.1:1' }", push)), 1);
  EXPECT_EQ(errors(LoadHttp("{ listen: { receiver: '127.0.0.1:1' }, token: { env: T } }", push)), 1);
  EXPECT_EQ(errors(LoadHttp("{ listen: '127.0.0.1:1', token: { env: T } }", push)), 0);
  EXPECT_EQ(errors(LoadHttp("{ listen: '127.0.0.1:1', push_secret: { env: T } }", push)), 0);
  const ConfigResult config = LoadHttp("{ listen: '127.0.0.1:1', token: { env: T } }", push);
  EXPECT_EQ(config->workflow_sources.at("orders").kind, WorkflowKind::kPush);
  EXPECT_EQ(config->groups[0].poll_interval, Millis(500)) << "they lie beside us";
}

}  // namespace
}  // namespace lakeferry
