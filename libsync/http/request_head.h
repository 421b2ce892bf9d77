// RequestHead: how a request begins on the wire. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "http/message.h"

namespace lakeferry {

// Request line and header (RFC 9112 2.1, 3), with Host, Content-Length where a body may be, and what keeps the
// connection open. With `through_proxy` the target is the whole URL (RFC 9112 3.2.2). kInvalidArgument for a name,
// value or target with a byte that would end it; the error names the header and never repeats a value.
[[nodiscard]] Result<std::string> RequestHead(const HttpRequest& request, bool through_proxy = false);

}  // namespace lakeferry
