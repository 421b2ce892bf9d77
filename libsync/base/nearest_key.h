// The word a person probably meant.
#pragma once

#include <span>
#include <string_view>

namespace lakeferry {

// How many letters must be inserted, deleted, replaced or swapped with their neighbour to turn `a` into `b`.
[[nodiscard]] size_t EditDistance(std::string_view a, std::string_view b);

// The candidate closest to `word`, empty when none is close enough to be meant: more than a third of the longer word
// differs. Case and the choice of '-' or '_' count as no difference. Ties go to the first candidate.
[[nodiscard]] std::string_view NearestKey(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace lakeferry
