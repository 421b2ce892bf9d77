// Proxies, addresses, dates and attempts: what decides without a socket.
#include <gtest/gtest.h>

#include <map>

#include "http/address_rules.h"
#include "http/http_date.h"
#include "http/proxy_rules.h"
#include "http/retry.h"

namespace lakeferry {
namespace {

Result<ProxyRules> Rules(std::map<std::string, std::string> variables) {
  return ProxyRules::FromEnvironment([variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  });
}

Origin Https(std::string host) { return {.tls = true, .host = std::move(host), .port = 443}; }
Origin Http(std::string host) { return {.tls = false, .host = std::move(host), .port = 80}; }

TEST(ProxyRulesTest, WithoutVariablesThereIsNone) { EXPECT_EQ(Rules({}).value().For(Https("h")), nullptr); }

TEST(ProxyRulesTest, EachSchemeHasItsProxy) {
  const ProxyRules rules = Rules({{"HTTPS_PROXY", "http://p:3128"}, {"http_proxy", "q:80"}}).value();
  EXPECT_EQ(rules.For(Https("h"))->origin, (Origin{.tls = false, .host = "p", .port = 3128}));
  EXPECT_EQ(rules.For(Http("h"))->origin, (Origin{.tls = false, .host = "q", .port = 80}));
  EXPECT_EQ(Rules({{"ALL_PROXY", "http://a:1"}}).value().For(Http("h"))->origin.host, "a");
}

// A web server sets HTTP_PROXY from a request's header.
TEST(ProxyRulesTest, HttpProxyInUpperCaseIsNotBelieved) {
  EXPECT_EQ(Rules({{"HTTP_PROXY", "http://p:1"}}).value().For(Http("h")), nullptr);
}

TEST(ProxyRulesTest, NoProxyNamesHostsAndWhatIsBelow) {
  const ProxyRules rules =
      Rules({{"https_proxy", "http://p:1"}, {"no_proxy", "a.example, .b.example,*.c.example d.example:444"}}).value();
  for (const auto* host :
       {"a.example", "x.a.example", "b.example", "x.b.example", "x.c.example", "localhost", "127.0.0.1"}) {
    EXPECT_EQ(rules.For(Https(host)), nullptr) << host;
  }
  for (const auto* host : {"xa.example", "a.example.org", "d.example"})
    EXPECT_NE(rules.For(Https(host)), nullptr) << host;
  EXPECT_EQ(Rules({{"https_proxy", "http://p:1"}, {"NO_PROXY", "*"}}).value().For(Https("h")), nullptr);
}

TEST(ProxyRulesTest, NameAndPasswordBecomeAuthorization) {
  const ProxyRules rules = Rules({{"https_proxy", "http://me:p%40ss@p:1"}}).value();
  EXPECT_EQ(rules.For(Https("h"))->authorization.Reveal(), "Basic bWU6cEBzcw==");
  EXPECT_EQ(rules.For(Https("h"))->origin.host, "p");
}

TEST(ProxyRulesTest, ProxyThatCannotBeUsedIsNamedByItsVariableAlone) {
  for (const auto* value : {"https://p:1", "socks5://p:1", "http://me:hunter22@:0"}) {
    const auto rules = Rules({{"HTTPS_PROXY", value}});
    ASSERT_FALSE(rules.has_value()) << value;
    EXPECT_EQ(rules.error().where, "HTTPS_PROXY");
    EXPECT_EQ(ToString(rules.error()).find("hunter22"), std::string::npos);
  }
}

TEST(AddressRulesTest, MetadataServicesAndNobodysAddressesAreForbidden) {
  for (const auto* text : {"169.254.169.254", "169.254.0.1", "fe80::1", "fd00:ec2::254", "100.100.100.200", "0.0.0.0",
                           "::", "255.255.255.255", "224.0.0.1", "ff02::1", "::ffff:169.254.169.254"}) {
    EXPECT_TRUE(ForbiddenAddress(boost::asio::ip::make_address(text)).has_value()) << text;
  }
  for (const auto* text : {"127.0.0.1", "10.1.2.3", "192.168.0.1", "52.216.0.1", "::1", "2600::1", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE(ForbiddenAddress(boost::asio::ip::make_address(text)).has_value()) << text;
  }
}

TEST(HttpDateTest, ReadsTheOneFormAndNothingElse) {
  EXPECT_EQ(ToEpochMs(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT").value()), 784'111'777'000);
  for (const auto* text :
       {"", "Sun, 06 Nov 1994 08:49:37 UTC", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT"}) {
    EXPECT_FALSE(ParseHttpDate(text).has_value()) << text;
  }
}

TEST(RetryTest, StatusSaysWhetherAnythingWasDone) {
  EXPECT_EQ(RetryClassOf(503), RetryClass::kNotDone);
  EXPECT_EQ(RetryClassOf(429), RetryClass::kNotDone);
  EXPECT_EQ(RetryClassOf(500), RetryClass::kMaybeDone);
  EXPECT_EQ(RetryClassOf(504), RetryClass::kMaybeDone);
  for (const int status : {200, 301, 400, 403, 404, 409, 412, 501}) EXPECT_EQ(RetryClassOf(status), RetryClass::kFinal);
}

TEST(RetryTest, RetryAfterIsSecondsOrADate) {
  const TimeMs now = ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT").value();
  EXPECT_EQ(RetryAfter({{"retry-after", "7"}}, now), Millis(7'000));
  EXPECT_EQ(RetryAfter({{"Retry-After", "Sun, 06 Nov 1994 08:49:47 GMT"}}, now), Millis(10'000));
  EXPECT_EQ(RetryAfter({{"Retry-After", "Sun, 06 Nov 1994 08:49:27 GMT"}}, now), Millis(0));
  EXPECT_EQ(RetryAfter({{"Retry-After", "soon"}}, now), std::nullopt);
  EXPECT_EQ(RetryAfter({}, now), std::nullopt);
}

TEST(RetryTest, DelayDoublesUpToItsLimitAndIsAnyPartOfIt) {
  const RetryRules rules{.delay_first = Millis(100), .delay_max = Millis(1'000)};
  for (int number = 0; number < 40; ++number) {
    const int64_t full = number < 4 ? 100 << number : 1'000;
    EXPECT_EQ(RetryDelay(rules, number, 0), Millis(1));
    EXPECT_EQ(RetryDelay(rules, number, static_cast<uint64_t>(full) - 1), Millis(full));
    EXPECT_EQ(RetryDelay(rules, number, static_cast<uint64_t>(full)), Millis(1));
  }
}

}  // namespace
}  // namespace lakeferry
