#include "engine/log/near_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "async/in_order.h"
#include "async/offload.h"
#include "base/bytes_access.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

constexpr int64_t kInMemoryBytes = int64_t{4} << 20;
constexpr size_t kRangeBytes = size_t{4} << 20;
constexpr size_t kRangesAhead = 4;

// Brings one object range by range, into scratch.
class Bringer {
 public:
  Bringer(const Environment& env, OpenObject& object) : env_(env), object_(object) {}

  Task<Result<std::unique_ptr<ScratchFile>>> Run(Call call) {
    auto open = [this] { return env_.scratch.Open(); };
    LF_CO_TRY(scratch_, co_await Offload(env_.pool, open));
    const size_t count = (static_cast<size_t>(object_.size_bytes()) + kRangeBytes - 1) / kRangeBytes;
    LF_CO_TRY_OK(co_await InOrder(std::min(kRangesAhead, count),
                                  {.next = [count](size_t number) { return IsBelow(number, count); },
                                   .work = [this, &call](size_t number) { return Read(call, number); },
                                   .take = [this](size_t number) { return Keep(number); }}));
    co_return std::move(scratch_);
  }

 private:
  Task<Status> Read(Call call, size_t number) {
    Buffer& range = ranges_[number % kRangesAhead];
    if (range.capacity() == 0) range = Buffer(kRangeBytes);
    LF_CO_TRY(const size_t got, co_await object_.Read(call, static_cast<int64_t>(number * kRangeBytes), range.room()));
    range.Resize(got);
    co_return Status{};
  }

  Task<Status> Keep(size_t number) {
    const std::span<const char> bytes = ranges_[number % kRangesAhead].bytes();
    auto append = [this, bytes] { return scratch_->Append(std::string_view(bytes.data(), bytes.size())); };
    co_return co_await Offload(env_.pool, append);
  }

  const Environment& env_;
  OpenObject& object_;
  std::unique_ptr<ScratchFile> scratch_;
  std::array<Buffer, kRangesAhead> ranges_;
};

}  // namespace

Task<Result<NearBytes>> NearBytes::Of(Call call, const Environment& env, OpenObject& object) {
  if (const RandomAccess* local = object.local()) co_return NearBytes(local);
  if (object.size_bytes() <= kInMemoryBytes) {
    LF_CO_TRY(std::string bytes, co_await ReadAll(call, object));
    co_return NearBytes(std::make_unique<const BytesAccess>(std::move(bytes)));
  }
  Bringer bringer(env, object);
  LF_CO_TRY(std::unique_ptr<const RandomAccess> scratch, co_await bringer.Run(call));
  co_return NearBytes(std::move(scratch));
}

}  // namespace lakeferry::engine
