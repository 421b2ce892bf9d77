#include "bench/store/inbox.h"

#include <algorithm>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstring>

namespace lakeferry::bench {
namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::buffer_body>;

// So much is summed while it lies in the processor's cache.
constexpr size_t kPiece = size_t{256} << 10;

Request RequestOf(const Parser& parser) {
  Request request{.method = std::string(parser.get().method_string()), .keeps_alive = parser.keep_alive()};
  for (const auto& field : parser.get().base()) {
    request.headers.Add(std::string(field.name_string()), std::string(field.value()));
  }
  const std::string_view target = parser.get().target();
  TakeTarget(request, target);
  if (const auto length = request.Header("Content-Length")) request.length = NumberOf(*length);
  return request;
}

}  // namespace

Task<std::optional<Request>> Inbox::NextHead() {
  Parser parser;
  parser.header_limit(64U << 10);
  parser.body_limit(boost::none);
  while (true) {
    boost::system::error_code error;
    first_ += parser.put(boost::asio::const_buffer(memory_.data() + first_, last_ - first_), error);
    if (parser.is_header_done()) co_return RequestOf(parser);
    if (error && error != http::error::need_more) co_return std::nullopt;
    std::memmove(memory_.data(), memory_.data() + first_, last_ - first_);
    last_ -= std::exchange(first_, 0);
    if (last_ == memory_.size()) co_return std::nullopt;
    const size_t count = co_await channel_.Read(std::span(memory_).subspan(last_));
    if (count == 0) co_return std::nullopt;
    last_ += count;
  }
}

Task<std::span<const char>> Inbox::Some(std::span<char> room, size_t size) {
  size = std::min(size, kPiece);
  if (first_ < last_) {
    const std::span<const char> there = std::span<const char>(memory_).subspan(first_, std::min(last_ - first_, size));
    first_ += there.size();
    if (room.empty()) co_return there;
    std::ranges::copy(there, room.begin());
    co_return room.first(there.size());
  }
  if (room.empty()) room = memory_;
  const size_t count = co_await channel_.Read(room.first(std::min(size, room.size())));
  co_return room.first(count);
}

Task<bool> Inbox::Fill(std::span<char> room, BodySums* sums) {
  while (!room.empty()) {
    const std::span<const char> some = co_await Some(room, room.size());
    if (some.empty()) co_return false;
    if (sums != nullptr) sums->Update(some);
    room = room.subspan(some.size());
  }
  co_return true;
}

Task<bool> Inbox::Skip(int64_t size, BodySums* sums) {
  while (size > 0) {
    const std::span<const char> some = co_await Some({}, static_cast<size_t>(size));
    if (some.empty()) co_return false;
    if (sums != nullptr) sums->Update(some);
    size -= static_cast<int64_t>(some.size());
  }
  co_return true;
}

}  // namespace lakeferry::bench
