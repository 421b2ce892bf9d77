// Notice: one message over one channel, from when it is due until it has arrived or is given up. Notices are put on
// record with what they tell of, so that no end of the process loses one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "plan/record/role.h"

namespace lakeferry {

struct Notice {
  std::string id;             // the same for the same message: put on record again, it is not sent again
  std::string channel;        // the receiver's name in the configuration; kMailChannel for mails
  Role role = Role::kSender;  // whose process delivers it: two may share one store
  std::string incident;       // as JSON (plan/incident/incident_json.h)
  TimeMs created;
  int64_t attempts = 0;
  std::optional<TimeMs> next = {};     // when it is tried next; absent: it has arrived, or is given up
  std::optional<TimeMs> arrived = {};  // absent: not yet
  std::string error = {};              // of the last attempt

  [[nodiscard]] bool given_up() const { return !next && !arrived; }
  bool operator==(const Notice&) const = default;
};

// Of what goes out as a mail; no receiver may be called so.
inline constexpr char kMailChannel[] = "mail";

}  // namespace lakeferry
