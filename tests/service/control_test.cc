// The control socket: its file, who may ask, what is said over it, and peers that do not behave.
#include "daemon/control/control_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>
#include <fstream>
#include <thread>

#include "async/task_group.h"
#include "daemon/control/control_client.h"
#include "daemon/control/control_message.h"
#include "daemon/control/control_peer.h"
#include "daemon/control/control_place.h"
#include "daemon/control/control_socket.h"
#include "tests/support/temp_folder.h"

namespace lakeferry::control {
namespace {

using testing::HasSubstr;

class QuietLogger final : public Logger {
 public:
  void Write(LogLevel, std::string_view, std::vector<LogField>) override {}
};

// A server on a thread of its own, which answers each line with itself.
class ControlServerTest : public testing::Test {
 protected:
  void Listen(ControlLimits limits = {}) {
    Result<std::unique_ptr<ControlServer>> server = ControlServer::Listen(
        engine_.get_executor(), path_, [this](std::string line, const Peer&) { return Echo(std::move(line)); }, log_,
        limits);
    ASSERT_TRUE(server) << ToString(server.error());
    server_ = *std::move(server);
    server_->Start();
    thread_ = std::thread([this] { engine_.run(); });
  }
  // Waits for what is under way; true once the loop has nothing more to do.
  void Close() {
    if (!thread_.joinable()) return;
    boost::asio::post(engine_, [this] { closing_.Spawn(server_->Close()); });
    thread_.join();
  }
  void TearDown() override { Close(); }

  Task<std::string> Echo(std::string line) {
    ++asked_;
    boost::asio::steady_timer turn(engine_);
    while (held_) {
      turn.expires_after(Millis(1));
      co_await turn.async_wait(boost::asio::use_awaitable);
    }
    ++answered_;
    co_return line;
  }
  // A connection that says `text` and no more.
  [[nodiscard]] int Connect(const std::string& text) const {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::send(fd, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    return fd;
  }
  // What comes until the other side hangs up.
  static std::string Rest(int fd) {
    std::string all;
    char piece[4096];
    for (ssize_t got = ::recv(fd, piece, sizeof piece, 0); got > 0; got = ::recv(fd, piece, sizeof piece, 0)) {
      all.append(piece, static_cast<size_t>(got));
    }
    ::close(fd);
    return all;
  }
  static void Await(const std::function<bool()>& done) {
    while (!done()) std::this_thread::sleep_for(Millis(1));
  }

  TempFolder folder_;
  std::string path_ = folder_ / "metadata.db.sender.sock";
  QuietLogger log_;
  boost::asio::io_context engine_{1};
  TaskGroup closing_{engine_.get_executor()};
  std::unique_ptr<ControlServer> server_;
  std::thread thread_;
  std::atomic<bool> held_ = false;
  std::atomic<int> asked_ = 0;
  std::atomic<int> answered_ = 0;
};

TEST_F(ControlServerTest, AnswersALineWithALine) {
  Listen();
  EXPECT_EQ(AskService(path_, "one\n").value(), "one\n");
  EXPECT_EQ(AskService(path_, "two\n").value(), "two\n") << "each connection has one request";
}

TEST_F(ControlServerTest, IsForTheOwnerAndTheGroupWhateverTheUmask) {
  const mode_t before = ::umask(0077);
  Listen();
  ::umask(before);
  struct stat made{};
  ASSERT_EQ(::stat(path_.c_str(), &made), 0);
  EXPECT_TRUE(S_ISSOCK(made.st_mode));
  EXPECT_EQ(made.st_mode & 07777, 0660U);
}

TEST_F(ControlServerTest, NobodyListensWithoutASocketBesideAStaleOneAndAfterTheEnd) {
  EXPECT_FALSE(AskService(path_, "one\n").value().has_value());
  const Result<int> killed = ListenAt(path_);
  ASSERT_TRUE(killed);
  ::close(*killed);
  EXPECT_FALSE(AskService(path_, "one\n").value().has_value());
  Listen();
  EXPECT_EQ(AskService(path_, "one\n").value(), "one\n") << "the stale one is replaced";
  Close();
  EXPECT_FALSE(AskService(path_, "one\n").value().has_value());
  struct stat gone{};
  EXPECT_NE(::stat(path_.c_str(), &gone), 0);
}

TEST_F(ControlServerTest, WhatIsNoSocketIsNotTouched) {
  std::ofstream(path_) << "precious";
  const Result<int> refused = ListenAt(path_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(ControlServerTest, PathLongerThanAnAddressIsListenedAtAndAsked) {
  const std::string folder = folder_ / std::string(200, 'f');
  std::filesystem::create_directory(folder);
  path_ = folder + "/metadata.db.sender.sock";
  Listen();
  EXPECT_EQ(AskService(path_, "one\n").value(), "one\n");
  EXPECT_TRUE(std::filesystem::is_socket(path_));
  Close();
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(ControlServerTest, NameThatFitsNoAddressIsNamedAndNobodyListensThere) {
  const std::string path = folder_ / std::string(120, 'n');
  const Result<int> refused = ListenAt(path);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().remedy, HasSubstr("metadata_store"));
  EXPECT_FALSE(AskService(path, "one\n").value().has_value());
}

TEST_F(ControlServerTest, SilentPeerIsHungUpOn) {
  Listen({.peer_silent_max = Millis(20)});
  EXPECT_EQ(Rest(Connect("no line end")), "");
  EXPECT_EQ(AskService(path_, "one\n").value(), "one\n");
}

TEST_F(ControlServerTest, PeerMayWaitForItsAnswerLongerThanItMayBeSilent) {
  held_ = true;
  Listen({.peer_silent_max = Millis(20)});
  std::thread release([this] {
    Await([this] { return asked_ == 1; });
    std::this_thread::sleep_for(Millis(100));
    held_ = false;
  });
  EXPECT_EQ(AskService(path_, "one\n").value(), "one\n");
  release.join();
}

TEST_F(ControlServerTest, LineWithoutEndIsRefused) {
  Listen();
  EXPECT_THAT(AskService(path_, std::string(kRequestBytesMax + 10, 'x') + "\n").value().value(),
              HasSubstr("is no line of at most"));
  EXPECT_EQ(asked_, 0);
}

TEST_F(ControlServerTest, MoreThanItsBoundAreRefusedByName) {
  held_ = true;
  Listen({.peers_max = 2});
  std::thread one([this] { EXPECT_EQ(AskService(path_, "one\n").value(), "one\n"); });
  std::thread two([this] { EXPECT_EQ(AskService(path_, "two\n").value(), "two\n"); });
  Await([this] { return asked_ == 2; });
  EXPECT_THAT(AskService(path_, "three\n").value().value(), HasSubstr("throttled"));
  held_ = false;
  one.join();
  two.join();
  EXPECT_EQ(AskService(path_, "four\n").value(), "four\n");
}

TEST_F(ControlServerTest, PeerThatHangsUpChangesNothing) {
  held_ = true;
  Listen();
  ::close(Connect("one\n"));
  Await([this] { return asked_ == 1; });
  held_ = false;
  Await([this] { return answered_ == 1; });
  EXPECT_EQ(AskService(path_, "two\n").value(), "two\n");
}

TEST_F(ControlServerTest, CloseAnswersWhoWaitsAndHangsUpOnTheSilent) {
  held_ = true;
  Listen({.peer_silent_max = Millis(600'000)});
  const int silent = Connect("no line end");
  std::thread waits([this] { EXPECT_EQ(AskService(path_, "one\n").value(), "one\n"); });
  Await([this] { return asked_ == 1; });
  boost::asio::steady_timer later(engine_, Millis(20));
  later.async_wait([this](const boost::system::error_code&) { held_ = false; });
  Close();
  waits.join();
  EXPECT_EQ(Rest(silent), "");
}

TEST_F(ControlServerTest, ServiceThatDiesWithoutAnAnswerIsNamed) {
  const Result<int> listener = ListenAt(path_);
  ASSERT_TRUE(listener);
  std::thread dies([fd = *listener] {
    int peer = -1;
    while (peer < 0) peer = ::accept(fd, nullptr, nullptr);
    ::close(peer);
    ::close(fd);
  });
  const auto answer = AskService(path_, "one\n");
  dies.join();
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("hung up without an answer"));
}

TEST(ControlPeer, IsKnownByTheKernel) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const Result<Peer> peer = PeerOf(ends[0]);
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->process, ::getpid());
  EXPECT_EQ(peer->user, ::geteuid());
  EXPECT_EQ(peer->group, ::getegid());
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(ControlPeer, OwnerRootAndMembersOfTheGroupMayAskAndNobodyElse) {
  EXPECT_TRUE(MayAsk({.user = 0, .group = 0}, 64, 65));
  EXPECT_TRUE(MayAsk({.user = 64, .group = 1}, 64, 65));
  EXPECT_TRUE(MayAsk({.user = 7, .group = 65}, 64, 65));
  EXPECT_TRUE(MayAsk({.user = 7, .group = 1, .other_groups = {2, 65}}, 64, 65));
  EXPECT_FALSE(MayAsk({.user = 7, .group = 1, .other_groups = {2, 64}}, 64, 65));
}

TEST(ControlPlace, IsBesideTheMetadataStore) {
  EXPECT_EQ(ControlPlace("/var/lib/lakeferry/metadata.db", Role::kReceiver),
            "/var/lib/lakeferry/metadata.db.receiver.sock");
}

TEST(ControlMessage, RequestComesBackAsItWas) {
  const std::string line =
      WriteRequest({.name = "sync", .groups = {"orders", "a\"b"}, .claim = engine::Claim::kTakeOver});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const Result<Request> read = ReadRequest(line);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name, "sync");
  EXPECT_THAT(read->groups, testing::ElementsAre("orders", "a\"b"));
  EXPECT_EQ(read->claim, engine::Claim::kTakeOver);
  EXPECT_EQ(ReadRequest(R"({"request":"pause"})")->claim, engine::Claim::kRespect);
}

TEST(ControlMessage, WhatIsNoRequestIsNamed) {
  for (const char* text : {"", "nothing", "[]", R"({"groups":[]})", R"({"request":7})",
                           R"({"request":"sync","groups":"orders"})", R"({"request":"sync","take_over":1})"}) {
    const Result<Request> read = ReadRequest(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument) << text;
  }
}

TEST(ControlMessage, OutcomesComeBackAsTheyWere) {
  const std::vector<engine::GroupOutcome> outcomes{
      {.group = "orders",
       .result =
           engine::PassResult{.epoch = Epoch(7), .reason = "why", .state = GroupState::kHeld, .files = 3, .bytes = 9}},
      {.group = "other", .result = engine::PassResult{.epoch = {}, .reason = {}}},
      {.group = "ill", .result = Fail(ErrorCode::kDiverged, "somebody wrote", "file:///dr/t", "take it away")},
  };
  const auto read = ReadSyncAnswer(WriteSyncAnswer(Role::kSender, outcomes));
  ASSERT_TRUE(read) << ToString(read.error());
  ASSERT_EQ(read->size(), 3U);
  EXPECT_EQ((*read)[0].group, "orders");
  EXPECT_EQ((*read)[0].result->epoch, Epoch(7));
  EXPECT_EQ((*read)[0].result->reason, "why");
  EXPECT_EQ((*read)[0].result->state, GroupState::kHeld);
  EXPECT_EQ((*read)[0].result->files, 3);
  EXPECT_EQ((*read)[0].result->bytes, 9);
  EXPECT_FALSE((*read)[1].result->epoch);
  ASSERT_FALSE((*read)[2].result);
  EXPECT_EQ((*read)[2].result.error(), outcomes[2].result.error());
}

TEST(ControlMessage, RefusalIsTheErrorAndNonsenseIsOne) {
  const Error refusal = UnknownRequest("pause");
  EXPECT_EQ(refusal.message, "the running service knows no request 'pause'");
  const auto read = ReadSyncAnswer(WriteRefusal(refusal));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), refusal);
  for (const char* text : {"hello", "{}", R"({"groups":[{}]})", R"({"error":{}})"}) {
    const auto nonsense = ReadSyncAnswer(text);
    ASSERT_FALSE(nonsense) << text;
    EXPECT_EQ(nonsense.error().code, ErrorCode::kInternal) << text;
  }
}

}  // namespace
}  // namespace lakeferry::control
