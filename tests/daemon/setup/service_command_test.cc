// How a command is run as a role's service would be, of what `systemctl cat` prints.
#include "daemon/setup/service_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::setup {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kCheck{"/usr/bin/lakeferry", "check", "--role", "receiver"};

TEST(ServiceCommand, TakesUserSandboxAndCredentialsOverInTheirOrderAndNothingOfHowItIsStarted) {
  constexpr std::string_view kUnit =
      "# /usr/lib/systemd/system/lakeferry-receiver.service\n"
      "[Unit]\nDescription=x\nAfter=network.target\n"
      "[Service]\nType=notify\nExecStart=/usr/bin/lakeferry receiver \\\n  --config x\nExecReload=/bin/kill\n"
      "Restart=on-failure\nRestartPreventExitStatus=2\nWatchdogSec=60s\nTimeoutStopSec=60s\nRuntimeDirectory=x\n"
      "User = lakeferry\nCapabilityBoundingSet=\nProtectSystem=strict\n"
      "\n# /etc/systemd/system/lakeferry-receiver.service.d/lakeferry.conf\n"
      "[Service]\n; a comment\nReadWritePaths=-\"/srv/d r\" \\\n# between\n  -/srv/50%%\n"
      "LoadCredential=smtp:/etc/k\n[Install]\nWantedBy=multi-user.target\n";
  EXPECT_THAT(ServiceCommand(kUnit, kCheck),
              ElementsAre("systemd-run", "--quiet", "--pipe", "--wait", "--collect", "--property=User=lakeferry",
                          "--property=CapabilityBoundingSet=", "--property=ProtectSystem=strict",
                          "--property=ReadWritePaths=-\"/srv/d r\"  -/srv/50%", "--property=LoadCredential=smtp:/etc/k",
                          "--", "/usr/bin/lakeferry", "check", "--role", "receiver"));
}

TEST(ServiceCommand, AUnitWithoutAServiceSectionGivesTheCommandAlone) {
  const std::vector<std::string> words = ServiceCommand("[Unit]\nUser=x\n", kCheck);
  EXPECT_THAT(words, Not(Contains(HasSubstr("--property"))));
  EXPECT_THAT(words, Contains("check"));
}

}  // namespace
}  // namespace lakeferry::setup
