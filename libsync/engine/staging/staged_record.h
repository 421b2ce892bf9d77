// What the metadata store is told of an epoch that lies in staging, by either role.
#pragma once

#include <string>
#include <string_view>

#include "engine/staging/staging_area.h"
#include "env/state_store.h"

namespace lakeferry::engine {

// The error of a receipt that is not of the manifest that is in staging. `uri`: of the staging location.
[[nodiscard]] std::unexpected<Error> AnswersAnother(const plan::Receipt& receipt, std::string_view uri);
// The record of a refused epoch whose manifest tells nothing. `answered`: when it was refused.
[[nodiscard]] EpochRecord RecordOfUnreadable(const StagedObject& staged, const std::string& group, TimeMs answered);
// The record of an epoch as its manifest tells it.
[[nodiscard]] EpochRecord RecordOf(const StagedEpoch& staged, Role role);

}  // namespace lakeferry::engine
