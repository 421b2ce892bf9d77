// In which of a group's locations the object lies that an error or a finding concerns. Pure.
#pragma once

#include "base/place.h"
#include "plan/group/group_spec.h"

namespace lakeferry::plan {

// Says it of `place`, with the table, where it is an object of a table or of the group's staging location.
void PlaceIn(const GroupSpec& group, Place& place);

}  // namespace lakeferry::plan
