#include "engine/copy/copy_slots.h"

namespace lakeferry::engine {

Task<CopySlots::Slot> CopySlots::Acquire(const std::string& group) {
  Semaphore& own = groups_.try_emplace(group, executor_, of_a_group_).first->second;
  Semaphore::Slot of_group = co_await own.Acquire();
  Semaphore::Slot of_all = co_await all_.Acquire();
  co_return Slot(std::move(of_group), std::move(of_all));
}

}  // namespace lakeferry::engine
