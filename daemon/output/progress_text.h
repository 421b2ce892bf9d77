// How far a copy or a comparison has come, as one line for a terminal. Pure but for what it remembers.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>

#include "base/time.h"
#include "engine/run/replicator_snapshot.h"
#include "plan/record/group_record.h"

namespace lakeferry {

struct ProgressSample {
  std::string what;           // "orders: staging"
  WorkProgress work;          // totals of 0 are not known
  int64_t resumed_bytes = 0;  // GroupRecord::resumed_bytes

  bool operator==(const ProgressSample&) const = default;
};

// Of the groups that copy now, as one; absent where none does.
[[nodiscard]] std::optional<ProgressSample> SampleOf(const engine::ReplicatorSnapshot& snapshot);

// Remembers some seconds of samples, which the rate is of.
class ProgressText {
 public:
  // "orders: staging  [#####-----] 47%  12/57 files  1.2/4.6 GB  310 MB/s  11s left  9.1 MB not sent again",
  // at most `width` columns: what does not fit is left out from the end. `now`: by a clock that never goes back.
  std::string Line(const ProgressSample& sample, Millis now, size_t width);

 private:
  struct Moment {
    Millis at;
    int64_t bytes;
    int64_t files;
  };
  // Bytes and files a second; absent before there is time to tell.
  struct Rate {
    double bytes;
    double files;
  };
  [[nodiscard]] std::optional<Rate> RateOf(const WorkProgress& work, Millis now);

  std::string what_;
  std::deque<Moment> moments_;
};

}  // namespace lakeferry
