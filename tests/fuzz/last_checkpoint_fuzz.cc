// _last_checkpoint.
#include "delta/checkpoint_hint.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {

void Try(std::string_view input) {
  const auto version = delta::ReadCheckpointHint(input);
  if (version) LF_CHECK(*version >= Version(0), "no version is negative");
}

}  // namespace lakeferry::fuzz
