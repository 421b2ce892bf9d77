// Texts of people among records, made fit to be kept: they are shown again by whoever opens the store. Pure but for the
// known secrets.
#pragma once

#include "env/state_store.h"

namespace lakeferry::sqlite {

// Reasons, errors, remedies and notes of the change without secrets and bounded (base/shown_text.h). Names, ids and
// journals stay as they are: they are compared.
[[nodiscard]] StateChange ShownChange(StateChange change);

}  // namespace lakeferry::sqlite
