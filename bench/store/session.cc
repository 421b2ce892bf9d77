#include "bench/store/session.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <utility>

namespace lakeferry::bench {
namespace {

constexpr std::string_view kControl = "-";
// More of a body that nobody wants is not waited for.
constexpr int64_t kSkippedMax = int64_t{1} << 20;

}  // namespace

Session::Session(boost::asio::ip::tcp::socket socket, SSL_CTX* tls, Store& store, SignatureCheck& signatures)
    : channel_(std::move(socket), tls), inbox_(channel_), store_(store), signatures_(signatures) {}

Task<void> Session::Run() {
  bool open = co_await channel_.Open();
  while (open) {
    std::optional<Request> request = co_await inbox_.NextHead();
    if (!request) co_return;
    open = co_await Answer(*std::move(request));
  }
}

Task<void> Session::Wait() {
  if (store_.options().delay == Millis(0)) co_return;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, store_.options().delay);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

Task<std::optional<Reply>> Session::ReplyTo(const Request& request, bool& unread) {
  if (request.bucket == kControl) co_return store_.Control(request);
  const std::string_view operation = OperationOf(request);
  store_.counts.Count(operation.empty() ? "other" : operation);
  const std::string& region = store_.options().keys.region;
  const bench::Answer<bool> signed_right = signatures_.Check(request, Now());
  unread = !signed_right;
  if (!signed_right) co_return ReplyOf(signed_right.error(), region);
  if (request.Header("Expect")) {
    const bool sent = co_await channel_.Write({std::string_view("HTTP/1.1 100 Continue\r\n\r\n")});
    if (!sent) co_return std::nullopt;
  }
  // What a completion says of checksums is of the whole object, and not of its document.
  Request plain;
  const bool of_whole = operation == "CompleteMultipartUpload";
  if (of_whole) plain.length = request.length;
  bench::Answer<Body> body = co_await ReadBody(inbox_, of_whole ? plain : request, store_.Drops(request, operation));
  if (!body && body.error().status == kGone) co_return std::nullopt;
  if (!body) {
    unread = body.error().status != 400;
    co_return ReplyOf(body.error(), region);
  }
  co_await Wait();
  co_return store_.Do(request, operation, *body);
}

Task<bool> Session::Send(const Request& request, const Reply& reply, bool keeps_alive) {
  const bool of_content = reply.content.size() > 0;
  const int64_t size = of_content ? reply.content.size() : static_cast<int64_t>(reply.text.size());
  const std::string head = HeadOf(reply, size, keeps_alive, Now());
  Spans spans;
  spans.list.emplace_back(head);
  const bool has_body = request.method != "HEAD" && reply.status != 204 && reply.status != 304;
  if (has_body && of_content) reply.content.AppendTo(spans);
  if (has_body && !of_content && !reply.text.empty()) spans.list.emplace_back(reply.text);
  co_return co_await channel_.Write(std::move(spans.list));
}

Task<bool> Session::Answer(Request request) {
  bool unread = false;
  const std::optional<Reply> reply = co_await ReplyTo(request, unread);
  if (!reply) co_return false;
  const int64_t rest = unread ? request.length.value_or(0) : 0;
  const bool skips = rest <= kSkippedMax && !request.Header("Expect");
  bool keeps = request.keeps_alive && (rest == 0 || skips);
  if (rest > 0 && skips) {
    keeps = co_await inbox_.Skip(rest, nullptr);
  }
  const bool sent = co_await Send(request, *reply, keeps);
  co_return sent&& keeps;
}

}  // namespace lakeferry::bench
