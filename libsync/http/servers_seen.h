// ServersSeen: what servers that this process spoke to have shown of themselves on the way: until when their
// certificates are good, and what time it is there. Kept for `lakeferry check`; asks nothing by itself.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "base/time.h"
#include "http/origin.h"

namespace lakeferry {

struct ShownCertificate {
  TimeMs since;
  TimeMs until;
  bool operator==(const ShownCertificate&) const = default;
};

// How far a server's calendar is ahead of this machine's: between the two; below zero: behind.
struct ShownSkew {
  Millis lowest{0};
  Millis highest{0};
  bool operator==(const ShownSkew&) const = default;
};

struct ServerSeen {
  std::optional<ShownCertificate> certificate = {};  // the newest
  std::optional<ShownSkew> skew = {};                // as narrow as the replies allow
  bool operator==(const ServerSeen&) const = default;
};

// Any thread.
class ServersSeen {
 public:
  void SawCertificate(const Origin& origin, ShownCertificate certificate);
  // A reply bore `date`, a whole second; by this machine it was asked for at `sent` and there at `received`.
  void SawDate(const Origin& origin, TimeMs date, TimeMs sent, TimeMs received);
  // Of servers beyond kServersMax, those that came first alone.
  [[nodiscard]] std::map<Origin, ServerSeen> All() const;

  static constexpr size_t kServersMax = 512;

 private:
  // Null where there are too many.
  ServerSeen* Of(const Origin& origin);

  mutable std::mutex mutex_;
  std::map<Origin, ServerSeen> servers_;
};

}  // namespace lakeferry
