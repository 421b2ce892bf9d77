// Cron schedules of five fields in a time zone: when a group without a workflow is cut. Pure: the zone's rules come
// from outside.
#pragma once

#include <bitset>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace lakeferry::plan {

// Milliseconds of a wall clock without a zone.
using LocalMs = std::chrono::local_time<Millis>;

class ZoneRules {
 public:
  virtual ~ZoneRules() = default;
  [[nodiscard]] virtual LocalMs ToLocal(TimeMs time) const = 0;
  // The first instant that shows `local`; for a local time that the clocks skip, the first instant after the gap.
  [[nodiscard]] virtual TimeMs ToUtc(LocalMs local) const = 0;
};

// Finds zones by IANA name.
class ZoneSource {
 public:
  virtual ~ZoneSource() = default;
  // kInvalidArgument for an unknown name.
  [[nodiscard]] virtual Result<std::shared_ptr<const ZoneRules>> Find(const std::string& name) const = 0;
};

// minute hour day-of-month month day-of-week; each '*', numbers, ranges, lists, steps; names of months and days; 0 and
// 7 are Sunday; or one of @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually. As in Vixie cron, a day
// matches either day field when both are restricted.
class CronSchedule {
 public:
  // kInvalidArgument naming the field, or for a schedule that never fires: no month has the day (30 February).
  [[nodiscard]] static Result<CronSchedule> Parse(std::string_view text);

  // The newest instant at or before `now` at which the schedule fires; absent where it has not for forty years, as long
  // as any waits. A fire time that the zone's clocks skip happens at the first instant after the gap; one that they
  // show twice happens at its first showing alone.
  [[nodiscard]] std::optional<TimeMs> NewestFireAtOrBefore(TimeMs now, const ZoneRules& zone) const;

 private:
  // Whether any year has a day that matches.
  [[nodiscard]] bool EverFires() const;
  // Of a day whose month matches.
  [[nodiscard]] bool MatchesDay(std::chrono::year_month_day day) const;
  // The newest fire of `day` whose local time is at or before `latest` and whose instant is at or before `now`.
  [[nodiscard]] std::optional<TimeMs> NewestOfDay(std::chrono::local_days day, LocalMs latest, TimeMs now,
                                                  const ZoneRules& zone) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;     // 1..31
  std::bitset<13> months_;   // 1..12
  std::bitset<7> weekdays_;  // 0 is Sunday
  bool days_restricted_ = false;
  bool weekdays_restricted_ = false;
};

}  // namespace lakeferry::plan
