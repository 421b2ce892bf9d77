#include "notify/smtp/smtp_options.h"

#include <functional>
#include <string>
#include <vector>

namespace lakeferry::notify {
namespace {

SmtpOptions Good() {
  SmtpOptions options;
  options.host = "mail.example";
  options.from = "dr@lake.example";
  return options;
}

TEST(CheckSmtpOptions, TakesAServerWithAndWithoutLogin) {
  SmtpOptions options = Good();
  EXPECT_TRUE(CheckSmtpOptions(options));
  options.username = "dr";
  options.password = Secret("pass word");
  EXPECT_TRUE(CheckSmtpOptions(options));
}

TEST(CheckSmtpOptions, TakesAddressesOfBothKinds) {
  SmtpOptions options = Good();
  options.host = "127.0.0.1";
  EXPECT_TRUE(CheckSmtpOptions(options));
  EXPECT_EQ(ServerName(options), "127.0.0.1:587");
  options.host = "::1";
  EXPECT_TRUE(CheckSmtpOptions(options));
  EXPECT_EQ(ServerName(options), "[::1]:587");
}

TEST(CheckSmtpOptions, RefusesEachBadField) {
  struct Case {
    const char* what;
    std::function<void(SmtpOptions&)> spoil;
  };
  const std::vector<Case> cases = {
      {"no host", [](SmtpOptions& o) { o.host.clear(); }},
      {"a URL for a host", [](SmtpOptions& o) { o.host = "smtp://mail.example"; }},
      {"a user in the host", [](SmtpOptions& o) { o.host = "dr@mail.example"; }},
      {"a line break in the host", [](SmtpOptions& o) { o.host = "mail.example\r\nX: y"; }},
      {"an option for a host", [](SmtpOptions& o) { o.host = "-oProxy"; }},
      {"a path in the host", [](SmtpOptions& o) { o.host = "mail.example/x"; }},
      {"a query in the greeting", [](SmtpOptions& o) { o.helo = "me?x"; }},
      {"a line break in the greeting", [](SmtpOptions& o) { o.helo = "me\r\nRSET"; }},
      {"port 0", [](SmtpOptions& o) { o.port = 0; }},
      {"no sender", [](SmtpOptions& o) { o.from.clear(); }},
      {"a sender with a name", [](SmtpOptions& o) { o.from = "Lake <dr@lake.example>"; }},
      {"no time to connect", [](SmtpOptions& o) { o.connect_timeout = Millis(0); }},
      {"no time at all", [](SmtpOptions& o) { o.total_timeout = Millis(-1); }},
      {"a user without a password", [](SmtpOptions& o) { o.username = "dr"; }},
      {"a password without a user", [](SmtpOptions& o) { o.password = Secret("tiger"); }},
      {"a line break in the password", [](SmtpOptions& o) { o.username = "dr", o.password = Secret("tiger\n"); }},
      {"a password in the clear",
       [](SmtpOptions& o) {
         o.username = "dr";
         o.password = Secret("tiger");
         o.security = SmtpSecurity::kPlain;
       }},
  };
  for (const Case& each : cases) {
    SmtpOptions options = Good();
    each.spoil(options);
    const Status checked = CheckSmtpOptions(options);
    ASSERT_FALSE(checked) << each.what;
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument) << each.what;
    EXPECT_EQ(ToString(checked.error()).find("tiger"), std::string::npos) << each.what;
    EXPECT_EQ(ToString(checked.error()).find_first_of("\r\n"), std::string::npos) << each.what;
  }
}

}  // namespace
}  // namespace lakeferry::notify
