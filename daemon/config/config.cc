#include "daemon/config/config.h"

#include <utility>

namespace lakeferry {

Status CheckBuilt(const Config& config, std::string_view group) {
  std::string what;
  const Unbuilt* first = nullptr;
  for (const Unbuilt& unbuilt : config.unbuilt) {
    if (unbuilt.group != group) continue;
    if (first == nullptr) first = &unbuilt;
    what += (what.empty() ? "" : "; ") + unbuilt.what;
  }
  if (first == nullptr) return {};
  return Fail(ErrorCode::kInvalidArgument, std::move(what), first->where, first->remedy);
}

}  // namespace lakeferry
