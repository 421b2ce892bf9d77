#include "storage/file/mount_pools.h"

#include "storage/file/mount_table.h"

namespace lakeferry {
namespace {

// There may be a thousand stores to open at once, and as many mounts to read.
constexpr std::chrono::seconds kKeptFor{1};

}  // namespace

const std::vector<std::string>& MountPools::Points() {
  const Time now = std::chrono::steady_clock::now();
  if (looked_ == Time() || now - looked_ > kKeptFor) {
    points_ = OwnMountPoints();
    looked_ = now;
  }
  return points_;
}

size_t MountPools::NumberOf(const std::string& path) {
  if (one_) return 0;
  const auto [place, is_new] = numbers_.try_emplace(MountPointOf(Points(), path), numbers_.size() % kPoolsMax);
  if (is_new && place->second == pools_.size()) {
    pools_.push_back(std::make_unique<boost::asio::thread_pool>(threads_));
  }
  return place->second;
}

void MountPools::Stop() {
  for (const auto& pool : pools_) pool->stop();
  for (const auto& pool : pools_) pool->join();
}

}  // namespace lakeferry
