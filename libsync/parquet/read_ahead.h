// ReadAhead: threads that decode the row groups of a checkpoint file before they are asked for. Owns its threads; they
// end with it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "parquet/group_reader.h"

namespace lakeferry::parquet {

class ReadAhead {
 public:
  // One thread a reader: the n-th of N readers takes the row groups n, n + N and so on, of `groups`. `columns` must
  // outlive the object.
  ReadAhead(std::vector<std::unique_ptr<GroupReader>> readers, int groups, const CheckpointColumns& columns)
      : readers_(std::move(readers)), groups_(groups), columns_(columns) {}
  // Waits for the page that a thread is about to decode.
  ~ReadAhead();

  // Before the first Read. kInternal: the system gives no thread.
  Status Start();
  // As GroupReader::Read, for the row groups one after the other from 0 on; on the caller's thread.
  Status Read(int group, const std::function<Status(BatchPtr)>& take);

 private:
  // Batches of one thread on their way, no more than a few; a null ends a row group.
  struct Lane {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Result<BatchPtr>> batches;
    bool stopped = false;
  };

  void Decode(size_t number);
  static Status Put(Lane& lane, Result<BatchPtr> batch);
  static Result<BatchPtr> Take(Lane& lane);

  const std::vector<std::unique_ptr<GroupReader>> readers_;
  const int groups_;
  const CheckpointColumns& columns_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::jthread> threads_;
};

}  // namespace lakeferry::parquet
