#include "engine/copy/resumed_copy.h"

namespace lakeferry::engine {

void NoteResumed(Logger& log, const CopyMeans& means, WorkMeter* meter, const Call& call, const std::string& table,
                 const ObjectPath& path, int64_t bytes) {
  if (bytes == 0) return;
  means.slots.NoteResumed(means.group, bytes);
  if (meter != nullptr) meter->NoteResumed(bytes);
  log.Write(call, LogLevel::kInfo, "a copy went on where an earlier one broke off; so much of it was not sent again",
            {{"table", table}, {"object", path.text()}, {"bytes", bytes}});
}

}  // namespace lakeferry::engine
