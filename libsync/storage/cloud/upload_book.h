// UploadBook: where uploads go on that came to no end, kept beyond the process that began them, for a service that does
// not list them. Whoever knows such an address may write that one object: it is a secret, and goes nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/time.h"

namespace lakeferry {

struct KeptUpload {
  Secret session;          // path and query of its address
  int64_t size_bytes = 0;  // of the object that it is to become
  TimeMs begun = {};       // when it was kept
};

// Used on the engine thread; waits for nothing but a local disk. Best effort: what is not kept begins anew.
class UploadBook {
 public:
  virtual ~UploadBook() = default;
  // `object`: service, bucket and key, as one text. Absent where nothing is kept, or its time is over.
  [[nodiscard]] virtual std::optional<KeptUpload> Find(const std::string& object) = 0;
  // In place of what is there, as begun now.
  virtual void Keep(const std::string& object, Secret session, int64_t size_bytes) = 0;
  virtual void Forget(const std::string& object) = 0;
  // All whose objects begin so.
  [[nodiscard]] virtual std::vector<std::pair<std::string, KeptUpload>> Below(const std::string& prefix) = 0;
};

}  // namespace lakeferry
