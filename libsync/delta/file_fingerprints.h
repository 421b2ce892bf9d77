// FileFingerprints: of the files of one table, what each is in all that an add says of it, in 20 bytes each, so that a
// list of ten million files can be compared with another while neither is in memory. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "delta/action.h"
#include "delta/file_hash.h"
#include "delta/hash_shards.h"

namespace lakeferry::delta {

class FileFingerprints {
 public:
  enum class Match {
    kAbsent,  // no file of that logical key is there
    kSame,    // one is, and says the same, but for dataChange
    kOther,   // one is, and says something else
  };

  // `seed`: drawn by the process, so that no writer of a log can make two files look like one.
  explicit FileFingerprints(uint64_t seed) : seed_(seed) {}

  // A file more. kInvalidArgument for a path that no key can be made of.
  Status Add(const AddFile& add);
  // How a file of another list compares; one that is there counts as taken from now on. Errors: as Add.
  Result<Match> Take(const AddFile& add);
  // Whether Take has met the file. Errors: as Add.
  [[nodiscard]] Result<bool> IsTaken(const AddFile& add) const;
  void Clear() { files_.Clear(); }

 private:
  // Of four bytes each, so that it is 20 bytes large.
  struct Entry {
    uint32_t high[2] = {0, 0};
    uint32_t low = 0;
    uint32_t content_high = 0;
    uint32_t content_low_and_flags = 0;  // but for the two lowest bits: whether it is there, and whether it is taken

    [[nodiscard]] bool empty() const { return (content_low_and_flags & kThere) == 0; }
    [[nodiscard]] bool taken() const { return (content_low_and_flags & kTaken) != 0; }
    [[nodiscard]] bool Is(const FileHash& file) const { return hash_high() == file.high && low == file.low; }
    [[nodiscard]] uint64_t hash_high() const { return uint64_t{high[1]} << 32 | high[0]; }
    [[nodiscard]] bool Holds(uint64_t content) const {
      return content_high == content >> 32 &&
             (content_low_and_flags | kFlags) == (static_cast<uint32_t>(content) | kFlags);
    }
  };
  static constexpr uint32_t kThere = 1;
  static constexpr uint32_t kTaken = 2;
  static constexpr uint32_t kFlags = kThere | kTaken;

  uint64_t seed_;
  HashShards<Entry> files_;
};

}  // namespace lakeferry::delta
