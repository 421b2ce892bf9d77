#include "http/server/request_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

namespace lakeferry {
namespace {

namespace beast_http = boost::beast::http;

// So that the parser sees a header that is too long before the memory ends.
constexpr size_t kRoomBehindHead = size_t{4} << 10;

std::unexpected<Refusal> Refused(int status, std::string message, std::string remedy = {}) {
  return std::unexpected(Refusal{.status = status,
                                 .error = {.code = ErrorCode::kInvalidArgument,
                                           .message = std::move(message),
                                           .where = "request",
                                           .remedy = std::move(remedy)}});
}

}  // namespace

struct RequestReader::Parser {
  explicit Parser(size_t size) : memory(size) {}

  void Begin(size_t head_bytes_max) {
    http.emplace();
    http->header_limit(static_cast<uint32_t>(head_bytes_max));
    http->body_limit(boost::none);  // the body is taken here, by its own limit
    request = {};
    received = 0;
    head_done = false;
    if (first == 0) return;
    std::memmove(memory.data(), memory.data() + first, last - first);
    last -= std::exchange(first, 0);
  }
  [[nodiscard]] boost::asio::const_buffer unread() const { return {memory.data() + first, last - first}; }
  [[nodiscard]] size_t CountOf(std::string_view name) const {
    return static_cast<size_t>(
        std::distance(http->get().equal_range(name).first, http->get().equal_range(name).second));
  }

  std::optional<beast_http::request_parser<beast_http::empty_body>> http;
  std::vector<char> memory;
  size_t first = 0;  // what was read and is not taken
  size_t last = 0;
  ServerRequest request;
  size_t received = 0;  // of the body
  bool head_done = false;
};

RequestReader::RequestReader(RequestLimits limits)
    : limits_(limits), parser_(std::make_unique<Parser>(limits.head_bytes_max + kRoomBehindHead)) {
  parser_->Begin(limits_.head_bytes_max);
}

RequestReader::~RequestReader() = default;

bool RequestReader::began() const { return parser_->head_done || parser_->last > parser_->first; }
bool RequestReader::head_done() const { return parser_->head_done; }
bool RequestReader::done() const { return parser_->head_done && parser_->received == parser_->request.body.size(); }
bool RequestReader::keeps_alive() const { return parser_->http->keep_alive(); }

bool RequestReader::wants_word() const {
  return parser_->head_done && !done() && parser_->request.headers.Find("Expect").has_value();
}

std::span<char> RequestReader::Room() {
  if (parser_->head_done) return std::span(parser_->request.body).subspan(parser_->received);
  return std::span(parser_->memory).subspan(parser_->last);
}

RequestReader::Taken RequestReader::Took(size_t count) {
  if (parser_->head_done) {
    parser_->received += count;
    return {};
  }
  parser_->last += count;
  return TakeHead();
}

RequestReader::Taken RequestReader::TakeHead() {
  boost::system::error_code error;
  parser_->first += parser_->http->put(parser_->unread(), error);
  if (error == beast_http::error::header_limit || (!parser_->http->is_header_done() && Room().empty())) {
    return Refused(431, fmt::format("the header has more than {} bytes", limits_.head_bytes_max));
  }
  if (error == beast_http::error::need_more) return {};
  if (error == beast_http::error::bad_version) return Refused(505, "the request is none of HTTP/1.1");
  if (error) return Refused(400, fmt::format("this is no HTTP request: {}", error.message()));
  if (!parser_->http->is_header_done()) return {};
  const Taken good = CheckHead();
  return good ? BeginBody() : good;
}

RequestReader::Taken RequestReader::CheckHead() {
  const auto& head = parser_->http->get();
  if (head.version() != 11) return Refused(505, "the request is none of HTTP/1.1");
  if (parser_->CountOf("Host") != 1) return Refused(400, "a request names its host once");
  if (parser_->CountOf("Transfer-Encoding") != 0) {
    return Refused(411, "a body in chunks is not taken", "send it whole, with Content-Length");
  }
  if (parser_->CountOf("Content-Length") > 1) return Refused(400, "a request says its length once");
  if (head.target().size() > limits_.target_bytes_max) {
    return Refused(414, fmt::format("the path has more than {} bytes", limits_.target_bytes_max));
  }
  const auto expected = head.find("Expect");
  if (expected != head.end() && !boost::beast::iequals(expected->value(), "100-continue")) {
    return Refused(417, "the request expects what no answer can be");
  }
  return {};
}

RequestReader::Taken RequestReader::BeginBody() {
  const auto& head = parser_->http->get();
  ServerRequest& request = parser_->request;
  request.method = std::string(head.method_string());
  request.target = std::string(head.target());
  if (!TakeTarget(request)) return Refused(400, "the path of the request is none");
  for (const auto& field : head.base()) {
    request.headers.Add(std::string(field.name_string()), std::string(field.value()));
  }
  const uint64_t size = parser_->http->content_length().value_or(0);
  if (size > limits_.body_bytes_max) {
    return Refused(413, fmt::format("the body has {} bytes; {} are the most", size, limits_.body_bytes_max));
  }
  request.body.resize(size);
  parser_->head_done = true;
  const size_t there = std::min<size_t>(parser_->last - parser_->first, size);
  std::memcpy(request.body.data(), parser_->memory.data() + parser_->first, there);
  parser_->first += there;
  parser_->received = there;
  return {};
}

ServerRequest RequestReader::TakeRequest() { return std::exchange(parser_->request, {}); }

RequestReader::Taken RequestReader::Next() {
  parser_->Begin(limits_.head_bytes_max);
  return began() ? TakeHead() : Taken();
}

}  // namespace lakeferry
