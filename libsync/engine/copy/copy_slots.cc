#include "engine/copy/copy_slots.h"

namespace lakeferry::engine {

Task<CopySlots::Slot> CopySlots::Acquire(const std::string& group) {
  Semaphore& own = groups_.try_emplace(group, executor_, of_a_group_).first->second;
  Semaphore::Slot of_group = co_await own.Acquire();
  Semaphore::Slot of_all = co_await all_.Acquire();
  co_return Slot(std::move(of_group), std::move(of_all));
}

size_t CopySlots::waiting() const {
  size_t count = all_.waiting();
  for (const auto& [group, own] : groups_) count += own.waiting();
  return count;
}

BandwidthGate& CopySlots::bandwidth(const std::string& group) {
  return bandwidths_.try_emplace(group, executor_).first->second;
}

// A group that waits for its own leaves that of all to others.
Task<void> CopySlots::Await(Call call, Clock& clock, std::string group, size_t bytes) {
  BandwidthGate& own = bandwidth(group);
  co_await own.Await(call, clock, bytes);
  co_await bandwidth_of_all_.Await(call, clock, bytes);
}

}  // namespace lakeferry::engine
