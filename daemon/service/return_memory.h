// ReturnMemory: gives memory that passes have freed back to the system. The allocator keeps it for the next time, which
// of a service that looks after many groups comes at their next cut: what all of them took at once would stay resident.
// Only the C library's is asked: another that was preloaded, as the units do, gives back by itself.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "async/call.h"
#include "async/task.h"
#include "env/clock.h"

namespace lakeferry::service {

// Looks every half minute until the call is stopped. Both outlive the task; the work is done on `pool`.
Task<void> ReturnMemory(Call call, Clock& clock, boost::asio::any_io_executor pool);

}  // namespace lakeferry::service
