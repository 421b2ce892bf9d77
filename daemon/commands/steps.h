// What commands share that do their work in steps (`reset`, `relocate`).
#pragma once

#include <string_view>

#include "base/result.h"
#include "daemon/config/config.h"
#include "daemon/output/step_output.h"
#include "plan/record/role.h"

namespace lakeferry {

// kRefused where a process works in the role: it would go on with what is `done` ("put aside") behind its back.
[[nodiscard]] Status CheckNobodyWorks(const Config& config, Role role, std::string_view done);

// Gives the folder its new name; where the store is no file system, a person has to. What is gone meanwhile is as good
// as renamed. Errors as of PutAside.
[[nodiscard]] Status Rename(Step& step);

}  // namespace lakeferry
