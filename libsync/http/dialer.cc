#include "http/dialer.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "http/address_rules.h"
#include "http/reply_reader.h"

namespace lakeferry {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr Millis kResolveMax{10'000};
constexpr Millis kConnectMax{10'000};
constexpr Millis kHandshakeMax{10'000};
constexpr std::chrono::seconds kKnownFor{30};

std::unexpected<Error> NotReached(const Origin& origin, std::string_view why) {
  return Fail(ErrorCode::kUnavailable, fmt::format("no connection: {}", why), ToString(origin),
              "see that the name is right and that this machine may reach it (firewall, proxy, private endpoint)");
}

// Waits for the whole of it to be on its way.
Task<Status> WriteAll(Wire& wire, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = co_await wire.Write(bytes);
    LF_CO_TRY_OK(count);
    bytes.remove_prefix(*count);
  }
  co_return Status();
}

}  // namespace

std::vector<Dialer::Address> Dialer::InTurn(Known& known) {
  std::vector<Address> addresses = known.addresses;
  std::ranges::rotate(addresses, addresses.begin() + static_cast<std::ptrdiff_t>(known.next++ % addresses.size()));
  return addresses;
}

Task<Result<std::vector<Dialer::Address>>> Dialer::Resolve(std::string host, DeadlineWatch::Entry& waits) {
  boost::system::error_code error;
  // What the configuration names by its address is meant.
  const Address literal = asio::ip::make_address(host, error);
  if (!error) co_return std::vector<Address>{literal};
  const auto found = known_.find(host);
  if (found != known_.end() && std::chrono::steady_clock::now() < found->second.until) co_return InTurn(found->second);

  tcp::resolver resolver(executor_);
  waits.Allow(kResolveMax);
  waits.CutWith([&resolver] { resolver.cancel(); });
  const auto answers = co_await resolver.async_resolve(host, {}, asio::redirect_error(asio::use_awaitable, error));
  waits.CutWith({});
  if (error)
    co_return Fail(ErrorCode::kUnavailable, fmt::format("the name {} leads nowhere: {}", host, error.message()));
  Known known{.addresses = {}, .until = std::chrono::steady_clock::now() + kKnownFor};
  for (const auto& answer : answers) {
    const Address address = answer.endpoint().address();
    if (const auto why = ForbiddenAddress(address)) {
      co_return Fail(ErrorCode::kInvalidArgument, fmt::format("{} leads to {}, {}", host, address.to_string(), *why),
                     host, "write the address itself as the endpoint if that is meant");
    }
    if (std::ranges::find(known.addresses, address) == known.addresses.end()) known.addresses.push_back(address);
  }
  if (known.addresses.empty()) co_return Fail(ErrorCode::kUnavailable, fmt::format("the name {} has no address", host));
  Known& kept = known_[host] = std::move(known);
  co_return InTurn(kept);
}

Task<Result<std::unique_ptr<Wire>>> Dialer::Connect(Origin origin, DeadlineWatch::Entry& waits) {
  const auto addresses = co_await Resolve(origin.host, waits);
  if (!addresses) co_return FailAt(addresses.error(), ToString(origin));
  std::string why;
  for (const Address& address : *addresses) {
    tcp::socket socket(executor_);
    waits.Allow(kConnectMax);
    waits.CutWith([&socket] {
      boost::system::error_code ignored;
      socket.close(ignored);
    });
    boost::system::error_code error;
    co_await socket.async_connect({address, origin.port}, asio::redirect_error(asio::use_awaitable, error));
    waits.CutWith({});
    if (waits.why() != DeadlineWatch::Why::kNotCut) co_return NotReached(origin, "no answer in time");
    if (!error) co_return std::make_unique<Wire>(std::move(socket));
    why = error.message();
  }
  co_return NotReached(origin, why);
}

// RFC 9110 9.3.6.
Task<Status> Dialer::OpenTunnel(Wire& wire, Origin origin, const Proxy& proxy, DeadlineWatch::Entry& waits) {
  const std::string target = fmt::format("{}:{}", origin.host, origin.port);
  std::string head = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", target);
  if (!proxy.authorization.empty()) head += fmt::format("Proxy-Authorization: {}\r\n", proxy.authorization.Reveal());
  head += "\r\n";
  waits.Allow(kHandshakeMax);
  const Status written = co_await WriteAll(wire, head);
  LF_CO_TRY_OK(written);
  ReplyBody body;
  // As to HEAD, no body follows the header of a success.
  ReplyReader reader(Method::kHead, body);
  while (!reader.done()) {
    const auto count = co_await wire.Read(reader.Room());
    LF_CO_TRY_OK(count);
    const Status taken = *count == 0 ? reader.Ended() : reader.Took(*count);
    LF_CO_TRY_OK(taken);
  }
  const HttpReply reply = reader.TakeReply();
  if (reply.ok()) co_return Status();
  co_return Fail(reply.status == 407 ? ErrorCode::kUnauthorized : ErrorCode::kUnavailable,
                 fmt::format("the proxy answered {}", reply.status), ToString(proxy.origin),
                 "look at HTTPS_PROXY, and name hosts that are to be reached without it in NO_PROXY");
}

Task<Result<std::unique_ptr<Wire>>> Dialer::Dial(Origin origin, DeadlineWatch::Entry& waits) {
  const Proxy* proxy = proxies_.For(origin);
  auto wire = co_await Connect(proxy == nullptr ? origin : proxy->origin, waits);
  LF_CO_TRY_OK(wire);
  waits.CutWith([open = wire->get()] { open->Close(); });
  Status ready;
  if (proxy != nullptr && origin.tls) ready = co_await OpenTunnel(**wire, origin, *proxy, waits);
  if (ready && origin.tls) {
    auto trust = trust_();
    waits.Allow(kHandshakeMax);
    if (!trust)
      ready = Status(std::unexpected(trust.error()));
    else
      ready = co_await (*wire)->StartTls(*std::move(trust), origin.host);
    const auto shown = ready ? (*wire)->PeerCertificate() : std::nullopt;
    if (shown) seen_.SawCertificate(origin, *shown);
  }
  waits.CutWith({});
  if (!ready) co_return FailAt(ready.error(), ToString(origin));
  co_return wire;
}

}  // namespace lakeferry
