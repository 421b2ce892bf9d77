// Who may ask what over HTTP, by what a request says of itself. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "http/server/server_message.h"

namespace lakeferry {

// Whether the Host of the request is one by which people reach this server: a name of the loopback, the address that
// the connection came to, or one of `names`. A page of another site whose name was made to lead here (DNS rebinding)
// has none of them. Refused with 421.
[[nodiscard]] std::optional<Refusal> CheckHost(const ServerRequest& request, std::span<const std::string> names);

// Whether the request changes nothing, or comes from no page of another site: browsers say by Origin and Sec-Fetch-Site
// where a request comes from. Refused with 403.
[[nodiscard]] std::optional<Refusal> CheckSite(const ServerRequest& request);

// Whether the request shows the token as RFC 6750 2.1 has it. Takes as long for a wrong one, whatever it is.
[[nodiscard]] bool ShowsToken(const ServerRequest& request, const Secret& token);

// Whether two texts are the same, in a time that tells nothing of where they differ.
[[nodiscard]] bool SameInConstantTime(std::string_view one, std::string_view other);

// Of "name", "name:8080", "[::1]:8080": in lower case, without brackets and port.
[[nodiscard]] std::string HostOf(std::string_view host_header);

}  // namespace lakeferry
