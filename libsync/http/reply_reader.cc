#include "http/reply_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstring>
#include <utility>
#include <vector>

namespace lakeferry {
namespace {

namespace http = boost::beast::http;

// "0", two line ends: so much is always still to come of a body in chunks. Beast's parser ends the program when it is
// given the first of these bytes a second time with one more.
constexpr size_t kLastChunkBytes = 5;
constexpr uint32_t kHeadBytesMax = 64U << 10;
constexpr size_t kMemoryFirst = size_t{8} << 10;
constexpr size_t kTextStep = size_t{16} << 10;
constexpr int kInterimRepliesMax = 8;

std::unexpected<Error> Broken(std::string why) {
  return Fail(ErrorCode::kCorruptData, std::move(why), {},
              "see what answers at that address: is it the right service?");
}

}  // namespace

struct ReplyReader::Parser {
  explicit Parser(Method method) { Begin(method); }

  void Begin(Method method) {
    http.emplace();
    http->header_limit(kHeadBytesMax);
    http->body_limit(boost::none);  // ours are those of ReplyBody
    http->skip(method == Method::kHead);
  }
  [[nodiscard]] boost::asio::const_buffer unread() const { return {memory.data() + first, last - first}; }

  std::optional<http::response_parser<http::buffer_body>> http;
  std::vector<char> memory = std::vector<char>(kMemoryFirst);
  size_t first = 0;  // what was read and is not parsed
  size_t last = 0;
};

ReplyReader::ReplyReader(Method method, ReplyBody& body)
    : method_(method), body_(body), parser_(std::make_unique<Parser>(method)) {
  body_.received = 0;
  body_.text.clear();
}

ReplyReader::~ReplyReader() = default;

size_t ReplyReader::TextMax() const { return reply_.ok() ? body_.text_bytes_max : kRefusalBytesMax; }

std::span<char> ReplyReader::Room() {
  if (sized_) return direct_;
  Parser& parser = *parser_;
  if (parser.first == parser.last) parser.first = parser.last = 0;
  if (parser.last == parser.memory.size()) {
    if (parser.first > 0) {
      std::memmove(parser.memory.data(), parser.memory.data() + parser.first, parser.last - parser.first);
      parser.last -= std::exchange(parser.first, 0);
    } else {
      parser.memory.resize(parser.memory.size() * 2);
    }
  }
  return std::span(parser.memory).subspan(parser.last);
}

Status ReplyReader::Took(size_t count) {
  began_ = began_ || count > 0;
  if (sized_) {
    direct_ = direct_.subspan(count);
    if (into_room_) body_.received += count;
    return direct_.empty() ? Finish() : Status();
  }
  parser_->last += count;
  while (!parser_->http->is_header_done()) {
    LF_TRY_OK(TakeHead());
    if (!parser_->http->is_header_done()) return {};
    LF_TRY_OK(BeginBody());
    if (done_ || sized_) return {};
  }
  return FeedParser();
}

Status ReplyReader::TakeHead() {
  boost::system::error_code error;
  parser_->first += parser_->http->put(parser_->unread(), error);
  if (error == http::error::need_more) return {};
  if (error) return Broken(fmt::format("the answer is no HTTP: {}", error.message()));
  return {};
}

// The header is there. An interim reply (RFC 9110 15.2) is passed over.
Status ReplyReader::BeginBody() {
  auto& parser = *parser_->http;
  reply_.status = static_cast<int>(parser.get().result_int());
  if (reply_.status < 200) {
    if (++interim_replies_ > kInterimRepliesMax) return Broken("the answer never comes to its status");
    parser_->Begin(method_);
    return {};
  }
  for (const auto& field : parser.get().base()) {
    reply_.headers.Add(std::string(field.name_string()), std::string(field.value()));
  }
  into_room_ = !body_.room.empty() && reply_.ok() && (!body_.room_for || body_.room_for(reply_));
  keeps_alive_ = parser.keep_alive();
  if (parser.is_done()) return Finish();
  const auto length = parser.content_length();
  if (length && !parser.chunked()) return BeginSized(*length);
  parser.eager(true);
  return {};
}

Status ReplyReader::BeginSized(size_t size) {
  if (into_room_) {
    if (size > body_.room.size()) {
      return Broken(fmt::format("the answer has {} bytes where {} were asked for", size, body_.room.size()));
    }
    direct_ = body_.room.first(size);
  } else {
    if (size > TextMax()) {
      return Broken(fmt::format("the answer has {} bytes; {} are the most", size, TextMax()));
    }
    body_.text.resize(size);
    direct_ = body_.text;
  }
  sized_ = true;
  const size_t there = std::min(parser_->last - parser_->first, size);
  std::memcpy(direct_.data(), parser_->memory.data() + parser_->first, there);
  parser_->first += there;
  return Took(there);
}

// A body in chunks, or one that ends with the connection.
Status ReplyReader::FeedParser() {
  auto& parser = *parser_->http;
  const size_t least = parser.chunked() ? kLastChunkBytes : 1;
  while (!parser.is_done() && parser_->last - parser_->first >= least) {
    std::span<char> free = into_room_ ? body_.room.subspan(body_.received) : std::span<char>();
    if (!into_room_) {
      const size_t size = body_.text.size();
      body_.text.resize(std::min(size + kTextStep, TextMax()));
      free = std::span(body_.text).subspan(size);
    }
    auto& target = parser.get().body();
    target = {.data = free.data(), .size = free.size(), .more = true};
    boost::system::error_code error;
    parser_->first += parser.put(parser_->unread(), error);
    const size_t taken = free.size() - target.size;
    if (into_room_)
      body_.received += taken;
    else
      body_.text.resize(body_.text.size() - target.size);
    if (error == http::error::need_more) return {};
    if (error && error != http::error::need_buffer) {
      return Broken(fmt::format("the answer is no HTTP: {}", error.message()));
    }
    if (error == http::error::need_buffer && free.empty()) return Broken("the answer has more bytes than it may have");
  }
  return parser.is_done() ? Finish() : Status();
}

Status ReplyReader::Finish() {
  done_ = true;
  if (parser_->first == parser_->last) return {};
  keeps_alive_ = false;
  return Broken("more came than the answer to what was asked");
}

Status ReplyReader::Ended() {
  if (done_) return {};
  if (!sized_ && parser_->http->is_header_done() && parser_->http->need_eof()) {
    keeps_alive_ = false;
    done_ = true;
    return {};
  }
  return Fail(ErrorCode::kUnavailable, "the connection was closed in the middle of an answer");
}

HttpReply ReplyReader::TakeReply() { return std::move(reply_); }

}  // namespace lakeferry
