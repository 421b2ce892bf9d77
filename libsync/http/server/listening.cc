#include "http/server/listening.h"

#include <fmt/format.h>

#include <cerrno>

namespace lakeferry {
namespace {

using boost::asio::ip::tcp;

std::unexpected<Error> CannotListen(const boost::system::error_code& error, const ServerPlace& place) {
  const std::string where = ToString(place);
  switch (error.value()) {
    case EADDRINUSE:
      return Fail(ErrorCode::kRefused, "the port is in use: another process listens there", where,
                  "end it, or give http.listen another port; sender and receiver of one host need one each");
    case EACCES:
    case EPERM:
      return Fail(ErrorCode::kUnauthorized, "this user may not listen there", where,
                  "give http.listen a port above 1023");
    case EADDRNOTAVAIL:
      return Fail(ErrorCode::kInvalidArgument, "this machine has no such address", where,
                  "give http.listen an address of this machine, or 0.0.0.0 for all");
    default: return Fail(ErrorCode::kUnavailable, fmt::format("nobody can listen there: {}", error.message()), where);
  }
}

}  // namespace

std::string ToString(const ServerPlace& place) {
  return fmt::format(fmt::runtime(place.address.contains(':') ? "[{}]:{}" : "{}:{}"), place.address, place.port);
}

Status ListenOn(tcp::acceptor& acceptor, const ServerPlace& place) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(place.address, error);
  if (error) {
    return Fail(ErrorCode::kInvalidArgument, "what is to be listened on is no address", ToString(place),
                "write the address as numbers, such as 127.0.0.1");
  }
  const tcp::endpoint endpoint(address, place.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) return CannotListen(error, place);
  return {};
}

}  // namespace lakeferry
