#include "daemon/service/return_memory.h"

#include <malloc.h>

#include <chrono>
#include <utility>

#include "async/offload.h"

namespace lakeferry::service {
namespace {

constexpr Millis kEvery = std::chrono::seconds(30);
// Less is soon used again, and to give it back costs more than it holds.
constexpr size_t kWorthBytes = size_t{16} << 20;

bool GiveBack() { return mallinfo2().fordblks >= kWorthBytes && malloc_trim(0) != 0; }

}  // namespace

Task<void> ReturnMemory(Call call, Clock& clock, boost::asio::any_io_executor pool) {
  while (!call.stopped()) {
    co_await clock.SleepFor(call, kEvery);
    if (!call.stopped()) co_await Offload(pool, GiveBack);
  }
}

}  // namespace lakeferry::service
