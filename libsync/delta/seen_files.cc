#include "delta/seen_files.h"

namespace lakeferry::delta {

SeenFiles::Met SeenFiles::Meet(const FileHash& file, bool live) {
  Entry& entry = files_.Place(file);
  if (entry.empty()) {
    entry = {.high = file.high, .low_and_live = file.low << 1 | uint32_t{live}, .source = source_};
    return Met::kFirst;
  }
  if (entry.source == source_) return Met::kTwice;
  entry.source = source_;
  return Met::kBefore;
}

bool SeenFiles::IsLive(const FileHash& file) const {
  const Entry* const entry = files_.Find(file);
  return entry != nullptr && (entry->low_and_live & 1U) != 0;
}

}  // namespace lakeferry::delta
