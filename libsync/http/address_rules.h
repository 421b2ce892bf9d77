// AddressRules: to which addresses a name may lead. A name that somebody else answers for could lead to the metadata
// service of the machine this process runs on, and so to its credentials. Pure.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string_view>

namespace lakeferry {

// Why nobody is connected to this address: link-local (RFC 3927, RFC 4291 2.5.6), of a cloud's metadata service,
// multicast, or no host's at all; absent where it may be. An IPv4 address within an IPv6 one counts as itself. Not
// asked where the configuration names the address itself.
[[nodiscard]] std::optional<std::string_view> ForbiddenAddress(const boost::asio::ip::address& address);

}  // namespace lakeferry
