#include "state/file_error.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "base/denial.h"

namespace lakeferry {

std::unexpected<Error> FailStateFile(int error_number, std::string_view what, const std::string& path) {
  const std::string message = fmt::format("{}: {}", what, std::generic_category().message(error_number));
  if (error_number == ENOSPC || error_number == EDQUOT) {
    return Fail(ErrorCode::kOutOfSpace, message, path, "make room on that file system");
  }
  const Denial denial = DenialOf(error_number).value_or(Denial::kNoRight);
  return Fail(ErrorCode::kUnauthorized, message, path,
              DenialRemedy(denial, path) + "; or name another place as metadata_store");
}

}  // namespace lakeferry
