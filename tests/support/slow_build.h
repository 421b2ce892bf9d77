// Whether this build has a sanitizer, and so is many times slower than one that is delivered: then tests of pure
// functions draw less at random, because what a sanitizer sees is in the first thousands as well.
#pragma once

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LAKEFERRY_SLOW_BUILD 1
#else
#define LAKEFERRY_SLOW_BUILD 0
#endif

namespace lakeferry {

inline constexpr bool kSlowBuild = LAKEFERRY_SLOW_BUILD != 0;

}  // namespace lakeferry
