// Errors of the metadata store's own files.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakeferry {

// `what` says what was tried, `path` on which file. ENOSPC, EDQUOT: kOutOfSpace. Anything else: kUnauthorized, the
// remedy of a denial as base/denial.h has it.
[[nodiscard]] std::unexpected<Error> FailStateFile(int error_number, std::string_view what, const std::string& path);

}  // namespace lakeferry
