// The socket that a server listens on.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "base/result.h"
#include "http/server/server_place.h"

namespace lakeferry {

// Opened, bound and listening. Errors: those of HttpServer::Listen about its address.
[[nodiscard]] Status ListenOn(boost::asio::ip::tcp::acceptor& acceptor, const ServerPlace& place);

}  // namespace lakeferry
