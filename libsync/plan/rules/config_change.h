// What the configuration of a group says otherwise than its last epoch did. It is looked at before anything that is
// found in a table is held against that table: most often nothing is wrong there, and a line of the configuration is.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/document/manifest.h"
#include "plan/document/receipt.h"
#include "plan/group/group_spec.h"
#include "plan/record/role.h"

namespace lakeferry::plan {

enum class ChangeKind {
  kWorkspace,
  kRegion,
  kMode,
  kSwapped,  // the target is what was the source, or the source what was the target
  kSource,
  kTarget,
};

struct ConfigChange {
  ChangeKind kind = ChangeKind::kSource;
  std::string table;  // empty: it is of the whole group
  std::string what;   // in words, with what it was and what it is
  Place where;        // the place that the configuration names
  std::string group = {};
};

// `answer`: the receipt that says of the epoch that it was applied, where there is one: it knows the targets. `role`: a
// sender is asked for its region, which is `region`, and for sources, unless they may have moved; a receiver may know
// the sources by other names. Tables that only one of them has are passed over.
[[nodiscard]] std::vector<ConfigChange> ChangesSince(const Manifest& last, const std::optional<Receipt>& answer,
                                                     const GroupSpec& spec, Role role, std::string_view region);

// Those that nothing can go on with. A target may have another place: what is there decides.
[[nodiscard]] std::vector<ConfigChange> Forbidden(std::vector<ConfigChange> changes);

// In one sentence.
[[nodiscard]] std::string WordsOf(const std::vector<ConfigChange>& changes);
// The way out: to set it back first, and what else can be meant by it.
[[nodiscard]] std::string RemedyOf(const std::vector<ConfigChange>& changes);

// kRefused with all of them; success for none.
[[nodiscard]] Status CheckUnchanged(const std::vector<ConfigChange>& changes);

// The error of a group whose configuration has changed so: what changed comes first. Errors that no configuration
// explains are left as they are.
[[nodiscard]] Error AfterChanges(Error error, const std::vector<ConfigChange>& changes);

}  // namespace lakeferry::plan
