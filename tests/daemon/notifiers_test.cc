// Secrets of webhooks are read when something is to be sent, and are known as secrets from then on.
#include "daemon/wiring/notifiers.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <filesystem>
#include <fstream>

#include "base/known_secrets.h"
#include "daemon/wiring/system_clock.h"
#include "tests/support/memory_state_store.h"

namespace lakeferry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class KeptHttp final : public HttpTransport {
 public:
  int status = 200;
  std::vector<std::string> asked;
  Task<Result<HttpReply>> Send(Call, HttpRequest request, ReplyBody&) override {
    asked.push_back(ToString(request.origin) + request.target);
    co_return HttpReply{.status = status};
  }
};

class NoLog final : public Logger {
 public:
  void Write(LogLevel, std::string_view, std::vector<LogField>) override {}
};

class NotifiersTest : public ::testing::Test {
 protected:
  NotifiersTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    config_.notifications = {{.kind = notify::WebhookKind::kSlack,
                              .url = {},
                              .url_place = SecretRef{SecretRef::Kind::kFile, (folder_ / "url").string()},
                              .secret = {},
                              .rule = {.channel = "chat"}}};
  }
  void Put(const std::string& url) { std::ofstream(folder_ / "url") << url << "\n"; }
  Status Tell() {
    if (!notifiers_) {
      notifiers_.emplace(config_, NotifierParts{.pool = pool_.get_executor(),
                                                .http = http_,
                                                .clock = clock_,
                                                .random = random_,
                                                .log = log_,
                                                .state = state_});
    }
    std::optional<Status> answer;
    boost::asio::co_spawn(engine_, notifiers_->channels()[0]->Tell({}, {.group = "orders"}, "id"),
                          [&answer](const std::exception_ptr& thrown, Status status) {
                            EXPECT_FALSE(thrown);
                            answer = std::move(status);
                          });
    engine_.restart();
    engine_.run();
    return *answer;
  }

  std::filesystem::path folder_ = std::filesystem::path(::testing::TempDir()) / "lakeferry_notifiers";
  boost::asio::io_context engine_{1};
  boost::asio::thread_pool pool_{1};
  SystemClock clock_;
  SystemRandom random_;
  NoLog log_;
  MemoryStateStore state_;
  KeptHttp http_;
  Config config_;
  std::optional<Notifiers> notifiers_;
};

TEST_F(NotifiersTest, AUrlThatComesLaterIsUsedAndAnotherOneOnceItWasRefused) {
  Status told = Tell();
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::kUnavailable) << "it may come yet";
  Put("https://hooks.example/services/T1/B1/lantern-in-the-fog");
  EXPECT_TRUE(Tell());
  Put("https://hooks.example/services/T1/B1/another-lantern");
  EXPECT_TRUE(Tell());
  http_.status = 404;
  EXPECT_FALSE(Tell());
  http_.status = 200;
  EXPECT_TRUE(Tell());
  EXPECT_THAT(http_.asked, ElementsAre(HasSubstr("fog"), HasSubstr("fog"), HasSubstr("fog"), HasSubstr("another")));
}

TEST_F(NotifiersTest, ThePathOfSuchAUrlIsASecretByItself) {
  Put("https://hooks.example/services/T2/B2/harbour-master");
  EXPECT_TRUE(Tell());
  for (const char* text : {"https://hooks.example/services/T2/B2/harbour-master",
                           "no /services/T2/B2/harbour-master here", "token harbour-master"}) {
    EXPECT_THAT(WithoutSecrets(text), Not(HasSubstr("harbour-master"))) << text;
  }
}

TEST_F(NotifiersTest, NothingIsPostedWithoutTlsElsewhereThanHere) {
  Put("http://hooks.example/services/T3/B3/unlit-buoy");
  const Status told = Tell();
  ASSERT_FALSE(told);
  EXPECT_THAT(told.error().message, HasSubstr("http://"));
  EXPECT_TRUE(http_.asked.empty());
  EXPECT_THAT(ToString(told.error()), Not(HasSubstr("unlit-buoy")));
  Put("http://127.0.0.1:1/x");
  EXPECT_TRUE(Tell());
}

TEST_F(NotifiersTest, WhatIsNoUrlIsNotRepeated) {
  Put("xoxb-drifting-ice");
  const Status told = Tell();
  ASSERT_FALSE(told);
  EXPECT_THAT(told.error().message, HasSubstr("holds no URL"));
  EXPECT_THAT(ToString(told.error()), Not(HasSubstr("drifting")));
}

}  // namespace
}  // namespace lakeferry
