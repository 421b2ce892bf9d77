// ProbeBook: what probes found, kept beyond the process that tried.
#pragma once

#include <optional>
#include <string>

#include "storage/cloud/probed.h"

namespace lakeferry {

// Used on the engine thread; waits for nothing but a local disk.
class ProbeBook {
 public:
  virtual ~ProbeBook() = default;
  // `place`: service and bucket, as one text. Absent where nothing is kept, or its time is over.
  [[nodiscard]] virtual std::optional<Probed> Find(const std::string& place) = 0;
  // In place of what is there. Best effort: what is not kept is tried again.
  virtual void Keep(const std::string& place, const Probed& probed) = 0;
};

}  // namespace lakeferry
