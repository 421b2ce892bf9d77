// NoticeDesk: delivers the notices that are on record, each over its channel, until each has arrived or is given up. A
// channel that is dead holds up neither replication nor another channel; within a channel notices keep their order.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "async/call.h"
#include "async/task.h"
#include "base/result.h"
#include "env/clock.h"
#include "env/logger.h"
#include "env/random.h"
#include "env/state_store.h"
#include "plan/record/incident.h"

namespace lakeferry::notify {

struct NoticeLimits {
  Millis delay_first{1'000};  // before the second attempt; twice as long before each further one
  Millis delay_max = std::chrono::minutes(5);
  Millis tried_for = std::chrono::hours(6);  // then a notice is given up
  Millis kept_for = std::chrono::hours(48);  // for so long what has arrived is known, and what was given up shown
  size_t waiting_max = 500;                  // of one channel; of more the oldest are given up
  Millis looked_for_every = std::chrono::minutes(5);
};

// One thread. What it is given outlives it.
class NoticeDesk {
 public:
  // Tells an incident over one channel, or says why not: kRefused where no further attempt is of use. `id`: of the
  // notice.
  using Channel = std::function<Task<Status>(Call, Incident, std::string id)>;

  NoticeDesk(StateStore& state, Clock& clock, Random& random, Logger& log, NoticeLimits limits = {})
      : state_(state), clock_(clock), random_(random), log_(log), limits_(limits) {}

  // Before Run and Flush.
  void Add(std::string name, Channel channel);
  [[nodiscard]] bool empty() const { return channels_.empty(); }

  // Delivers the notices of the role until the call is stopped; an attempt under way is waited for.
  Task<void> Run(Call call, Role role);
  // One attempt for each notice of the role that is due, channel by channel; of a channel that fails the others wait.
  Task<void> Flush(Call call, Role role);
  // Notices were put on record.
  void Posted();

 private:
  struct Line {
    Channel deliver;
    std::stop_source asked = {};  // ends the sleep under way
    bool posted = false;
  };
  Task<void> Serve(Call call, Role role, std::string name);
  // Delivers what is due; how long until there is something to do again.
  Task<Millis> Round(Call call, Role role, std::string name);
  // Absent once it has arrived or is given up.
  Task<std::optional<Millis>> Attempt(Call call, std::string name, Notice notice);
  Task<Status> Deliver(Call call, std::string name, Notice notice);
  Task<void> Sleep(Call call, std::string name, Millis pause);
  Task<void> Save(Call call, StateChange change);
  [[nodiscard]] std::vector<Notice> GiveUpTooMany(std::vector<Notice>& waiting);
  void LogGivenUp(const Notice& notice);

  StateStore& state_;
  Clock& clock_;
  Random& random_;
  Logger& log_;
  const NoticeLimits limits_;
  std::map<std::string, Line> channels_;
};

}  // namespace lakeferry::notify
