// ReusedNames: which names a clone's folder of reused names held when this process last left the clone: as long as
// nobody else has been there, that need not be listed for every epoch.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/ids.h"

namespace lakeferry::engine {

// Hashes of names (delta::ReusedHash).
using NameHashes = std::set<uint64_t>;

class ReusedNames {
 public:
  // That the clone of a table was left at `version` with these.
  void Set(const std::string& table, Version version, NameHashes names) {
    left_.insert_or_assign(table, std::pair(version, std::move(names)));
  }
  // What is known of a clone whose newest version is `head`; it is known no more after that, for whoever asks is about
  // to place files. Absent where the clone was not left so.
  std::optional<NameHashes> Take(const std::string& table, std::optional<Version> head) {
    const auto entry = left_.extract(table);
    if (entry.empty() || entry.mapped().first != head) return std::nullopt;
    return std::move(entry.mapped().second);
  }
  void Clear() { left_.clear(); }

 private:
  std::map<std::string, std::pair<Version, NameHashes>> left_;
};

}  // namespace lakeferry::engine
