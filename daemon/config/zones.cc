#include "daemon/config/zones.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <exception>

namespace lakeferry {
namespace {

class DateZone final : public plan::ZoneRules {
 public:
  explicit DateZone(const date::time_zone& zone) : zone_(zone) {}

  [[nodiscard]] plan::LocalMs ToLocal(TimeMs time) const override {
    return plan::LocalMs(zone_.to_local(date::sys_time<Millis>(time.time_since_epoch())).time_since_epoch());
  }

  [[nodiscard]] TimeMs ToUtc(plan::LocalMs local) const override {
    const date::local_time<Millis> from(local.time_since_epoch());
    const date::local_info info = zone_.get_info(from);
    if (info.result == date::local_info::nonexistent) return TimeMs(info.second.begin.time_since_epoch());
    return TimeMs(local.time_since_epoch() - info.first.offset);  // the earlier one where the clocks show it twice
  }

 private:
  const date::time_zone& zone_;
};

}  // namespace

Result<std::shared_ptr<const plan::ZoneRules>> SystemZones::Find(const std::string& name) const {
  try {
    return std::make_shared<const DateZone>(*date::locate_zone(name));
  } catch (const std::exception&) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is no time zone of this machine", name), {},
                "write an IANA name such as Europe/Vienna or UTC; the package tzdata brings them");
  }
}

}  // namespace lakeferry
