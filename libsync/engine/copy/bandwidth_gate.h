// BandwidthGate: holds data back so that it keeps to a bandwidth, whatever that is at the time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <utility>

#include "async/call.h"
#include "async/semaphore.h"
#include "env/clock.h"
#include "plan/group/bandwidth.h"

namespace lakeferry::engine {

// Lives on one executor; must outlive whoever waits.
class BandwidthGate {
 public:
  explicit BandwidthGate(boost::asio::any_io_executor executor) : turn_(std::move(executor), 1) {}

  // From here on. kInvalidArgument for a time zone that nobody knows: nothing has changed then.
  Status Use(const plan::Bandwidth& bandwidth, const plan::ZoneSource& zones);
  // Until so many bytes may go, one after the other in the order in which they came. A call that is stopped waits no
  // more, and its bytes count all the same.
  Task<void> Await(Call call, Clock& clock, size_t bytes);
  // What is in force.
  [[nodiscard]] plan::ByteRate LimitAt(TimeMs now) const;

 private:
  plan::Bandwidth bandwidth_;
  std::shared_ptr<const plan::ZoneRules> zone_;  // null: nothing is limited
  plan::TokenBucket bucket_;
  Semaphore turn_;
};

}  // namespace lakeferry::engine
