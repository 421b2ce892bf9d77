#include "http/address_rules.h"

#include <algorithm>
#include <array>

namespace lakeferry {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

// Metadata services that do not stand in the link-local range: AWS by IPv6, Alibaba, Oracle.
bool IsMetadata(const address& one) {
  static const std::array kServices{boost::asio::ip::make_address("fd00:ec2::254"),
                                    boost::asio::ip::make_address("100.100.100.200"),
                                    boost::asio::ip::make_address("192.0.0.192")};
  return std::ranges::find(kServices, one) != kServices.end();
}

std::optional<std::string_view> Forbidden(const address_v4& one) {
  const auto bytes = one.to_bytes();
  if (bytes[0] == 169 && bytes[1] == 254) return "a link-local address, where metadata services stand";
  if (bytes[0] == 0 || one == address_v4::broadcast()) return "no host's address";
  if (one.is_multicast()) return "a multicast address";
  return std::nullopt;
}

std::optional<std::string_view> Forbidden(const address_v6& one) {
  if (one.is_link_local()) return "a link-local address, where metadata services stand";
  if (one.is_unspecified()) return "no host's address";
  if (one.is_multicast()) return "a multicast address";
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> ForbiddenAddress(const address& one) {
  const bool mapped = one.is_v6() && one.to_v6().is_v4_mapped();
  const address plain =
      mapped ? address(boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, one.to_v6())) : one;
  if (IsMetadata(plain)) return "the address of a metadata service";
  return plain.is_v4() ? Forbidden(plain.to_v4()) : Forbidden(plain.to_v6());
}

}  // namespace lakeferry
