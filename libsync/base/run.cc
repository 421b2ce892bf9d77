#include "base/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/shown_text.h"

namespace lakeferry {

Status CheckRunName(std::string_view name) {
  const auto bad = [name](std::string_view what) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("a workflow's or run's name {}", what), FitToShow(name, 200),
                "give it a visible name in UTF-8");
  };
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (name.empty()) return bad("is empty");
  if (name.size() > kRunNameBytesMax) return bad(fmt::format("is longer than {} bytes", kRunNameBytesMax));
  if (FirstInvalidUtf8(name) != std::string_view::npos) return bad("is not UTF-8");
  if (std::ranges::any_of(name, is_control)) return bad("has control characters");
  return {};
}

std::string_view RunStateName(RunState state) {
  switch (state) {
    case RunState::kRunning: return "running";
    case RunState::kSuccess: return "success";
    case RunState::kFailed: return "failed";
  }
  return "failed";
}

std::optional<RunState> ParseRunState(std::string_view name) {
  for (const RunState state : {RunState::kRunning, RunState::kSuccess, RunState::kFailed}) {
    if (RunStateName(state) == name) return state;
  }
  return std::nullopt;
}

}  // namespace lakeferry
