#include "engine/copy/part_pump.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "async/in_order.h"
#include "async/within_memory.h"
#include "base/crc64.h"

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
                       {.next = [this, &call, count](size_t number) { return Prepare(call, number, count); },
                        .work = [this, &call](size_t number) { return Read(call, number); },
                        .take = [this, &call, writes](size_t number) { return Take(call, number, writes); }});
  // What was read and is not taken any more.
  places_.clear();
  co_await writes->tasks.Join();
  LF_CO_TRY_OK(moved);
  LF_CO_TRY_OK(written_);
  co_return digester_.Finish();
}

// One after the other, so that memory comes to the parts in their order: a writer may want them in it.
Task<Result<bool>> PartPump::Prepare(Call call, size_t number, size_t count) {
  if (number >= count) co_return false;
  const size_t bytes = std::min(writer_.part_bytes(), static_cast<size_t>(object_.size_bytes()));
  if (!writer_.MayHave(static_cast<int64_t>(number))) co_await means_.Await(call, bytes);
  CopyMemory::Loan memory = co_await means_.Borrow(bytes);
  places_[number % kReadAhead] = std::move(memory);
  co_return true;
}

Task<Status> PartPump::Read(Call call, size_t number) {
  CopyMemory::Loan& memory = places_[number % kReadAhead];
  Buffer& part = memory.buffer;
  const auto offset = static_cast<int64_t>(number * writer_.part_bytes());
  LF_CO_TRY(const size_t got, co_await object_.Read(call, offset, part.room()));
  part.Resize(got);
  memory.Filled();
  co_return Status{};
}

Task<Status> PartPump::Take(Call call, size_t number, std::shared_ptr<Writes> writes) {
  CopyMemory::Loan part = std::move(places_[number % kReadAhead]);
  const uint64_t crc64 = Crc64Of({part.buffer.bytes().data(), part.buffer.size()});
  digester_.Update(part.buffer.bytes(), crc64);
  part.buffer.set_crc64(crc64);
  if (writer_.TakeOver(static_cast<int64_t>(number), part.buffer)) {
    resumed_bytes_ += static_cast<int64_t>(part.buffer.size());
    co_return written_;
  }
  Semaphore::Slot slot = co_await writes->slots.Acquire();
  if (written_ && part.buffer.size() > 0) {
    writes->tasks.Spawn(Write(call, static_cast<int64_t>(number), std::move(part), writes, std::move(slot)));
  }
  co_return written_;
}

Task<void> PartPump::Write(Call call, int64_t number, CopyMemory::Loan part, std::shared_ptr<Writes> /*writes*/,
                           Semaphore::Slot slot) {
  CopyMemory::Loan lent = std::move(part);  // given back as soon as this has ended
  // It was taken for one that need not be sent, and has not waited for its time yet.
  if (writer_.MayHave(number)) co_await means_.Await(call, lent.buffer.size());
  Result<Buffer> memory = co_await TaskWithinMemory(writer_.Write(call, number, std::exchange(lent.buffer, Buffer())));
  const Semaphore::Slot done = std::move(slot);
  if (!memory) {
    if (written_) written_ = std::unexpected(std::move(memory).error());
  } else if (memory->capacity() > 0) {
    lent.buffer = *std::move(memory);
  } else {
    kept_.push_back(std::move(lent));
  }
}

}  // namespace lakeferry::engine
