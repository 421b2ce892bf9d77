// Turns errno into the project's errors, with the file as the place and a way out.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakeferry {

// `what` says what was tried ("cannot read"), `path` where. ENOSPC, EDQUOT: kOutOfSpace. EACCES, EPERM, EROFS and a
// link that leaves the root: kUnauthorized, the remedy of a denial as base/denial.h has it. A name or path the file
// system cannot hold: kInvalidArgument. ENOENT: kNotFound. Device and network faults: kUnavailable. Anything else:
// kInternal.
[[nodiscard]] Error ErrnoError(int error_number, std::string_view what, std::string path);

// The same as the error branch of any Result.
[[nodiscard]] std::unexpected<Error> FailErrno(int error_number, std::string_view what, std::string path);

// True where errno says that nothing is at that path.
[[nodiscard]] bool IsAbsent(int error_number);

}  // namespace lakeferry
