#include "delta/seen_files.h"

namespace lakeferry::delta {

SeenFiles::Met SeenFiles::Meet(const FileHash& file) {
  Entry& entry = files_.SlotOf(file);
  if (entry.empty()) {
    entry = {.high = file.high, .low = file.low, .source = source_};
    return Met::kFirst;
  }
  if (entry.source == source_) return Met::kTwice;
  entry.source = source_;
  return Met::kBefore;
}

}  // namespace lakeferry::delta
