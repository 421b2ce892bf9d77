#include "daemon/web/group_control.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/web/error_reply.h"
#include "http/server/access.h"
#include "json/reader.h"

namespace lakeferry::web {
namespace {

constexpr size_t kControlBodyMax = size_t{64} << 10;
constexpr size_t kControlParts = 4;  // v1, groups, its name, what is to be done
constexpr char kControlBody[] = "request body";

Result<std::string> TextOf(const json::Fields& fields, const std::string& name) {
  return fields.Has(name) ? fields.String(name) : Result<std::string>(std::string());
}

Status CheckRole(const std::string& asked, Role role) {
  if (asked.empty() || asked == RoleName(role)) return {};
  return Fail(ErrorCode::kInvalidArgument, fmt::format("this is the {}", RoleName(role)), "role",
              "ask the service of that role at its own address, or leave role out");
}

Status ReadBody(const ServerRequest& request, Role role, Instruction& said) {
  if (request.body.empty()) return {};
  json::Reader reader(kControlBodyMax);
  LF_TRY(const json::Fields fields, reader.Read(request.body, "the body", kControlBody));
  LF_TRY(said.why, TextOf(fields, "why"));
  LF_TRY(said.table, TextOf(fields, "table"));
  LF_TRY(const std::string asked, TextOf(fields, "role"));
  return CheckRole(asked, role);
}

}  // namespace

bool IsControlPath(const ServerRequest& request) {
  const auto& path = request.path;
  return path.size() == kControlParts && path[0] == "v1" && path[1] == "groups" && ParseInstruction(path[3]);
}

Result<std::string> WhoControls(const ServerRequest& request, const std::vector<Controller>& controllers, bool reads) {
  if (controllers.empty()) {
    return Fail(ErrorCode::kRefused, "nothing says who may tell this service what to do", "http",
                "add control to http in the configuration, or use the command on its host");
  }
  std::string who;
  for (const Controller& one : controllers) {
    // Every token is compared, so that the time tells nothing of which it was.
    if (one.token && ShowsToken(request, *one.token)) who = one.name + " (HTTP token)";
    if (!one.token && request.client == one.certificate) who = one.name + " (HTTP certificate)";
  }
  if (!who.empty()) return who;
  if (reads || request.client) {
    return Fail(ErrorCode::kRefused, "who asks may read, and may not tell this service what to do", "request",
                "show the token or certificate of an entry of http.control");
  }
  return Fail(ErrorCode::kUnauthorized, "who asks has shown no token and no certificate that may control", "request",
              "send the header 'Authorization: Bearer TOKEN' with the token of an entry of http.control");
}

Result<Instruction> ReadControl(const ServerRequest& request, Role role, TimeMs now) {
  Instruction said{.kind = *ParseInstruction(request.path[3]), .role = role, .group = request.path[2], .given = now};
  Status read = ReadBody(request, role, said);
  if (!read) {
    Error error = std::move(read).error();
    if (error.code == ErrorCode::kCorruptLog) error.remedy = "docs/json.md says what the body may hold";
    error.code = ErrorCode::kInvalidArgument;
    return std::unexpected(std::move(error));
  }
  if ((said.kind == InstructionKind::kResync) == !said.table.empty()) return said;
  return Fail(ErrorCode::kInvalidArgument,
              said.table.empty() ? "which table goes over whole is not said" : "table is said for resync alone",
              "table", said.table.empty() ? "add table to the body, as the configuration names it" : "leave it out");
}

ServerReply NotLetIn(const Error& error) {
  if (error.code != ErrorCode::kUnauthorized) return ErrorReply(403, error);
  ServerReply reply = ErrorReply(401, error);
  reply.headers.Add("WWW-Authenticate", "Bearer");
  return reply;
}

}  // namespace lakeferry::web
