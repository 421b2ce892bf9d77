#include "daemon/config/store_settings.h"

namespace lakeferry {

const StorePrefix* StoreSettings::Find(const Location& location) const {
  const std::string place = location.place();
  const StorePrefix* longest = nullptr;
  for (const StorePrefix& one : prefixes) {
    if (!place.starts_with(one.prefix.place())) continue;
    if (longest == nullptr || one.prefix.place().size() > longest->prefix.place().size()) longest = &one;
  }
  return longest;
}

}  // namespace lakeferry
