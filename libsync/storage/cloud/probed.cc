#include "storage/cloud/probed.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace lakeferry {

Status CheckSafe(const Probed& probed, std::string where) {
  if (probed.safe()) return {};
  return Fail(ErrorCode::kRefused,
              fmt::format("the store does not keep one writer from replacing what another wrote: {}", Describe(probed)),
              std::move(where),
              "use a store, or a version of it, that refuses a write on condition that nothing is there where "
              "something is; tables and staging there would be damaged by two writers");
}

std::string Describe(const Probed& probed) {
  const auto say = [](bool good, std::string_view yes, std::string_view no) { return good ? yes : no; };
  return fmt::format("{}; {}; {}; {}; {}; {}; {}",
                     say(probed.refuses_second_put, "a second put is refused", "A SECOND PUT REPLACES THE FIRST"),
                     say(probed.one_of_two_puts, "of two puts at once one wins", "TWO PUTS AT ONCE BOTH SUCCEED"),
                     say(probed.shows_what_it_took, "what was written is read and listed at once",
                         "WHAT WAS WRITTEN IS NOT READ OR LISTED AT ONCE"),
                     say(probed.refuses_second_completion, "a second upload's completion is refused",
                         "a second upload's completion replaces"),
                     say(probed.refuses_second_copy, "a second copy is refused", "a second copy replaces"),
                     say(probed.checks_checksums, "a wrong checksum is refused", "wrong checksums are taken"),
                     say(probed.checks_signatures, "a wrong signature is refused", "wrong signatures are taken"));
}

}  // namespace lakeferry
