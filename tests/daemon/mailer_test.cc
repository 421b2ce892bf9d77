// The mail password is read when a mail is due, and again until it is there.
#include "daemon/wiring/mailer.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "daemon/wiring/system_clock.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class KeptLog final : public Logger {
 public:
  std::vector<std::string> events;
  void Write(LogLevel, std::string_view event, std::vector<LogField>) override { events.emplace_back(event); }
};

class MailerTest : public ::testing::Test {
 protected:
  MailerTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    smtp_.host = "127.0.0.1";
    smtp_.port = 1;  // nobody listens
    smtp_.security = SmtpSecurity::kTls;
    smtp_.from = "dr@lake.example";
    smtp_.user = "dr";
    smtp_.password = SecretRef{SecretRef::Kind::kFile, (folder_ / "password").string()};
  }
  Status Run(Task<Status> task) {
    std::optional<Status> answer;
    boost::asio::co_spawn(engine_, std::move(task), [&answer](const std::exception_ptr& thrown, Status status) {
      EXPECT_FALSE(thrown);
      answer = std::move(status);
    });
    engine_.restart();
    engine_.run();
    return *answer;
  }
  Status Send() { return Run(mailer().Send({}, {.group = "orders", .to = {"ops@lake.example"}})); }
  Status Ready() { return Run(mailer().Ready({})); }
  Mailer& mailer() {
    if (!mailer_) mailer_.emplace(smtp_, pool_.get_executor(), clock_, random_, log_);
    return *mailer_;
  }
  void Put(const std::string& password) { std::ofstream(folder_ / "password") << password; }

  std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) / "lakeferry_mailer";
  boost::asio::io_context engine_{1};
  boost::asio::thread_pool pool_{1};
  SystemClock clock_;
  SystemRandom random_;
  KeptLog log_;
  SmtpSettings smtp_;
  std::optional<Mailer> mailer_;
};

TEST_F(MailerTest, ASecretThatComesLaterIsUsedAndThenKept) {
  Status sent = Send();
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(sent.error().message, HasSubstr("a secret cannot be read"));
  EXPECT_THAT(sent.error().where.text(), HasSubstr(smtp_.password->name));
  Put("tiger-of-mail\n");
  sent = Send();
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kUnavailable) << "now it is the server that is not there";
  std::filesystem::remove_all(folder_);
  EXPECT_EQ(Send().error().code, ErrorCode::kUnavailable) << "it is read once";
}

TEST_F(MailerTest, AMailThatIsDueWhileThePasswordIsBeingReadWaitsForIt) {
  Put("tiger-of-mail");
  std::optional<Status> ready;
  std::optional<Status> sent;
  const auto keep = [](std::optional<Status>& to) {
    return [&to](const std::exception_ptr& thrown, Status status) {
      EXPECT_FALSE(thrown);
      to = std::move(status);
    };
  };
  boost::asio::co_spawn(engine_, mailer().Ready({}), keep(ready));
  boost::asio::co_spawn(engine_, mailer().Send({}, {.group = "orders", .to = {"ops@lake.example"}}), keep(sent));
  engine_.run();
  ASSERT_TRUE(ready && sent);
  EXPECT_TRUE(*ready);
  ASSERT_FALSE(*sent);
  EXPECT_THAT(sent->error().where.text(), HasSubstr("127.0.0.1:1")) << "it came as far as the server";
}

TEST_F(MailerTest, WhatHindersMailsIsSaidAndLoggedOnce) {
  EXPECT_FALSE(Ready());
  EXPECT_FALSE(Ready());
  EXPECT_FALSE(Send());
  EXPECT_THAT(log_.events, ElementsAre("mail cannot be sent"));
  Put("tiger-of-mail");
  EXPECT_TRUE(Ready()) << "nothing is known of the server yet";
  EXPECT_TRUE(Ready());
  EXPECT_THAT(log_.events, ElementsAre("mail cannot be sent", "mail can be sent"));
  EXPECT_FALSE(Send());
  const Status ready = Ready();
  ASSERT_FALSE(ready) << "the last mail did not go out";
  EXPECT_EQ(ready.error().code, ErrorCode::kUnavailable);
}

TEST_F(MailerTest, AServerThatCannotBeUsedIsNamedWhenAMailIsDue) {
  Put("tiger-of-mail");
  smtp_.from = "dr@lake example";
  const Status sent = Send();
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(ToString(sent.error()), HasSubstr("is not a mail address"));
  EXPECT_THAT(ToString(ProbeMailServer(smtp_).error()), HasSubstr("is not a mail address"));
}

TEST_F(MailerTest, WithoutAPasswordThereIsNothingToRead) {
  smtp_.user.clear();
  smtp_.password.reset();
  EXPECT_TRUE(Ready());
  EXPECT_THAT(log_.events, IsEmpty());
}

}  // namespace
}  // namespace lakeferry
