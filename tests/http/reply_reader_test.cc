#include "http/reply_reader.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace lakeferry {
namespace {

// What comes of bytes that arrive `step` at a time.
struct Read {
  Status status;
  bool done = false;
  bool keeps_alive = false;
  HttpReply reply;
};

Read ReadBytes(std::string_view bytes, ReplyBody& body, Method method = Method::kGet, size_t step = 1'000'000,
               bool ends = false) {
  ReplyReader reader(method, body);
  Read read;
  while (!bytes.empty() && !reader.done() && read.status) {
    const std::span<char> room = reader.Room();
    EXPECT_FALSE(room.empty());
    const size_t count = std::min({room.size(), bytes.size(), step});
    std::memcpy(room.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    read.status = reader.Took(count);
  }
  if (ends && read.status && !reader.done()) read.status = reader.Ended();
  read.done = reader.done();
  read.keeps_alive = reader.keeps_alive();
  read.reply = reader.TakeReply();
  return read;
}

class ReplyReaderTest : public testing::TestWithParam<size_t> {};
INSTANTIATE_TEST_SUITE_P(Steps, ReplyReaderTest, testing::Values(1, 3, 17, 1'000'000));

TEST_P(ReplyReaderTest, BodyOfASuccessGoesIntoItsRoom) {
  std::string room(100, '?');
  ReplyBody body{.room = room};
  const Read read = ReadBytes("HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nETag: \"x\"\r\n\r\nhello", body,
                              Method::kGet, GetParam());
  ASSERT_TRUE(read.status && read.done);
  EXPECT_EQ(read.reply.status, 206);
  EXPECT_EQ(read.reply.headers.Find("etag"), "\"x\"");
  EXPECT_EQ(room.substr(0, body.received), "hello");
  EXPECT_TRUE(body.text.empty());
  EXPECT_TRUE(read.keeps_alive);
}

TEST_P(ReplyReaderTest, BodyOfASuccessThatIsNotTheOneAskedForIsText) {
  std::string room(100, '?');
  ReplyBody body{.room = room, .room_for = [](const HttpReply& reply) { return reply.headers.Find("ETag") == "x"; }};
  const Read read = ReadBytes("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n<html/>", body, Method::kGet, GetParam());
  ASSERT_TRUE(read.status && read.done);
  EXPECT_EQ(body.text, "<html/>");
  EXPECT_EQ(body.received, 0U);
  ASSERT_TRUE(
      ReadBytes("HTTP/1.1 206 OK\r\nETag: x\r\nContent-Length: 4\r\n\r\npart", body, Method::kGet, GetParam()).done);
  EXPECT_EQ(room.substr(0, body.received), "part");
}

TEST_P(ReplyReaderTest, BodyOfARefusalIsText) {
  std::string room(100, '?');
  ReplyBody body{.room = room, .text_bytes_max = 2};
  const Read read =
      ReadBytes("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", body, Method::kGet, GetParam());
  ASSERT_TRUE(read.status && read.done);
  EXPECT_EQ(body.text, "gone");
  EXPECT_EQ(body.received, 0U);
}

TEST_P(ReplyReaderTest, ChunksArePutTogetherInTextAndRoom) {
  const std::string bytes =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: 1\r\n\r\n";
  ReplyBody text;
  ASSERT_TRUE(ReadBytes(bytes, text, Method::kGet, GetParam()).done);
  EXPECT_EQ(text.text, "abcdefg");
  std::string room(7, '?');
  ReplyBody into{.room = room};
  ASSERT_TRUE(ReadBytes(bytes, into, Method::kGet, GetParam()).done);
  EXPECT_EQ(room, "abcdefg");
  EXPECT_EQ(into.received, 7U);
}

// However the last chunk comes, alone or with fields behind it.
TEST_P(ReplyReaderTest, BodyOfNoChunkIsEmpty) {
  for (const std::string end : {"0\r\n\r\n", "0\r\nT: 1\r\nU: 2\r\n\r\n", "0;x=y\r\n\r\n"}) {
    ReplyBody body;
    const std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + end;
    const Read read = ReadBytes(bytes, body, Method::kGet, GetParam());
    EXPECT_TRUE(read.status && read.done) << end;
    EXPECT_EQ(body.text, "");
  }
}

TEST_P(ReplyReaderTest, InterimRepliesArePassedOver) {
  ReplyBody body;
  const Read read = ReadBytes(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
      body, Method::kPut, GetParam());
  ASSERT_TRUE(read.status && read.done);
  EXPECT_EQ(read.reply.status, 201);
  EXPECT_EQ(read.reply.headers.size(), 1U);
}

TEST_P(ReplyReaderTest, BodyWithoutLengthEndsWithTheConnection) {
  ReplyBody body;
  const Read read = ReadBytes("HTTP/1.0 200 OK\r\n\r\nall of it", body, Method::kGet, GetParam(), true);
  ASSERT_TRUE(read.status && read.done);
  EXPECT_EQ(body.text, "all of it");
  EXPECT_FALSE(read.keeps_alive);
}

TEST_P(ReplyReaderTest, WhatIsCutShortIsNoReply) {
  std::string room(100, '?');
  ReplyBody body{.room = room};
  const Read read =
      ReadBytes("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", body, Method::kGet, GetParam(), true);
  ASSERT_FALSE(read.status.has_value());
  EXPECT_EQ(read.status.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(body.received, 4U) << "what came is there to be taken up";
}

TEST(ReplyReaderLimitsTest, HeadHasNoBodyWhateverItsLength) {
  ReplyBody body;
  const Read read = ReadBytes("HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n", body, Method::kHead);
  ASSERT_TRUE(read.done);
  EXPECT_EQ(read.reply.headers.Find("content-length"), "5000000000");
  EXPECT_TRUE(read.keeps_alive);
}

TEST(ReplyReaderLimitsTest, MoreThanItsRoomIsRefused) {
  std::string room(4, '?');
  for (const auto* bytes : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                            "HTTP/1.0 200 OK\r\n\r\nhello"}) {
    ReplyBody body{.room = room};
    const Read read = ReadBytes(bytes, body, Method::kGet, 1'000, true);
    ASSERT_FALSE(read.status.has_value()) << bytes;
    EXPECT_EQ(read.status.error().code, ErrorCode::kCorruptData);
  }
}

TEST(ReplyReaderLimitsTest, MoreTextThanIsTakenIsRefused) {
  for (const auto* bytes : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"}) {
    ReplyBody body{.text_bytes_max = 4};
    EXPECT_EQ(ReadBytes(bytes, body).status.error().code, ErrorCode::kCorruptData);
    ReplyBody enough{.text_bytes_max = 5};
    EXPECT_TRUE(ReadBytes(bytes, enough).done);
  }
  const std::string page(kRefusalBytesMax + 1, 'x');
  ReplyBody body{.text_bytes_max = size_t{1} << 30};
  const std::string refusal = "HTTP/1.1 500 E\r\nContent-Length: " + std::to_string(page.size()) + "\r\n\r\n" + page;
  EXPECT_FALSE(ReadBytes(refusal, body).done);
}

TEST(ReplyReaderLimitsTest, EndlessHeadersAreRefused) {
  ReplyBody body;
  std::string bytes = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 10'000; ++i) bytes += "X-" + std::to_string(i) + ": y\r\n";
  EXPECT_EQ(ReadBytes(bytes, body).status.error().code, ErrorCode::kCorruptData);
  std::string interim;
  for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(ReadBytes(interim, body).status.error().code, ErrorCode::kCorruptData);
}

TEST(ReplyReaderLimitsTest, WhatIsNoHttpIsRefused) {
  for (const auto* bytes : {"<html><body>It works!</body></html>\r\n\r\n", "SSH-2.0-x\r\n\r\n",
                            "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx"}) {
    ReplyBody body;
    const Read read = ReadBytes(bytes, body);
    ASSERT_FALSE(read.status.has_value()) << bytes;
    EXPECT_EQ(read.status.error().code, ErrorCode::kCorruptData);
  }
}

// What comes behind a reply would be taken for the next one's.
TEST(ReplyReaderLimitsTest, MoreThanOneReplyIsRefused) {
  ReplyBody body;
  const Read read = ReadBytes("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\n", body);
  EXPECT_FALSE(read.status.has_value());
  EXPECT_FALSE(read.keeps_alive);
}

}  // namespace
}  // namespace lakeferry
