// Probed: what an endpoint does with conditions, checksums and signatures, found by trying it: services that speak a
// protocol differ, and some overlook what they do not know.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace lakeferry {

struct Probed {
  bool refuses_second_put = false;  // on condition that nothing is there, one after the other
  bool one_of_two_puts = false;     // and at once
  bool refuses_second_completion = false;
  bool refuses_second_copy = false;  // within the service; what is there stays
  bool checks_checksums = false;     // a wrong one is refused
  bool checks_signatures = false;    // a wrong one is refused
  bool shows_what_it_took = false;   // read and listed at once after the write
  std::optional<TimeMs> ends = {};   // when it has to be tried again

  // Commits can be written there.
  [[nodiscard]] bool safe() const { return refuses_second_put && one_of_two_puts && shows_what_it_took; }
};

// Why nothing is committed there; success where it is safe. `where`: the store.
[[nodiscard]] Status CheckSafe(const Probed& probed, std::string where);
// "a second put is refused; of two puts at once one wins; …", for people.
[[nodiscard]] std::string Describe(const Probed& probed);

}  // namespace lakeferry
