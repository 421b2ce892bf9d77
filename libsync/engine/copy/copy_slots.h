// CopySlots: who may have a file under way, and what all of them have together. Each group has so many at once and all
// of them together a few times as many, so that copies from or to a store that does not answer leave room for those of
// other groups. The same holds for the memory of their parts, and for the bandwidth of a group and of the process.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "async/semaphore.h"
#include "engine/copy/bandwidth_gate.h"
#include "engine/copy/copy_memory.h"

namespace lakeferry::engine {

// Lives on one executor; must outlive every Slot.
class CopySlots {
 public:
  // So many groups can have all of theirs at once.
  static constexpr int kGroupsAtOnce = 4;

  CopySlots(boost::asio::any_io_executor executor, int of_a_group, size_t memory_bytes = CopyMemory::kBytes)
      : executor_(executor),
        of_a_group_(of_a_group),
        all_(executor, of_a_group * kGroupsAtOnce),
        memory_(executor, memory_bytes),
        bandwidth_of_all_(executor) {}

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

  // How many wait for one, of all groups.
  [[nodiscard]] size_t waiting() const;

  // Bytes of copies that broke off which were not sent again, since the process began.
  void NoteResumed(const std::string& group, int64_t bytes) { resumed_bytes_[group] += bytes; }
  [[nodiscard]] const std::map<std::string, int64_t>& resumed_bytes() const { return resumed_bytes_; }

  [[nodiscard]] CopyMemory& memory() { return memory_; }
  // Of all groups together, and of one.
  [[nodiscard]] BandwidthGate& bandwidth() { return bandwidth_of_all_; }
  [[nodiscard]] BandwidthGate& bandwidth(const std::string& group);
  // Until so many bytes of the group may go.
  Task<void> Await(Call call, Clock& clock, std::string group, size_t bytes);

 private:
  const boost::asio::any_io_executor executor_;
  const int of_a_group_;
  std::map<std::string, Semaphore> groups_;
  Semaphore all_;
  CopyMemory memory_;
  BandwidthGate bandwidth_of_all_;
  std::map<std::string, BandwidthGate> bandwidths_;
  std::map<std::string, int64_t> resumed_bytes_;  // by group
};

}  // namespace lakeferry::engine
