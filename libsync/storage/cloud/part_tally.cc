#include "storage/cloud/part_tally.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/crc64.h"
#include "base/digest.h"

namespace lakeferry {

size_t PartBytesOf(std::optional<int64_t> size_bytes, size_t part_bytes_min, int64_t parts_max) {
  constexpr int64_t kStep = int64_t{1} << 20;
  const int64_t least = (size_bytes.value_or(0) + parts_max - 1) / parts_max;
  return std::max(part_bytes_min, static_cast<size_t>((least + kStep - 1) / kStep * kStep));
}

uint64_t Crc64OfPart(const Buffer& part) {
  return part.crc64() ? *part.crc64() : Crc64Of({part.bytes().data(), part.size()});
}

uint64_t PartTally::WholeCrc64() const {
  uint64_t crc64 = Crc64().value();
  for (const auto& [number, part] : parts_) crc64 = Crc64OfBoth(crc64, part.crc64, part.size);
  return crc64;
}

Status PartTally::Check(int64_t size_bytes, const ObjectChecksums& checksums, const std::string& where) const {
  int64_t size = 0;
  for (const auto& [number, part] : parts_) size += static_cast<int64_t>(part.size);
  if (size != size_bytes) {
    return Fail(ErrorCode::kCorruptData, fmt::format("{} bytes were written where {} were meant", size, size_bytes),
                where);
  }
  if (checksums.crc64 && *checksums.crc64 != WholeCrc64()) {
    return Fail(ErrorCode::kCorruptData,
                fmt::format("the CRC-64 of what was written is {} where {} was meant", Hex64(WholeCrc64()),
                            Hex64(*checksums.crc64)),
                where);
  }
  return {};
}

}  // namespace lakeferry
