// SystemZones: time zones of the machine (tzdata), for schedules. Zones are read once; any thread.
#pragma once

#include "plan/group/cron.h"

namespace lakeferry {

class SystemZones final : public plan::ZoneSource {
 public:
  // kInvalidArgument for a name that tzdata does not know, or where the machine has no tzdata.
  [[nodiscard]] Result<std::shared_ptr<const plan::ZoneRules>> Find(const std::string& name) const override;
};

}  // namespace lakeferry
