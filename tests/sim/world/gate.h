// Gate: what stands between one process and the world: each call waits a while, and may fail, lose its answer, take
// effect late, or be the last thing the process does. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "tests/sim/world/sim_random.h"
#include "tests/sim/world/timeline.h"

namespace lakeferry::sim {

// What befalls one write.
enum class Blow {
  kCrashBefore,
  kCrashAfter,
  kLost,         // nothing has happened; the answer is "unknown"
  kLostApplied,  // it has happened; the answer is "unknown"
  kUnavailable,  // nothing has happened; the answer is "unavailable"
  kUnavailableApplied,
  // It is held while somebody else acts, and then goes on.
  kMeetSecond,    // another process of the role begins and does a whole pass
  kMeetForeign,   // another engine commits to a replica
  kMeetHarmless,  // the same, with a commit that changes nothing
};
[[nodiscard]] std::string_view BlowName(Blow blow);

// A blow to the `write`-th write of a process's role, counted from 1 over all its lives.
struct Strike {
  int64_t write = 0;
  Blow blow = Blow::kCrashBefore;
  Millis held{0};  // how long, where somebody else acts
};

// Chances out of a thousand calls, and how long calls take.
struct FaultRates {
  int64_t unavailable = 0;
  int64_t throttled = 0;
  int64_t lost = 0;          // of writes
  int64_t lost_applied = 0;  // of writes
  int64_t late = 0;          // of conditional creates: the answer is lost, the effect comes later
  int64_t crash = 0;         // of writes, half before and half after
  int64_t save_fails = 0;    // of calls to the metadata store
  int64_t latency_max_ms = 5;
  int64_t slow = 0;      // of calls to stores: it drips for minutes
  int64_t torn = 0;      // of reads of bytes: some come, then none
  int64_t replaced = 0;  // of the same: what was opened is another object by now, to the store
  int64_t behind = 0;    // of listings: as it was some seconds ago
};

// How often what only stores do has befallen a process.
struct StoreFaults {
  int64_t slow = 0;
  int64_t torn = 0;
  int64_t replaced = 0;
  int64_t behind = 0;
  int64_t asked_to_wait = 0;  // throttled, and told for how long
};

enum class CallKind { kRead, kBytes, kList, kWrite, kCreate, kStateRead, kSave, kRuns };

struct Verdict {
  std::optional<Error> refuse;  // the answer; nothing happens
  std::optional<Error> answer;  // the answer although it happens
  std::optional<Millis> late;   // it happens so much later; the answer is `refuse`
  bool crash_after = false;
  bool torn = false;             // `answer` comes in the middle of the bytes
  std::optional<Millis> behind;  // a listing shows what was there so long ago
};

class Gate {
 public:
  Gate(Timeline* timeline, Timeline::Owner owner, SimRandom random)
      : timeline_(timeline), owner_(owner), random_(random), of_stores_(random.Next()) {}

  void set_rates(const FaultRates& rates) { rates_ = rates; }
  void set_strikes(std::vector<Strike> strikes) { strikes_ = std::move(strikes); }
  // Who acts while a write is held: called with the blow and what the write is about.
  using Meet = std::function<void(Blow, const std::string& what)>;
  void set_meet(Meet meet) { meet_ = std::move(meet); }
  [[nodiscard]] int64_t writes() const { return writes_; }
  [[nodiscard]] const StoreFaults& met() const { return met_; }
  // The process has to die; every call of it waits for that.
  [[nodiscard]] bool doomed() const { return doomed_; }
  void Revive() { doomed_ = false; }
  [[nodiscard]] Timeline& timeline() const { return *timeline_; }
  [[nodiscard]] Timeline::Owner owner() const { return owner_; }

  Task<Verdict> Enter(CallKind kind, std::string what);
  // After the effect.
  Task<void> Leave(Verdict verdict);

 private:
  Task<void> Die();
  Task<void> Hold(Strike strike, std::string what);
  Verdict Struck(Blow blow, const std::string& what) const;
  Verdict Drawn(CallKind kind, const std::string& what, bool* crash_before);
  // What befalls reads of stores alone.
  Verdict DrawnOfRead(CallKind kind, const std::string& what);
  Millis DrawnLatency(CallKind kind);

  Timeline* timeline_;
  Timeline::Owner owner_;
  SimRandom random_;
  SimRandom of_stores_;
  FaultRates rates_;
  std::vector<Strike> strikes_;
  Meet meet_;
  StoreFaults met_;
  int64_t writes_ = 0;
  bool doomed_ = false;
};

}  // namespace lakeferry::sim
