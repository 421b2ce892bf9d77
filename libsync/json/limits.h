// How much of a JSON document is taken, whatever it says of itself.
#pragma once

#include <cstddef>

namespace lakeferry::json {

// How many brackets may be open at once. None of our documents needs more than six; who walks a tree calls itself for
// each.
inline constexpr size_t kDepthMax = 63;

// Entries of one list or map that is read: what is kept of an entry takes many times the shortest text.
inline constexpr size_t kListEntriesMax = 262'144;

}  // namespace lakeferry::json
