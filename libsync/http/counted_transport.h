// CountedTransport: an HttpTransport in front of another which counts what is asked of each service, and how long it
// takes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "env/clock.h"
#include "http/transport.h"

namespace lakeferry {

// Upper ends of the intervals that times are counted in, in seconds; the last interval has no end.
inline constexpr std::array kTrafficSeconds{0.01, 0.05, 0.25, 1.0, 5.0, 30.0};

// With one service by one method.
struct Traffic {
  std::map<std::string, int64_t> replies = {};  // by class of status, "2xx", or by the name of an error's code
  std::array<int64_t, kTrafficSeconds.size() + 1> within{};  // how many took as long, interval by interval
  Millis took{0};                                            // all together
  int64_t sent_bytes = 0;                                    // of bodies
  int64_t received_bytes = 0;                                // of bodies that went where they were wanted
};

// By "host:port" and method.
using TrafficByService = std::map<std::pair<std::string, std::string>, Traffic>;

// On the engine thread. What it is given outlives it.
class CountedTransport final : public HttpTransport {
 public:
  CountedTransport(HttpTransport& http, const Clock& clock) : http_(http), clock_(clock) {}

  // As that of the other.
  Task<Result<HttpReply>> Send(Call call, HttpRequest request, ReplyBody& body) override;
  // Of services beyond kServicesMax, those that came first alone.
  [[nodiscard]] const TrafficByService& traffic() const { return traffic_; }

  static constexpr size_t kServicesMax = 512;

 private:
  HttpTransport& http_;
  const Clock& clock_;
  TrafficByService traffic_;
};

}  // namespace lakeferry
