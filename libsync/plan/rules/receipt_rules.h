// What a receipt must say to count (PROTOCOL.md section 5), as far as words can tell: whoever can write staging can
// write one. The receiver holds it against its tables as well (plan/rules/replica_proof.h). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/document/manifest.h"
#include "plan/document/receipt.h"
#include "plan/group/group_spec.h"

namespace lakeferry::plan {

// Why a receipt that says "applied" does not count as the answer to this manifest, for people: another digest, tables,
// versions or targets than those of the manifest and of the group. Empty: it counts, or refuses the epoch.
[[nodiscard]] std::string FlawOf(const Receipt& receipt, const Manifest& manifest, std::string_view sha256,
                                 const GroupSpec& spec);

// Why a receipt of `epoch` does not count that answers no manifest. `newest`: of the manifests in staging; 0 for none.
[[nodiscard]] std::string FlawWithoutManifest(Epoch epoch, Epoch newest);

// The first table of which the receipt speaks for another target than the group has, in words; empty for none. Tables
// that are not configured are passed over.
[[nodiscard]] std::string OtherTarget(const Receipt& receipt, const GroupSpec& spec);

}  // namespace lakeferry::plan
