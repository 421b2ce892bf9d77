// SpilledBytes: bytes that one step writes and a later one reads: in memory while they are few, then in scratch. A
// replay, which waits for nobody, writes them on a thread of the pool; coroutines of the engine's thread read them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/environment.h"

namespace lakeferry::engine {

// `env` must outlive it. Memory: `kept_max` bytes; what is smaller needs no scratch.
class SpilledBytes {
 public:
  SpilledBytes(const Environment& env, size_t kept_max) : env_(env), kept_max_(kept_max) {}
  explicit SpilledBytes(const Environment& env) : SpilledBytes(env, env.limits.copy_buffer_bytes) {}

  // Blocking: called on a pool. The scratch's errors; after one it can only be cleared.
  Status Append(std::string_view bytes);
  void Clear();

  [[nodiscard]] int64_t size_bytes() const;
  // Fills `buffer`, which outlives the task, from `offset` on as far as there are bytes; 0 only at the end. No Append
  // meanwhile. The scratch's errors.
  Task<Result<size_t>> Read(int64_t offset, std::span<char> buffer) const;
  // The same at once and whole. Blocking: called on a pool. kInternal where there are not so many bytes.
  Status ReadNow(int64_t offset, std::span<char> buffer) const;

 private:
  [[nodiscard]] int64_t spilled_bytes() const { return scratch_ == nullptr ? 0 : scratch_->size_bytes(); }

  const Environment& env_;
  size_t kept_max_;
  std::unique_ptr<ScratchFile> scratch_;  // null: nothing there yet
  std::string rest_;                      // what follows it
};

// The bytes as text of whole lines, in pieces.
class SpilledLines {
 public:
  // `bytes` must outlive it; every line ends with a line end.
  SpilledLines(const SpilledBytes& bytes, size_t piece_bytes) : bytes_(bytes), piece_bytes_(piece_bytes) {}

  // The next lines, about `piece_bytes` of them or one that is longer; empty at the end. kInternal for a line without
  // its end; as SpilledBytes::Read.
  Task<Result<std::string>> Next();

 private:
  const SpilledBytes& bytes_;
  size_t piece_bytes_;
  int64_t offset_ = 0;
  std::string rest_;  // read, and not a whole line yet
};

}  // namespace lakeferry::engine
