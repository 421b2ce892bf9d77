// SuccessDigest: once a day, what the receiver has applied since the day before, put on record as notices: a mail for
// each address and one for each receiver that wants it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "env/clock.h"
#include "env/logger.h"
#include "env/notifier.h"
#include "env/state_store.h"
#include "plan/group/cron.h"
#include "plan/group/group_spec.h"

namespace lakeferry::notify {

struct DigestTerms {
  plan::CronSchedule schedule;  // when a day ends
  std::shared_ptr<const plan::ZoneRules> zone;
  std::string region;
  std::function<std::vector<plan::GroupSpec>()> groups;  // as they are configured now
};

// One thread. What it is given outlives it.
class SuccessDigest {
 public:
  SuccessDigest(DigestTerms terms, StateStore& state, Notifier& notifier, Clock& clock, Logger& log)
      : terms_(std::move(terms)), state_(state), notifier_(notifier), clock_(clock), log_(log) {}

  // The digest of the newest day that is over, unless it is on record.
  Task<void> Once(Call call);
  // Again and again, until the call is stopped.
  Task<void> Run(Call call);

 private:
  Task<Result<std::vector<Notice>>> NoticesOf(Call call, TimeMs due);
  Task<Result<DigestLine>> LineOf(Call call, std::string group, TimeMs due);

  const DigestTerms terms_;
  StateStore& state_;
  Notifier& notifier_;
  Clock& clock_;
  Logger& log_;
  std::optional<TimeMs> done_;  // the day that is on record
};

}  // namespace lakeferry::notify
