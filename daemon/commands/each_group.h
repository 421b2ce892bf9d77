// A command asks each of its groups in turn, and goes on where one fails.
#pragma once

#include <utility>
#include <vector>

#include "daemon/commands/command.h"
#include "daemon/output/group_answer.h"
#include "plan/group/group_places.h"
#include "plan/group/group_spec.h"

namespace lakeferry {

// The answer of each group, in order; of one that this build cannot run, why. `ask` gives a Result<Report> for a group.
template <typename Report, typename Ask>
[[nodiscard]] GroupAnswers<Report> AskEachGroup(const Config& config, const std::vector<plan::GroupSpec>& groups,
                                                Ask ask) {
  GroupAnswers<Report> answers;
  answers.reserve(groups.size());
  for (const plan::GroupSpec& group : groups) {
    const Status built = CheckBuilt(config, group.name);
    Result<Report> result = built ? Result<Report>(ask(group)) : std::unexpected(built.error());
    if (!result) plan::PlaceIn(group, result.error().where);
    answers.push_back({.group = group.name, .result = std::move(result)});
  }
  return answers;
}

}  // namespace lakeferry
