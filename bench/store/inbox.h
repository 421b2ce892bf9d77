// Inbox: requests as a connection brings them: heads taken apart, bodies straight to where they are wanted.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <vector>

#include "async/task.h"
#include "bench/store/body_sums.h"
#include "bench/store/channel.h"
#include "bench/store/request.h"

namespace lakeferry::bench {

class Inbox {
 public:
  explicit Inbox(Channel& channel) : channel_(channel) {}

  // The next request; absent where the other side has gone, or does not speak HTTP.
  Task<std::optional<Request>> NextHead();
  // Of the body: fills `room`. False: the other side has gone.
  Task<bool> Fill(std::span<char> room, BodySums* sums);
  // Passes over so much of it.
  Task<bool> Skip(int64_t size, BodySums* sums);

 private:
  // Some bytes of at most so many, in `room` or, where it has none, in our own memory.
  Task<std::span<const char>> Some(std::span<char> room, size_t size);

  Channel& channel_;
  std::vector<char> memory_ = std::vector<char>(size_t{256} << 10);
  size_t first_ = 0;  // what came and is not taken yet
  size_t last_ = 0;
};

}  // namespace lakeferry::bench
