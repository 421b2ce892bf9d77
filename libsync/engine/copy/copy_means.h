// CopyMeans: what a copy is made with: memory, and room on the wire, of the group for which it is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "async/call.h"
#include "engine/copy/copy_slots.h"
#include "env/clock.h"

namespace lakeferry::engine {

// A value; what it refers to lives as long as an Environment.
struct CopyMeans {
  CopySlots& slots;
  Clock& clock;
  std::string group;
  // Objects up to this size go whole. They are not counted as memory: no more are under way than there are slots.
  size_t buffer_bytes;
  // Those from this size on go on where a copy before broke off (Limits::resume_bytes_min).
  int64_t resume_bytes_min = int64_t{64} << 20;

  // Until so many bytes may go. To be asked before memory is borrowed for them: what waits for its time holds none.
  [[nodiscard]] Task<void> Await(Call call, size_t bytes) const {
    return slots.Await(std::move(call), clock, group, bytes);
  }
  [[nodiscard]] Task<CopyMemory::Loan> Borrow(size_t bytes) const { return slots.memory().Borrow(group, bytes); }
};

}  // namespace lakeferry::engine
