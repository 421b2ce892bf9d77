// Takes out of a metadata store what it knows of a group in one role, for a group that starts anew. Runs of the ledger
// stay: only it has them.
#pragma once

#include <string>

#include "base/result.h"
#include "plan/record/role.h"

namespace lakeferry {

// Of the store at `path`, in one transaction: durable when it returns. What it does not know is no error. Blocking; the
// role's lock has to be held. Errors as of StateStore.
[[nodiscard]] Status ForgetGroup(const std::string& path, Role role, const std::string& group);

}  // namespace lakeferry
