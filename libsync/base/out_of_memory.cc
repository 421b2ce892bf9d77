#include "base/out_of_memory.h"

namespace lakeferry {

Error OutOfMemory() {
  return Error{.code = ErrorCode::kUnavailable,
               .message = "there was not enough memory",
               .where = {},
               .remedy =
                   "it is tried again; if this stays, something that is read here is larger than this process may "
                   "become, or MemoryMax of its unit is too small for it"};
}

}  // namespace lakeferry
