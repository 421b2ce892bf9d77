// PartTally: the parts of an object that is being written, for writers of every cloud: how long it comes to be, and
// what its checksum is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/buffer.h"
#include "base/result.h"
#include "env/object_info.h"

namespace lakeferry {

// So large, in whole MiB beyond `part_bytes_min`, that an object of `size_bytes` has at most `parts_max` parts.
[[nodiscard]] size_t PartBytesOf(std::optional<int64_t> size_bytes, size_t part_bytes_min, int64_t parts_max);

// An only part that is no larger is held until the object is committed, and goes in one request.
inline constexpr size_t kHeldBytesMax = size_t{1} << 20;

// CRC-64/NVME of a part: as whoever brings it says, or taken here. A store that is told it compares it with what
// arrives, so that memory which fails after it was taken publishes nothing.
[[nodiscard]] uint64_t Crc64OfPart(const Buffer& part);

class PartTally {
 public:
  // Part `number`, from 0 on, in any order; of a number that comes again the last counts.
  void Add(int64_t number, size_t size, uint64_t crc64) { parts_[number] = {.size = size, .crc64 = crc64}; }
  [[nodiscard]] bool empty() const { return parts_.empty(); }
  // CRC-64/NVME of the parts, one behind the other.
  [[nodiscard]] uint64_t WholeCrc64() const;
  // kCorruptData at `where` if they are not so long in all, or have another CRC-64 than one that is given.
  [[nodiscard]] Status Check(int64_t size_bytes, const ObjectChecksums& checksums, const std::string& where) const;

 private:
  struct Part {
    size_t size;
    uint64_t crc64;
  };
  std::map<int64_t, Part> parts_;
};

}  // namespace lakeferry
