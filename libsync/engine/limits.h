// What bounds the engine's memory and its work at one time.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"
#include "plan/group/bandwidth.h"

namespace lakeferry::engine {

// Limits, each with its unit.
struct Limits {
  int copies_in_flight_max = 8;    // files of a group at once (engine/copy/copy_slots.h)
  int tables_at_once_max = 4;      // of a group, where what is waited for is a store
  plan::Bandwidth bandwidth = {};  // of all copies of the process together
  size_t copy_buffer_bytes = size_t{1} << 20;
  // A copy of an object of this size or more goes on where another one broke off. Below it, what a crash can make to be
  // sent twice is worth less than the requests that find out what need not be.
  int64_t resume_bytes_min = int64_t{64} << 20;
  size_t bundle_bytes = size_t{2} << 20;         // of small files that are copied together
  size_t manifest_part_bytes = size_t{8} << 20;  // a part of a manifest is closed at this size
  // Of the commits since a base: so much is kept of what file actions carry on (statistics, tags, partition values),
  // the rest in scratch. With more file actions than are counted here the table goes over whole.
  size_t carried_bytes = size_t{16} << 20;
  int64_t changed_files_max = 1'000'000;
  // So much of their file actions is folded at once (engine/spill/action_shares.h): 1 KB each, and four times its name.
  size_t folded_bytes = size_t{48} << 20;
  // What the next epoch builds upon stays in memory while a group rests: 2 KB a table, and one request less an epoch.
  bool live_sets_stay = true;
  Millis runs_answer_within{60'000};  // a source of runs, or a catalog of one table or schema
  // Whatever a warehouse is asked that is no clone: one that has stopped takes minutes to be there.
  Millis warehouse_answers_within = std::chrono::minutes(30);
  // Clones of managed tables that a warehouse makes of one group at once, and how long one may take.
  int clones_at_once_max = 8;
  Millis clone_within = std::chrono::hours(12);
  Millis retry_delay_first{1'000};
  Millis retry_delay_max{60'000};
};

}  // namespace lakeferry::engine
