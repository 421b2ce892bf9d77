#include "parquet/read_ahead.h"

#include <arrow/record_batch.h>

#include <string>
#include <system_error>
#include <utility>

#include "base/out_of_memory.h"

namespace lakeferry::parquet {
namespace {

constexpr size_t kBatchesAheadMax = 4;

}  // namespace

Status ReadAhead::Start() {
  for (size_t i = 0; i < readers_.size(); ++i) lanes_.push_back(std::make_unique<Lane>());
  try {
    for (size_t i = 0; i < readers_.size(); ++i) threads_.emplace_back([this, i] { Decode(i); });
  } catch (const std::system_error& e) {
    return Fail(ErrorCode::kInternal, std::string("cannot start a thread: ") + e.what());
  }
  return {};
}

ReadAhead::~ReadAhead() {
  for (const auto& lane : lanes_) {
    const std::lock_guard lock(lane->mutex);
    lane->stopped = true;
    lane->changed.notify_all();
  }
  threads_.clear();
}

Status ReadAhead::Read(int group, const std::function<Status(BatchPtr)>& take) {
  Lane& lane = *lanes_[static_cast<size_t>(group) % lanes_.size()];
  for (;;) {
    LF_TRY(BatchPtr batch, Take(lane));
    if (batch == nullptr) return {};
    LF_TRY_OK(take(std::move(batch)));
  }
}

void ReadAhead::Decode(size_t number) {
  Lane& lane = *lanes_[number];
  const int step = static_cast<int>(readers_.size());
  for (int group = static_cast<int>(number); group < groups_; group += step) {
    const auto decode = [&] {
      return readers_[number]->Read(group, columns_, [&](BatchPtr batch) { return Put(lane, std::move(batch)); });
    };
    Status read = WithinMemory(decode);  // this thread is nobody's call
    const bool ended = !read;
    const Status put = Put(lane, ended ? Result<BatchPtr>(std::unexpected(std::move(read).error())) : BatchPtr());
    if (ended || !put) return;
  }
}

// kCancelled where nobody takes any more.
Status ReadAhead::Put(Lane& lane, Result<BatchPtr> batch) {
  std::unique_lock lock(lane.mutex);
  lane.changed.wait(lock, [&] { return lane.stopped || lane.batches.size() < kBatchesAheadMax; });
  if (lane.stopped) return Fail(ErrorCode::kCancelled, "the reading was given up");
  lane.batches.push_back(std::move(batch));
  lane.changed.notify_all();
  return {};
}

Result<BatchPtr> ReadAhead::Take(Lane& lane) {
  std::unique_lock lock(lane.mutex);
  lane.changed.wait(lock, [&] { return !lane.batches.empty(); });
  Result<BatchPtr> batch = std::move(lane.batches.front());
  lane.batches.pop_front();
  lane.changed.notify_all();
  return batch;
}

}  // namespace lakeferry::parquet
