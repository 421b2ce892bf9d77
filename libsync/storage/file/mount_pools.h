// MountPools: threads for blocking calls, of each mounted file system its own: one that does not answer holds all of
// its threads for as long as it likes, and none of another's.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lakeferry {

// Used on one thread.
class MountPools {
 public:
  // So many file systems have threads of their own; those beyond share them.
  static constexpr size_t kPoolsMax = 16;

  // `threads`: of each.
  explicit MountPools(size_t threads) : threads_(threads) {}
  // All file systems have the threads of `pool`, which outlives every call: for who looks at one of them and ends.
  explicit MountPools(boost::asio::any_io_executor pool) : threads_(0), one_(std::move(pool)) {}
  ~MountPools() { Stop(); }
  MountPools(const MountPools&) = delete;
  MountPools& operator=(const MountPools&) = delete;

  // Of what is mounted where `path` leads by its name. Stays good until Stop.
  [[nodiscard]] boost::asio::any_io_executor For(const std::string& path) { return Executor(NumberOf(path)); }
  // The same in two steps: paths of one number share threads.
  [[nodiscard]] size_t NumberOf(const std::string& path);
  [[nodiscard]] boost::asio::any_io_executor Executor(size_t number) {
    return one_ ? one_ : pools_[number]->get_executor();
  }
  // Drops what has not begun, and waits for what has.
  void Stop();

 private:
  using Time = std::chrono::steady_clock::time_point;
  const std::vector<std::string>& Points();

  const size_t threads_;
  const boost::asio::any_io_executor one_;  // empty: each has its own
  std::vector<std::string> points_;
  Time looked_{};
  std::vector<std::unique_ptr<boost::asio::thread_pool>> pools_;
  std::map<std::string, size_t> numbers_;  // of pools, by mount point
};

}  // namespace lakeferry
