#include "engine/copy/part_pump.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "async/in_order.h"
#include "async/within_memory.h"

namespace lakeferry::engine {

struct PartPump::Writes {
  explicit Writes(const boost::asio::any_io_executor& executor) : slots(executor, kWritesAtOnce), tasks(executor) {}

  Semaphore slots;
  TaskGroup tasks;
};

size_t PartPump::Count() const {
  const size_t part = writer_.part_bytes();
  return (static_cast<size_t>(object_.size_bytes()) + part - 1) / part;
}

Task<Result<ObjectDigest>> PartPump::Run(Call call) {
  const auto executor = co_await boost::asio::this_coro::executor;
  const auto writes = std::make_shared<Writes>(executor);
  const size_t count = Count();
  const Status moved =
      co_await InOrder(std::min(kReadAhead, count),
                       {.next = [count](size_t number) { return IsBelow(number, count); },
                        .work = [this, &call](size_t number) { return Read(call, number); },
                        .take = [this, &call, writes](size_t number) { return Take(call, number, writes); }});
  co_await writes->tasks.Join();
  LF_CO_TRY_OK(moved);
  LF_CO_TRY_OK(written_);
  co_return digester_.Finish();
}

Buffer PartPump::Memory() {
  if (spare_.empty()) return Buffer(std::min(writer_.part_bytes(), static_cast<size_t>(object_.size_bytes())));
  Buffer memory = std::move(spare_.back());
  spare_.pop_back();
  return memory;
}

Task<Status> PartPump::Read(Call call, size_t number) {
  Buffer part = Memory();
  const auto offset = static_cast<int64_t>(number * writer_.part_bytes());
  LF_CO_TRY(const size_t got, co_await object_.Read(call, offset, part.room()));
  part.Resize(got);
  places_[number % kReadAhead] = std::move(part);
  co_return Status{};
}

Task<Status> PartPump::Take(Call call, size_t number, std::shared_ptr<Writes> writes) {
  Buffer part = std::move(places_[number % kReadAhead]);
  digester_.Update(part.bytes());
  Semaphore::Slot slot = co_await writes->slots.Acquire();
  if (written_ && part.size() > 0) {
    writes->tasks.Spawn(Write(call, number, std::move(part), writes, std::move(slot)));
  }
  co_return written_;
}

Task<void> PartPump::Write(Call call, size_t number, Buffer part, std::shared_ptr<Writes> /*writes*/,
                           Semaphore::Slot slot) {
  Result<Buffer> memory = co_await TaskWithinMemory(writer_.Write(call, static_cast<int64_t>(number), std::move(part)));
  const Semaphore::Slot done = std::move(slot);
  if (memory) {
    spare_.push_back(*std::move(memory));
  } else if (written_) {
    written_ = std::unexpected(std::move(memory).error());
  }
}

}  // namespace lakeferry::engine
