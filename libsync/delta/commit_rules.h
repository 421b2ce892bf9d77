// The rules of one commit's file actions (protocol: "Add File and Remove File"): each logical file is named once.
// Private to the readers of commits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "delta/action.h"

namespace lakeferry::delta {

// Keeps 8 bytes a file action: keys are compared by hash, and in full only where two hashes are equal.
class CommitRules {
 public:
  // `where` must outlive this object.
  explicit CommitRules(std::string_view where) : where_(where) {}

  // The key of a file that is added or removed. kCorruptLog for a path that no key can be made of.
  Result<std::string> Name(std::string_view path, const std::optional<DeletionVector>& dv);
  // True iff a file may have been named twice: then the keys must be given to RefuseRepeated.
  [[nodiscard]] bool MayRepeat();
  // kCorruptLog if there are two equal ones among `keys`.
  [[nodiscard]] Status RefuseRepeated(std::vector<std::string> keys) const;

  // kCorruptLog for a file that is named twice.
  [[nodiscard]] std::unexpected<Error> Repeated(std::string_view path) const;
  // kCorruptLog for a path that no key can be made of.
  [[nodiscard]] std::unexpected<Error> BadPath(const Error& error) const;

  // kCorruptLog for the second action of a kind that a commit holds once.
  template <typename Action>
  Status Once(std::optional<Action>& place, Action&& action, std::string_view kind) const {
    if (place) return Twice(kind);
    place = std::forward<Action>(action);
    return {};
  }

 private:
  [[nodiscard]] Status Twice(std::string_view kind) const;

  std::string_view where_;
  std::vector<uint64_t> hashes_;
};

}  // namespace lakeferry::delta
