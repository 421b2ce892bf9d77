// KeptCommits: the texts of small commits that were read, for those who read them again: what a cut scans, folds and
// digests is then one text, and a far store is asked for it once.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/ids.h"
#include "env/object_info.h"

namespace lakeferry::engine {

class KeptCommits {
 public:
  // So many bytes of a table at most.
  static constexpr size_t kBytesMax = size_t{64} << 10;
  struct Text {
    ObjectInfo info;
    std::shared_ptr<const std::string> text;
  };

  // Of versions after `after` alone.
  explicit KeptCommits(Version after) : after_(after) {}

  // Absent where it is not kept.
  [[nodiscard]] std::optional<Text> Find(Version version) const {
    const auto found = texts_.find(version);
    return found == texts_.end() ? std::nullopt : std::optional(found->second);
  }
  // Whether one of so many bytes is to be kept.
  [[nodiscard]] bool Wants(Version version, int64_t bytes) const {
    return version > after_ && bytes >= 0 && std::cmp_less_equal(bytes, kBytesMax - bytes_);
  }
  void Keep(Version version, Text text) {
    const size_t bytes = text.text->size();
    if (!Wants(version, static_cast<int64_t>(bytes))) return;
    if (texts_.emplace(version, std::move(text)).second) bytes_ += bytes;
  }

 private:
  Version after_;
  size_t bytes_ = 0;
  std::map<Version, Text> texts_;
};

}  // namespace lakeferry::engine
