// Origin: whom a connection leads to, and the parts of a URL that a request needs. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace lakeferry {

// Two requests to equal origins may share a connection.
struct Origin {
  bool tls = true;
  std::string host;  // lower case; an IPv6 address without its brackets
  uint16_t port = 443;

  auto operator<=>(const Origin&) const = default;
};

// As the Host header has it (RFC 9110 7.2): the port only where it is not that of the scheme, an IPv6 address in
// brackets.
[[nodiscard]] std::string Authority(const Origin& origin);
// "https://host:8443", for people.
[[nodiscard]] std::string ToString(const Origin& origin);

// This machine itself, by name or address.
[[nodiscard]] bool IsLoopback(const Origin& origin);

struct Url {
  Origin origin;
  std::string target = "/";  // path and query, as they are sent
};

// http:// and https:// alone; a path is taken as it is written, a fragment is dropped. kInvalidArgument, without
// repeating the text where it carries a name and a password: those are refused.
[[nodiscard]] Result<Url> ParseUrl(std::string_view text);

// Every byte outside of A–Z a–z 0–9 - . _ ~ as %XX (RFC 3986 2.3); '/' stays with `keep_slash`.
[[nodiscard]] std::string PercentEncode(std::string_view text, bool keep_slash = false);

// The bytes that %XX stand for; a '%' without two hex digits stays.
[[nodiscard]] std::string PercentDecode(std::string_view text);

// "?a=b&c=d", names and values percent-encoded; empty for none.
[[nodiscard]] std::string QueryText(const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace lakeferry
