// Which roots of a configuration are one place under two names, or lie one in the other: by where they are, not by how
// they are called. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/group/group_spec.h"

namespace lakeferry::plan {

enum class RootKind { kStaging, kSource, kTarget, kImportRoot, kState };

struct Root {
  RootKind kind = RootKind::kSource;
  std::string group;
  std::string table;  // empty for staging and state
  std::string uri;
  std::vector<std::string> place = {};  // itself, then what it lies in (env/object_store.h); empty: not known

  bool operator==(const Root&) const = default;
};

// The roots that a group names. What has no URI is left out.
[[nodiscard]] std::vector<Root> RootsOf(const GroupSpec& spec);

// Two roots that may not be one in the other. Staging holds what others wrote, so that no table and no import root
// meets it; a table's replica needs a place that is neither its source's nor another replica's. The folder of the
// metadata store may hold all of them, and lies in none: what is below a root is read, sent and deleted as its objects.
struct RootOverlap {
  Root inner;  // is the other, or lies in it
  Root outer;
};
// Whether `inner` may not be `outer`, nor lie in it.
[[nodiscard]] bool MustBeApart(const Root& inner, const Root& outer);
// The first that is found; absent for none. Roots whose place is not known overlap nothing.
[[nodiscard]] std::optional<RootOverlap> FindRootOverlap(const std::vector<Root>& roots);

// "the target of table 't' in group 'g'".
[[nodiscard]] std::string NameOf(const Root& root);

}  // namespace lakeferry::plan
