#include "tests/daemon/commands_fixture.h"

namespace lakeferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using BandwidthCommands = Commands;

TEST_F(BandwidthCommands, CheckSaysWhatLimitsCopiesAtThisTime) {
  EXPECT_THAT(Run({"check"}).out, Not(HasSubstr("bandwidth")));
  Write(root_ / "c.yaml",
        "bandwidth: 200MB/s\n" + Config("bandwidth: {windows: [{from: \"00:00\", to: \"24:00\", limit: 50MB/s}]}"));
  const std::string out = Run({"check"}).out;
  EXPECT_THAT(out, HasSubstr("bandwidth: this process copies at most 200 MB/s at this time"));
  EXPECT_THAT(out, HasSubstr("bandwidth: group 'orders' copies at most 50.0 MB/s at this time"));
  Write(root_ / "c.yaml", Config("bandwidth: {windows: [{from: \"00:00\", to: \"24:00\", limit: none}]}"));
  EXPECT_THAT(Run({"check"}).out, HasSubstr("bandwidth: group 'orders' copies as fast as it goes at this time"));
}

TEST_F(BandwidthCommands, StatusHasTheLowerLimit) {
  Write(root_ / "c.yaml", "bandwidth: 20MB/s\n" + Config("bandwidth: 50MB/s"));
  EXPECT_THAT(Run({"status", "--json"}).out, HasSubstr("\"bandwidth_limit\":20000000"));
  Write(root_ / "c.yaml", "bandwidth: 20MB/s\n" + Config("bandwidth: 5MB/s"));
  EXPECT_THAT(Run({"status", "--json"}).out, HasSubstr("\"bandwidth_limit\":5000000"));
}

}  // namespace
}  // namespace lakeferry
