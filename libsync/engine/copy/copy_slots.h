// CopySlots: who may have a file under way. Each group has so many at once and all of them together a few times as
// many, so that copies from or to a store that does not answer leave room for those of other groups.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <string>
#include <utility>

#include "async/semaphore.h"

namespace lakeferry::engine {

// Lives on one executor; must outlive every Slot.
class CopySlots {
 public:
  // So many groups can have all of theirs at once.
  static constexpr int kGroupsAtOnce = 4;

  CopySlots(boost::asio::any_io_executor executor, int of_a_group)
      : executor_(executor), of_a_group_(of_a_group), all_(executor, of_a_group * kGroupsAtOnce) {}

  // Given back when it dies.
  class Slot {
   public:
    Slot(Semaphore::Slot group, Semaphore::Slot all) : group_(std::move(group)), all_(std::move(all)) {}

   private:
    Semaphore::Slot group_;
    Semaphore::Slot all_;
  };

  // Waits until the group has one free, and then until there is one at all.
  Task<Slot> Acquire(const std::string& group);

 private:
  const boost::asio::any_io_executor executor_;
  const int of_a_group_;
  std::map<std::string, Semaphore> groups_;
  Semaphore all_;
};

}  // namespace lakeferry::engine
