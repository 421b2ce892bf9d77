#include "storage/cloud/ranged_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lakeferry {

int64_t BytesToRead(const ObjectInfo& info, int64_t offset, std::span<const char> buffer) {
  return std::clamp<int64_t>(info.size_bytes - offset, 0, static_cast<int64_t>(buffer.size()));
}

Status CheckRangeReply(int status, int64_t asked, size_t received, const ObjectInfo& info, const std::string& where) {
  constexpr int kPartialContent = 206;
  if (status != kPartialContent && asked != info.size_bytes) {
    return Fail(ErrorCode::kCorruptData, "the store answers a part of an object with something else", where);
  }
  if (std::cmp_not_equal(received, asked)) {
    return Fail(ErrorCode::kCorruptData, fmt::format("{} bytes came where {} were asked for", received, asked), where);
  }
  return {};
}

}  // namespace lakeferry
