// How a refusal or an error is said over HTTP: the document of docs/json.md. Pure.
#pragma once

#include "base/error.h"
#include "http/server/server_message.h"

namespace lakeferry::web {

[[nodiscard]] ServerReply ErrorReply(int status, const Error& error);
// By what it is.
[[nodiscard]] ServerReply ErrorReply(const Error& error);

}  // namespace lakeferry::web
