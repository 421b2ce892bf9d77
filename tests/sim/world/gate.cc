#include "tests/sim/world/gate.h"

#include <algorithm>

namespace lakeferry::sim {
namespace {

bool Writes(CallKind kind) { return kind == CallKind::kWrite || kind == CallKind::kCreate || kind == CallKind::kSave; }

bool Meets(Blow blow) { return blow == Blow::kMeetSecond || blow == Blow::kMeetForeign || blow == Blow::kMeetHarmless; }

Error Unknown(const std::string& what) {
  return Error{.code = ErrorCode::kOutcomeUnknown, .message = "the answer was lost", .where = what, .remedy = {}};
}

Error Unavailable(const std::string& what) {
  return Error{
      .code = ErrorCode::kUnavailable, .message = "the other side did not answer", .where = what, .remedy = {}};
}

}  // namespace

std::string_view BlowName(Blow blow) {
  switch (blow) {
    case Blow::kCrashBefore: return "crash before";
    case Blow::kCrashAfter: return "crash after";
    case Blow::kLost: return "lost";
    case Blow::kLostApplied: return "lost, applied";
    case Blow::kUnavailable: return "unavailable";
    case Blow::kUnavailableApplied: return "unavailable, applied";
    case Blow::kMeetSecond: return "meets a second";
    case Blow::kMeetForeign: return "meets a foreign commit";
    case Blow::kMeetHarmless: return "meets a harmless commit";
  }
  return "?";
}

Task<Verdict> Gate::Enter(CallKind kind, std::string what) {
  const Millis latency = DrawnLatency(kind);
  if (latency.count() > 0) co_await timeline_->Sleep(owner_, latency, std::stop_token());
  if (doomed_) co_await Die();
  Verdict verdict;
  bool crash_before = false;
  if (Writes(kind)) {
    ++writes_;
    const auto strike = std::ranges::find(strikes_, writes_, &Strike::write);
    if (strike != strikes_.end() && Meets(strike->blow)) {
      co_await Hold(*strike, std::move(what));
    } else if (strike != strikes_.end()) {
      crash_before = strike->blow == Blow::kCrashBefore;
      verdict = Struck(strike->blow, what);
    } else {
      verdict = Drawn(kind, what, &crash_before);
    }
  } else {
    verdict = Drawn(kind, what, &crash_before);
  }
  if (crash_before) co_await Die();
  co_return verdict;
}

Millis Gate::DrawnLatency(CallKind kind) {
  const Millis latency(random_.Between(0, rates_.latency_max_ms));
  const bool of_store = kind != CallKind::kStateRead && kind != CallKind::kSave && kind != CallKind::kRuns;
  if (!of_store || rates_.slow == 0 || !of_stores_.PerMille(rates_.slow)) return latency;
  ++met_.slow;
  return latency + Millis(of_stores_.Between(10'000, 300'000));
}

Verdict Gate::DrawnOfRead(CallKind kind, const std::string& what) {
  if (kind == CallKind::kBytes && rates_.torn > 0 && of_stores_.PerMille(rates_.torn)) {
    ++met_.torn;
    return Verdict{.answer = Unavailable(what), .torn = true};
  }
  if (kind == CallKind::kBytes && rates_.replaced > 0 && of_stores_.PerMille(rates_.replaced)) {
    ++met_.replaced;
    return Verdict{.refuse = Error{.code = ErrorCode::kCorruptData,
                                   .message = "the object was replaced meanwhile",
                                   .where = what,
                                   .remedy = {}}};
  }
  if (kind == CallKind::kList && rates_.behind > 0 && of_stores_.PerMille(rates_.behind)) {
    ++met_.behind;
    return Verdict{.behind = Millis(of_stores_.Between(1, 20'000))};
  }
  return {};
}

Task<void> Gate::Leave(Verdict verdict) {
  if (verdict.crash_after) co_await Die();
}

Task<void> Gate::Hold(Strike strike, std::string what) {
  if (meet_) meet_(strike.blow, what);
  if (strike.held.count() > 0) co_await timeline_->Sleep(owner_, strike.held, std::stop_token());
  if (doomed_) co_await Die();
}

Task<void> Gate::Die() {
  doomed_ = true;
  co_await timeline_->Never(owner_);
}

Verdict Gate::Struck(Blow blow, const std::string& what) const {
  switch (blow) {
    case Blow::kCrashBefore: return {};
    case Blow::kCrashAfter: return Verdict{.crash_after = true};
    case Blow::kLost: return Verdict{.refuse = Unknown(what)};
    case Blow::kLostApplied: return Verdict{.answer = Unknown(what)};
    case Blow::kUnavailable: return Verdict{.refuse = Unavailable(what)};
    case Blow::kUnavailableApplied: return Verdict{.answer = Unavailable(what)};
    case Blow::kMeetSecond:
    case Blow::kMeetForeign:
    case Blow::kMeetHarmless: return {};
  }
  return {};
}

Verdict Gate::Drawn(CallKind kind, const std::string& what, bool* crash_before) {
  const bool of_state = kind == CallKind::kSave || kind == CallKind::kStateRead;
  if (of_state) {
    if (random_.PerMille(rates_.save_fails)) {
      if (kind == CallKind::kSave && random_.Percent(50)) return Verdict{.answer = Unavailable(what)};
      return Verdict{.refuse = Unavailable(what)};
    }
  } else {
    if (random_.PerMille(rates_.unavailable)) return Verdict{.refuse = Unavailable(what)};
    if (random_.PerMille(rates_.throttled)) {
      Error busy{.code = ErrorCode::kThrottled, .message = "slow down", .where = what, .remedy = {}};
      if (of_stores_.Percent(50)) {
        ++met_.asked_to_wait;
        busy.retry_after = Millis(of_stores_.Between(0, 60'000));
      }
      return Verdict{.refuse = std::move(busy)};
    }
  }
  if (!Writes(kind)) return DrawnOfRead(kind, what);
  if (random_.PerMille(rates_.crash)) {
    *crash_before = random_.Percent(50);
    return Verdict{.crash_after = !*crash_before};
  }
  if (of_state) return {};
  if (random_.PerMille(rates_.lost)) return Verdict{.refuse = Unknown(what)};
  if (random_.PerMille(rates_.lost_applied)) return Verdict{.answer = Unknown(what)};
  if (kind == CallKind::kCreate && random_.PerMille(rates_.late)) {
    return Verdict{.refuse = Unknown(what), .late = Millis(random_.Between(1, 20'000))};
  }
  return {};
}

}  // namespace lakeferry::sim
