// What the engine may keep in memory follows from how much there is to look after.
#include <fmt/format.h>

#include "tests/daemon/config/config_texts.h"

namespace lakeferry {
namespace {

ConfigResult OfTables(int count) {
  std::string tables = "[";
  for (int i = 0; i < count; ++i) {
    tables += fmt::format("{{name: t{0}, source: file:///lake/t{0}, target: file:///dr/t{0}}}, ", i);
  }
  return LoadConfig(ConfigLines{.tables = tables + "]"}.Text(), "c.yaml");
}

TEST(ConfigLimits, LiveSetsStayInMemoryWhereTheyAreFew) {
  const ConfigResult few = OfTables(1'000);
  ASSERT_TRUE(few.has_value());
  EXPECT_TRUE(few->limits.live_sets_stay);
  const ConfigResult many = OfTables(1'001);
  ASSERT_TRUE(many.has_value());
  EXPECT_FALSE(many->limits.live_sets_stay);
}

}  // namespace
}  // namespace lakeferry
