// `lakeferry init` as its users call it: a first configuration, then the drop-ins made from it.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/commands/command_line.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Init : public ::testing::Test {
 protected:
  // The exit code; the texts are in out_ and err_.
  int Run(std::vector<std::string> arguments) {
    std::ostringstream out;
    std::ostringstream err;
    arguments.insert(arguments.begin(), {"init", "--config", config_});
    const int code = RunCommandLine(arguments, out, err);
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  [[nodiscard]] static std::string Read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  TempFolder folder_;
  std::string config_ = folder_ / "etc/c.yaml";
  std::string units_ = folder_ / "units";
  std::string sender_ = units_ + "/lakeferry-sender.service.d/lakeferry.conf";
  std::string receiver_ = units_ + "/lakeferry-receiver.service.d/lakeferry.conf";
  std::string out_;
  std::string err_;
};

TEST_F(Init, WritesAConfigurationWhereThereIsNone) {
  EXPECT_EQ(Run({"--role", "receiver"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(StartsWith("created " + config_ + "\nnext:\n  edit "), HasSubstr("lakeferry init --config"),
                          HasSubstr("lakeferry check --config")));
  EXPECT_THAT(Read(config_), HasSubstr("\nrole: receiver "));
  EXPECT_EQ(fs::status(config_).permissions(), fs::perms(0640));
}

TEST_F(Init, ShowsItAloneWithDryRun) {
  EXPECT_EQ(Run({"--dry-run"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(StartsWith("# would be created: " + config_), HasSubstr("\nrole: both ")));
  EXPECT_FALSE(fs::exists(config_));
}

TEST_F(Init, LeavesAConfigurationAsItIsAndWritesItsDropIns) {
  ASSERT_EQ(Run({}), 0) << err_;
  const std::string before = Read(config_);
  EXPECT_EQ(Run({"--units", units_}), 0) << err_;
  EXPECT_EQ(Read(config_), before);
  EXPECT_THAT(Read(sender_), HasSubstr("\nReadWritePaths=-/srv/dr/staging\n"));
  EXPECT_THAT(Read(receiver_), HasSubstr("\nReadWritePaths=-/srv/dr\n"));
  EXPECT_THAT(out_, AllOf(HasSubstr("created " + sender_ + "\n  + [Service]\n  + ReadWritePaths=-/srv/dr/staging\n"),
                          HasSubstr("systemctl daemon-reload"), HasSubstr("enable --now lakeferry-receiver")));
}

TEST_F(Init, AgainItChangesNothingAndAfterAnEditItSaysWhat) {
  ASSERT_EQ(Run({"--role", "sender"}), 0) << err_;
  ASSERT_EQ(Run({"--units", units_}), 0) << err_;
  EXPECT_FALSE(fs::exists(receiver_)) << "the configuration keeps this host to the sender";
  EXPECT_EQ(Run({"--units", units_}), 0) << err_;
  EXPECT_THAT(out_, AllOf(StartsWith("unchanged " + sender_ + "\nnext:\n"), Not(HasSubstr("daemon-reload"))));
  std::string text = Read(config_);
  text.replace(text.find("/srv/dr/staging"), 15, "/srv/elsewhere!");
  std::ofstream(config_) << text;
  EXPECT_EQ(Run({"--units", units_}), 0) << err_;
  EXPECT_THAT(out_, AllOf(StartsWith("changed " + sender_), HasSubstr("\n  - ReadWritePaths=-/srv/dr/staging\n"),
                          HasSubstr("\n  + ReadWritePaths=\"-/srv/elsewhere!\"\n"),
                          HasSubstr("systemctl restart lakeferry-sender")));
}

TEST_F(Init, ShowsDropInsWithoutWritingThem) {
  ASSERT_EQ(Run({}), 0) << err_;
  EXPECT_EQ(Run({"--units", units_, "--dry-run", "--role", "sender"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(StartsWith("# would be created: " + sender_), HasSubstr("\n[Service]\n"),
                          Not(HasSubstr("receiver"))));
  EXPECT_FALSE(fs::exists(units_));
  EXPECT_EQ(Run({"--units", units_, "--dry-run", "--json"}), 0) << err_;
  EXPECT_THAT(out_, AllOf(StartsWith(R"({"written":false,"files":[{"path":")"), HasSubstr(R"("change":"created")"),
                          HasSubstr(R"("added":["[Service]","ReadWritePaths=-/srv/dr/staging"])"),
                          HasSubstr(R"("notes":[],"next":[)")));
}

TEST_F(Init, CompletionsHaveTheNamesOfTheConfiguration) {
  ASSERT_EQ(Run({}), 0) << err_;
  for (const auto& [kind, names] : {std::pair("groups", "orders\n"), std::pair("workflows", "nightly_orders\n")}) {
    std::ostringstream out;
    EXPECT_EQ(RunCommandLine({"names", kind, "--config", config_}, out, out), 0);
    EXPECT_EQ(out.str(), names);
  }
}

TEST_F(Init, RefusesWhatItCannotKnow) {
  ASSERT_EQ(Run({"--role", "sender"}), 0) << err_;
  EXPECT_EQ(Run({"--role", "receiver"}), 2);
  EXPECT_THAT(err_, HasSubstr("configured as sender alone"));
  EXPECT_EQ(Run({"--role", "both"}), 2);
  fs::create_directories(fs::path(sender_).parent_path());
  std::ofstream(sender_) << "[Service]\nReadWritePaths=/mine\n";
  EXPECT_EQ(Run({"--units", units_}), 3);
  EXPECT_THAT(err_, AllOf(HasSubstr(sender_), HasSubstr("left as it is")));
  EXPECT_EQ(Read(sender_), "[Service]\nReadWritePaths=/mine\n");
  std::ofstream(config_) << "regoin: x\n";
  EXPECT_EQ(Run({"--units", units_}), 2);
  EXPECT_THAT(err_, HasSubstr("did you mean region?"));
  EXPECT_THAT(out_, IsEmpty());
}

}  // namespace
}  // namespace lakeferry
