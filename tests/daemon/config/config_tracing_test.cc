// The key `tracing`.
#include "daemon/config/config_tracing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ConfigResult LoadTracing(const std::string& value) {
  return LoadConfig(ConfigLines{.top = "tracing: " + value + "\n", .group = "        workflow: w\n"}.Text(), "c.yaml");
}

TEST(ConfigTracing, AnEndpointIsAUrlOrTheCollectorsAddress) {
  EXPECT_EQ(LoadConfig(ConfigLines{}.Text(), "c.yaml")->tracing, std::nullopt);
  const auto endpoint = [](const std::string& url) {
    return LoadTracing("{ endpoint: '" + url + "' }")->tracing->endpoint;
  };
  EXPECT_EQ(endpoint("http://127.0.0.1:4318"), "http://127.0.0.1:4318/v1/traces");
  EXPECT_EQ(endpoint("https://c.example:4318/"), "https://c.example:4318/v1/traces");
  EXPECT_EQ(endpoint("https://c.example/otlp/v1/traces"), "https://c.example/otlp/v1/traces");
  EXPECT_EQ(LoadTracing("{ endpoint: 'http://c.example:4318', allow_http: true }")->tracing->endpoint,
            "http://c.example:4318/v1/traces");
  EXPECT_EQ(LoadTracing("{ endpoint: 'https://c.example', token: { file: /t } }")->tracing->token,
            (SecretRef{SecretRef::Kind::kFile, "/t"}));
}

TEST(ConfigTracing, WhatIsWrongIsSaidWithItsKey) {
  EXPECT_THAT(ProblemLines(LoadTracing("{ token: { env: T } }")), ElementsAre(HasSubstr("endpoint")));
  EXPECT_THAT(ProblemLines(LoadTracing("{ endpoint: collector }")), ElementsAre(HasSubstr("endpoint")));
  EXPECT_THAT(ProblemLines(LoadTracing("{ endpoint: 'http://c.example:4318' }")),
              ElementsAre(HasSubstr("not sent over http")));
  EXPECT_THAT(ProblemLines(LoadTracing("{ endpoint: 'https://c.example', token: inline-secret }")),
              ElementsAre(HasSubstr("token holds a secret inline")));
  EXPECT_THAT(ProblemLines(LoadTracing("{ endpoint: 'https://c.example', sample: 1 }")),
              ElementsAre(HasSubstr("sample")));
}

}  // namespace
}  // namespace lakeferry
