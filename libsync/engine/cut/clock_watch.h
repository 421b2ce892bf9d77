// ClockWatch: the sender compares clocks: the store's, by the time it gives what is written to it, and that of the
// source of runs. Both are read beside the monotonic clock, so that a wrong calendar of this machine hides nothing.
#pragma once

#include <optional>
#include <utility>

#include "engine/environment.h"
#include "engine/staging/staging_area.h"
#include "plan/cut/clock_margin.h"
#include "plan/group/group_spec.h"

namespace lakeferry::engine {

// Where the clock of the store stands that holds `probe`, which is written over: twice where the store shows whole
// seconds. Errors: the store's.
Task<Result<plan::ClockReading>> ReadStoreClock(Call call, const Environment& env, ObjectStore& store,
                                                ObjectPath probe);

// `env` and `spec` must outlive it, and the staging area that it was given; one task at a time.
class ClockWatch {
 public:
  ClockWatch(const Environment& env, const plan::GroupSpec& spec) : env_(env), spec_(spec) {}

  // Where to write, for whoever may: without it nothing is compared.
  void set_staging(const StagingArea* staging) { staging_ = staging; }
  // What to write there, where it is not to be the group's own object: that one makes the group's folder.
  void set_probe(ObjectPath probe) { probe_ = std::move(probe); }
  // What an earlier process found, until this one has compared.
  void set_known(const ClockAccount& known);
  [[nodiscard]] const ClockAccount& account() const { return account_; }

  // The margin as far as it is known, without a look at any clock.
  [[nodiscard]] plan::ClockMargin Known() const;
  // The margin by clocks that were compared not long ago, or are now. Errors: those of the staging store that may pass,
  // and those of the source of runs. A store that lets nobody write the probe is passed over with a log line.
  Task<Result<plan::ClockMargin>> Margin(Call call);

 private:
  Task<Status> Compare(Call call);
  Task<Result<bool>> SourcesShareClock(Call call);

  const Environment& env_;
  const plan::GroupSpec& spec_;
  const StagingArea* staging_ = nullptr;
  std::optional<ObjectPath> probe_;
  [[nodiscard]] Millis Here() const;
  std::optional<Millis> compared_;  // monotonic
  Millis here_{0};                  // this machine's calendar less the monotonic clock, then
  std::optional<plan::ClockMargin> margin_;
  ClockAccount account_;
};

}  // namespace lakeferry::engine
