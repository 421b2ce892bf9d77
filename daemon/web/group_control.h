// What people tell a service over HTTP to do with a group: who may, what a request says, and how it is answered. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "base/time.h"
#include "http/server/server_message.h"
#include "plan/record/instruction.h"

namespace lakeferry::web {

// Somebody who may, with what he is known by.
struct Controller {
  std::string name;
  std::optional<Secret> token;  // absent: by certificate
  std::string certificate;      // its subject
};

// Whether the request is one: POST /v1/groups/NAME/pause, resume, resync or sync. Others of that path are asked for
// with another method.
[[nodiscard]] bool IsControlPath(const ServerRequest& request);

// Who asks, as records have it: "on_call (HTTP token)". kRefused where nobody may, or this one may only read, which
// `reads` says; kUnauthorized for somebody who is not known.
[[nodiscard]] Result<std::string> WhoControls(const ServerRequest& request, const std::vector<Controller>& controllers,
                                              bool reads);

// What a control request wants, with all but `by`. Its body is JSON, or empty: `why`, `table` of a resync, and `role`,
// which has to be this one. kInvalidArgument for anything else.
[[nodiscard]] Result<Instruction> ReadControl(const ServerRequest& request, Role role, TimeMs now);

// What is said to somebody who is not let in, by WhoControls' error.
[[nodiscard]] ServerReply NotLetIn(const Error& error);

}  // namespace lakeferry::web
