// Runs as the tests of this folder write them down: milliseconds after the epoch, one letter ids.
#pragma once

#include <optional>
#include <string>

#include "base/run.h"

namespace lakeferry::plan {

inline Run Success(std::string id, int64_t start, int64_t end, std::string workflow = "w") {
  return Run{.workflow = std::move(workflow),
             .run_id = std::move(id),
             .start = FromEpochMs(start),
             .end = FromEpochMs(end),
             .state = RunState::kSuccess};
}
inline Run Failed(std::string id, int64_t start, int64_t end, std::string workflow = "w") {
  Run run = Success(std::move(id), start, end, std::move(workflow));
  run.state = RunState::kFailed;
  return run;
}
inline Run Running(std::string id, int64_t start, std::string workflow = "w") {
  return Run{.workflow = std::move(workflow),
             .run_id = std::move(id),
             .start = FromEpochMs(start),
             .end = std::nullopt,
             .state = RunState::kRunning};
}

}  // namespace lakeferry::plan
