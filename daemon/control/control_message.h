// What is said over a control socket: one line with a JSON object each way, the request and its answer. Pure.
//
//   {"request": "sync", "groups": ["orders"], "take_over": false, "why": ""}
//   the document of `lakeferry sync` (docs/json.md), or {"error": {"kind", "message", "where", "remedy"}}
//   {"request": "instruct", "groups": ["orders"], "instruction": "pause", "table": "", "why": "the cluster is moved"}
//   the document of `lakeferry pause` (docs/json.md), or the same error
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "daemon/output/instruct_output.h"
#include "engine/run/replicator.h"
#include "plan/record/role.h"

namespace lakeferry::control {

// Of a line, its end not counted.
inline constexpr size_t kRequestBytesMax = size_t{1} << 20;
inline constexpr size_t kAnswerBytesMax = size_t{64} << 20;

inline constexpr std::string_view kSync = "sync";
inline constexpr std::string_view kInstruct = "instruct";

struct Request {
  std::string name;
  std::vector<std::string> groups = {};
  engine::Claim claim = engine::Claim::kRespect;
  // Of kInstruct, of one group. Who says so is known by the connection.
  InstructionKind instruction = InstructionKind::kPause;
  std::string table = {};
  std::string why = {};  // of kSync too: it is kept where there is any
};

// Both with a line end.
[[nodiscard]] std::string WriteRequest(const Request& request);
[[nodiscard]] std::string WriteRefusal(const Error& error);

// kInvalidArgument for what is no request, whatever its name.
[[nodiscard]] Result<Request> ReadRequest(std::string_view line);
// kInvalidArgument that names a request which this version does not have.
[[nodiscard]] Error UnknownRequest(const std::string& name);

// The role's outcomes as a line, and back: without what the document does not say. The error that was answered instead;
// kInternal for what is no answer.
[[nodiscard]] std::string WriteSyncAnswer(Role role, const std::vector<engine::GroupOutcome>& outcomes);
[[nodiscard]] Result<std::vector<engine::GroupOutcome>> ReadSyncAnswer(std::string_view line);

// The same of an instruction that was followed.
[[nodiscard]] Result<InstructedGroup> ReadInstructAnswer(std::string_view line);

}  // namespace lakeferry::control
