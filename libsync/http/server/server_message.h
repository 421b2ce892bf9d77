// What this process is asked over HTTP/1.1 and what it answers, as values. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "http/message.h"

namespace lakeferry {

struct ServerRequest {
  std::string method;             // as it was sent
  std::string target;             // as it was sent: path and query
  std::vector<std::string> path;  // decoded segments: of "/v1/groups/a%2Fb" these are v1, groups and a/b; of "/" none
  std::vector<std::pair<std::string, std::string>> query = {};  // decoded
  Headers headers = {};
  std::string body = {};
  bool tls = false;
  std::string local_address = {};          // of this side of the connection
  std::optional<std::string> client = {};  // whom the client's certificate names; absent without one that is trusted

  // The first of that name; absent where there is none.
  [[nodiscard]] std::optional<std::string_view> Asked(std::string_view name) const;
};

struct ServerReply {
  int status = 200;
  std::string type = "application/json";
  std::shared_ptr<const std::string> body = {};  // shared, so that a document is made once for many
  Headers headers = {};

  [[nodiscard]] static ServerReply Text(int status, std::string text);
  // A document of JSON.
  [[nodiscard]] static ServerReply Json(int status, std::string document);
};

// Why a request gets no answer of its own.
struct Refusal {
  int status = 400;
  Error error;
};

// Path and query taken apart; absent where a segment or a name holds what no path can: a NUL, or half an escape.
[[nodiscard]] bool TakeTarget(ServerRequest& request);

// "Not Found"; "Unknown" for a status that has no words here.
[[nodiscard]] std::string_view ReasonOf(int status);

// Status line and header, with what every answer says: how long it is, that nobody keeps it, that it is nothing but
// what its type says, and that no page of anybody else may hold or run it. Headers of the reply count before these.
[[nodiscard]] std::string ReplyHead(const ServerReply& reply, bool keeps_alive);

}  // namespace lakeferry
