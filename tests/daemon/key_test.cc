// Keys of signatures: in files and in the configuration.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "daemon/config/config.h"
#include "daemon/config/key_file.h"
#include "daemon/config/load_config.h"

namespace lakeferry {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Keys : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) / ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  [[nodiscard]] std::string File(const std::string& name) const { return (folder_ / name).string(); }
  // A configuration with these lines in its workspace, and one group.
  [[nodiscard]] ConfigResult Load(const std::string& lines, const std::string& top = "") const {
    return LoadConfig(top + "workspaces:\n  - workspace_name: demo\n    sync_location_secondary: file://" +
                          folder_.string() + "/staging\n" + lines +
                          "    sync_groups:\n      - group_name: orders\n"
                          "        tables: [{name: b, source: file:///lake/b, target: file:///dr/b}]\n",
                      "test.yaml");
  }
  [[nodiscard]] std::string Problem(const std::string& lines) const {
    const ConfigResult config = Load(lines);
    return config ? "" : ToText("test.yaml", config.error());
  }

  fs::path folder_;
};

TEST_F(Keys, ANewKeyIsForItsOwnerAloneAndNeverWrittenOver) {
  const auto key = WriteNewKey(File("a.pem"));
  ASSERT_TRUE(key);
  struct stat info{};
  ASSERT_EQ(stat(File("a.pem").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  const auto read = KeyReader({.kind = SecretRef::Kind::kFile, .name = File("a.pem")})();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->public_key(), key->public_key());
  EXPECT_FALSE(WriteNewKey(File("a.pem")));
  EXPECT_FALSE(WriteNewKey(File("none/a.pem")));
  fs::create_symlink(File("elsewhere"), File("link"));
  EXPECT_FALSE(WriteNewKey(File("link"))) << "a link is not followed";
}

TEST_F(Keys, AKeyThatAppearsLaterIsTaken) {
  const auto reader = KeyReader({.kind = SecretRef::Kind::kFile, .name = File("late.pem")});
  const auto missing = reader();
  ASSERT_FALSE(missing);
  EXPECT_THAT(ToString(missing.error()), HasSubstr("late.pem"));
  const auto key = WriteNewKey(File("late.pem"));
  ASSERT_TRUE(key);
  ASSERT_TRUE(reader());
  fs::remove(File("late.pem"));
  ASSERT_TRUE(reader()) << "it is read once";
}

TEST_F(Keys, AFileThatIsNoKeyIsNamedAndNotShown) {
  std::ofstream(File("words")) << "hush";
  const auto read = KeyReader({.kind = SecretRef::Kind::kFile, .name = File("words")})();
  ASSERT_FALSE(read);
  EXPECT_THAT(ToString(read.error()), HasSubstr(File("words")));
  EXPECT_EQ(ToString(read.error()).find("hush"), std::string::npos);
}

TEST_F(Keys, AreReadFromTheConfiguration) {
  const std::string own = SigningKey::New().public_key().ToText();
  const std::string other = SigningKey::New().public_key().ToText();
  const auto config = Load("    sync_location_name: dr\n    trusted_keys: [\"" + own + "\", \"" + other + "\"]\n",
                           "signing_key: {file: /etc/lakeferry/key.pem}\n");
  ASSERT_TRUE(config);
  const plan::GroupSpec& group = config->groups.front();
  EXPECT_EQ(group.staging_name, "dr");
  EXPECT_EQ(group.keys.own_place, "the file /etc/lakeferry/key.pem");
  ASSERT_THAT(group.keys.trusted, SizeIs(2));
  EXPECT_EQ(group.keys.trusted[1].ToText(), other);
  const auto plain = Load("");
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->groups.front().keys.own);
  EXPECT_THAT(plain->groups.front().keys.trusted, IsEmpty());
  EXPECT_EQ(plain->groups.front().staging_name, plain->groups.front().staging_uri);
}

TEST_F(Keys, AWorkspaceReplacesThoseOfTheTopLevel) {
  const std::string top = SigningKey::New().public_key().ToText();
  const std::string own = SigningKey::New().public_key().ToText();
  const auto config = Load("    signing_key: {env: KEY}\n    trusted_keys: \"" + own + "\"\n",
                           "signing_key: {file: /k}\ntrusted_keys: \"" + top + "\"\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->groups.front().keys.own_place, "the environment variable KEY");
  ASSERT_THAT(config->groups.front().keys.trusted, SizeIs(1));
  EXPECT_EQ(config->groups.front().keys.trusted[0].ToText(), own);
}

TEST_F(Keys, WhatIsWrongInTheConfigurationIsNamed) {
  const std::string own = SigningKey::New().public_key().ToText();
  EXPECT_THAT(Problem("    trusted_keys: \"" + own + "\"\n"), HasSubstr("this side has no signing_key"));
  EXPECT_THAT(Problem("    signing_key: {file: /k}\n    trusted_keys: [\"ed25519:abc\"]\n"),
              HasSubstr("workspaces[0].trusted_keys[0]: this is no public key"));
  EXPECT_THAT(Problem("    signing_key: hush\n"), HasSubstr("holds a secret inline"));
  EXPECT_EQ(Problem("    signing_key: hush\n").find("hush"), std::string::npos);
}

}  // namespace
}  // namespace lakeferry
