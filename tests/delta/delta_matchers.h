// What the tests of this folder share.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace lakeferry::delta {

// A Result that failed with `code` and whose text, as people see it, holds `words`.
MATCHER_P2(FailedWith, code, words, "") {
  if (arg.has_value()) {
    *result_listener << "which has a value";
    return false;
  }
  *result_listener << ErrorCodeName(arg.error().code) << ": " << ToString(arg.error());
  return arg.error().code == code && ToString(arg.error()).find(words) != std::string::npos;
}

MATCHER(Succeeded, "") {
  if (!arg.has_value()) *result_listener << ToString(arg.error());
  return arg.has_value();
}

}  // namespace lakeferry::delta
