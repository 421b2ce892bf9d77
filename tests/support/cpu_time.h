// How much longer twice or ten times as much takes, whatever else the machine has to do: by the CPU time of the
// process.
#pragma once

#include <chrono>
#include <ctime>

namespace lakeferry {

// What all threads of this process have used so far.
inline std::chrono::nanoseconds CpuTime() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// Of `work`, which is called once.
template <typename Work>
std::chrono::nanoseconds CpuTimeOf(Work work) {
  const std::chrono::nanoseconds before = CpuTime();
  work();
  return CpuTime() - before;
}

}  // namespace lakeferry
