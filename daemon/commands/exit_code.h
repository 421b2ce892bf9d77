// Exit codes: the contract of docs/json.md, docs/operations.md and the manual page.
#pragma once

#include <vector>

#include "base/error.h"
#include "daemon/output/group_answer.h"

namespace lakeferry {

enum ExitCode : int { kExitDone = 0, kExitFailed = 1, kExitUsage = 2, kExitRefused = 3, kExitNotInSync = 4 };

[[nodiscard]] ExitCode ExitCodeFor(const Error& error);

// The worse of two: the less is known of a group, the worse. 2 (it was not tried) before 1 (it failed), 3 (a guard said
// no), 4 (it is not in sync), and 0.
[[nodiscard]] ExitCode Worse(ExitCode one, ExitCode other);

// The worst code of the groups that failed; 0 where none did.
template <typename Report>
[[nodiscard]] ExitCode WorstOf(const GroupAnswers<Report>& answers) {
  ExitCode worst = kExitDone;
  for (const GroupAnswer<Report>& answer : answers) {
    if (!answer.result) worst = Worse(worst, ExitCodeFor(answer.result.error()));
  }
  return worst;
}

// The errors of several groups as one, of which each line of the message is a group's; the worst one decides its code.
// `of`: how many groups there were. At least one has failed.
struct GroupFailure {
  std::string group;
  Error error;
};
[[nodiscard]] Error AsOneError(const std::vector<GroupFailure>& failures, size_t of);

}  // namespace lakeferry
