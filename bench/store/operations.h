// What a request asks for, by the name that S3's documentation gives it, and how many there were of each.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "bench/store/request.h"

namespace lakeferry::bench {

// "PutObject"; empty for what the store does not know.
[[nodiscard]] std::string_view OperationOf(const Request& request);

// Any thread.
class OperationCounts {
 public:
  void Count(std::string_view operation);
  // {"GetObject": 3, …}
  [[nodiscard]] std::string Json() const;
  void Reset();

 private:
  mutable std::mutex mutex_;
  std::map<std::string, int64_t, std::less<>> counts_;
};

}  // namespace lakeferry::bench
