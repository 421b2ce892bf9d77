// What a bucket's lifecycle rules do to objects by themselves: GetBucketLifecycleConfiguration. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakeferry::s3 {

// Of those that are enabled, and that take away or archive objects without tags, as ours are.
struct LifecycleRule {
  std::string id;
  std::string prefix;    // of keys; empty: the whole bucket
  std::string expires;   // "after 30 days"; empty: never
  std::string archives;  // the same, where they can no longer be read at once

  // Whether it is about keys that begin with `prefix_of_keys`, or about some of them.
  [[nodiscard]] bool Concerns(std::string_view prefix_of_keys) const;

  bool operator==(const LifecycleRule&) const = default;
};

// kCorruptData for what is no such answer.
[[nodiscard]] Result<std::vector<LifecycleRule>> ReadLifecycle(std::string_view xml);

}  // namespace lakeferry::s3
