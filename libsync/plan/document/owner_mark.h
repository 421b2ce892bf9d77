// The owner's mark: which sender works for a group, as it lies in staging. It decides nothing but who is refused, and
// is not signed: whoever may write to staging can stop a sender by it, and gain nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace lakeferry::plan {

inline constexpr size_t kOwnerMarkBytesMax = size_t{64} << 10;

struct OwnerMark {
  std::string id;              // drawn once; whoever has it in its metadata store is the owner
  std::string host;            // where the owner works
  std::string metadata_store;  // and with which
  std::string region;
  TimeMs since;
  bool operator==(const OwnerMark&) const = default;
};

// One JSON object on one line.
[[nodiscard]] std::string WriteOwnerMark(const OwnerMark& mark);
// kCorruptLog for what is none; `where` says where it lies, for the error.
[[nodiscard]] Result<OwnerMark> ReadOwnerMark(std::string_view text, std::string_view where);

}  // namespace lakeferry::plan
