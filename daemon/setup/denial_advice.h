// What a person does about a denied right or a read-only file system: in which words, and with which line of the unit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/denial.h"
#include "daemon/config/config.h"
#include "daemon/setup/missing_right.h"
#include "daemon/setup/process_identity.h"

namespace lakeferry::setup {

struct DenialCase {
  Denial denial = Denial::kNoRight;
  std::string path;
  std::optional<MissingRight> missing;
};

// The words. Pure. `writes`: the folders that the drop-in of this service opens (service_needs.h); none by hand.
[[nodiscard]] std::string DenialWords(const DenialCase& of, const ProcessIdentity& process,
                                      const std::vector<std::string>& writes);

// From now on errors of this process advise so (base/denial.h).
void AdviseByHand();
// The same for a role's service. Again after a reload.
void AdviseAsService(const Config& config, Role role);

}  // namespace lakeferry::setup
