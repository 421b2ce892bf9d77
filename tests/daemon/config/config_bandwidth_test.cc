#include "daemon/config/config_bandwidth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "daemon/config/load_config.h"
#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

using ::testing::HasSubstr;

std::string TextOfGroup(const std::string& lines) { return ConfigLines{.group = lines}.Text(); }

plan::Bandwidth OfGroup(const std::string& lines) {
  const auto config = LoadConfig(TextOfGroup(lines), "c.yaml");
  EXPECT_TRUE(config.has_value());
  return config ? config->groups.at(0).bandwidth : plan::Bandwidth();
}

std::string Problem(const std::string& lines) {
  const auto config = LoadConfig(TextOfGroup(lines), "c.yaml");
  if (config || config.error().size() != 1) return config ? "none" : "several";
  const auto& problem = config.error().front();
  return problem.place.path + " | " + problem.message + " | " + problem.remedy;
}

TEST(ConfigBandwidth, RateHasAUnit) {
  const struct {
    const char* text;
    plan::ByteRate rate;
  } kCases[] = {
      {"200MB/s", 200'000'000},
      {"200 MB/s", 200'000'000},
      {"1.5GB/s", 1'500'000'000},
      {"1kB/s", 1'000},
      {"1TB/s", 1'000'000'000'000},
      {"50MiB/s", 52'428'800},
      {"1KiB/s", 1'024},
      {"2GiB/s", 2'147'483'648},
      {"5000B/s", 5'000},
      {"800Mbit/s", 100'000'000},
      {"10Gbit/s", 1'250'000'000},
      {"8kbit/s", 1'000},
      {"8000bit/s", 1'000},
      {"999B/s", {}},
      {"2TB/s", {}},
      {"0MB/s", {}},
      {"-5MB/s", {}},
      {"200", {}},
      {"MB/s", {}},
      {"200mb/s", {}},
      {"200MB", {}},
      {"200MB/sec", {}},
      {"1e6B/s", {}},
      {"inf MB/s", {}},
      {"nanMB/s", {}},
      {"", {}},
  };
  for (const auto& one : kCases) EXPECT_EQ(ParseByteRate(one.text), one.rate) << one.text;
}

TEST(ConfigBandwidth, GroupHasARateOrWindows) {
  EXPECT_FALSE(OfGroup("").limits());
  EXPECT_EQ(OfGroup("        bandwidth: 5MB/s\n"), (plan::Bandwidth{.limit = 5'000'000}));
  EXPECT_EQ(OfGroup("        bandwidth: none\n"), plan::Bandwidth());
  EXPECT_EQ(OfGroup("        bandwidth:\n"
                    "          limit: 9MB/s\n"
                    "          time_zone: Europe/Vienna\n"
                    "          windows:\n"
                    "            - {from: \"08:00\", to: \"18:30\", limit: 1MB/s}\n"
                    "            - {from: \"22:00\", to: \"24:00\", limit: none}\n"),
            (plan::Bandwidth{.limit = 9'000'000,
                             .windows = {{.from = std::chrono::hours(8),
                                          .to = std::chrono::hours(18) + std::chrono::minutes(30),
                                          .limit = 1'000'000},
                                         {.from = std::chrono::hours(22), .to = std::chrono::hours(24), .limit = {}}},
                             .time_zone = "Europe/Vienna"}));
}

TEST(ConfigBandwidth, ProcessHasItToo) {
  const auto config = LoadConfig("bandwidth: 7MB/s\n" + TextOfGroup(""), "c.yaml");
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->limits.bandwidth.limit, 7'000'000);
  EXPECT_FALSE(config->groups.at(0).bandwidth.limits());
}

TEST(ConfigBandwidth, WhatIsWrongIsNamed) {
  const std::string window = "        bandwidth: {windows: [{";
  const struct {
    std::string lines;
    const char* said;
  } kCases[] = {
      {"        bandwidth: fast\n", ".bandwidth | 'fast' is no rate | write bytes or bits in a second"},
      {"        bandwidth: 5\n", "expected a text, found a number"},
      {"        bandwidth: {limit: 1}\n", ".bandwidth.limit | expected a text, found a number"},
      {"        bandwidth: {rate: 1MB/s}\n", "rate"},
      {"        bandwidth: {time_zone: Mars/North}\n", "'Mars/North' is no time zone"},
      {"        bandwidth: {windows: []}\n", ".bandwidth.windows |"},
      {window + "from: \"08:00\", to: \"18:00\"}]}\n", ".windows[0].limit | limit is missing"},
      {window + "to: \"18:00\", limit: 1MB/s}]}\n", ".windows[0].from | from is missing"},
      {window + "from: \"8:00\", to: \"18:00\", limit: 1MB/s}]}\n", "'8:00' is no time of day"},
      {window + "from: \"08:60\", to: \"18:00\", limit: 1MB/s}]}\n", "'08:60' is no time of day"},
      {window + "from: \"08:00\", to: \"24:01\", limit: 1MB/s}]}\n", "'24:01' is no time of day"},
      {window + "from: \"08:00\", to: \"-1:00\", limit: 1MB/s}]}\n", "'-1:00' is no time of day"},
      {window + "from: \"08:00\", to: \"08:00\", limit: 1MB/s}]}\n", "the window ends when it begins"},
      {window + "from: \"08:00\", to: \"18:00\", limit: slow}]}\n", "'slow' is no rate"},
  };
  for (const auto& one : kCases) EXPECT_THAT(Problem(one.lines), HasSubstr(one.said)) << one.lines;
}

}  // namespace
}  // namespace lakeferry
