#include "daemon/output/status_alarm.h"

#include <fmt/format.h>

#include "daemon/output/human.h"
#include "plan/group/past_epochs.h"

namespace lakeferry {
namespace {

std::string StateAlarm(const GroupRecord& record) {
  const std::string state(GroupStateName(record.state));
  return record.reason.empty() ? state : fmt::format("{}: {}", state, record.reason);
}

std::optional<std::string> LateAlarm(const GroupRecord& record, Millis bound, TimeMs now) {
  if (!record.waiting_since || now - *record.waiting_since <= bound) return std::nullopt;
  if (record.state == GroupState::kPaused) {
    return fmt::format("late: nothing is known of what came since {}, for {}, and {} are allowed (rpo)",
                       HumanTime(record.waiting_since), HumanAge(now - *record.waiting_since), FormatDuration(bound));
  }
  if (record.role == Role::kReceiver && record.staged_epoch == Epoch()) {
    return fmt::format("late: no epoch has ever come, since {}, and {} are allowed", HumanTime(record.waiting_since),
                       FormatDuration(bound));
  }
  return fmt::format("late: finished work of {} is not known to be applied, for {}, and {} are allowed",
                     HumanTime(record.waiting_since), HumanAge(now - *record.waiting_since), FormatDuration(bound));
}

std::optional<std::string> SilenceAlarm(const GroupRecord& record, Millis bound, TimeMs now) {
  if (!record.alive || now - *record.alive <= bound) return std::nullopt;
  return fmt::format("silent: the {} has not worked on it since {}", RoleName(record.role), HumanTime(record.alive));
}

// `promised`: the group has an rpo.
std::optional<std::string> AlarmOf(const GroupRecord& record, bool promised, Millis wait_bound, Millis silence_bound,
                                   TimeMs now) {
  std::string text;
  const auto say = [&text](const std::string& what) { text += (text.empty() ? "" : "; ") + what; };
  if (record.risk == Risk::kError) say("at risk: " + record.risk_text);
  const AlarmRule rule = AlarmOf(record.state);
  const bool may_wait = rule == AlarmRule::kWhenPromised && !promised;
  if (rule == AlarmRule::kAtOnce) {
    say(StateAlarm(record));
  } else if (const auto late = may_wait ? std::nullopt : LateAlarm(record, wait_bound, now)) {
    say(record.reason.empty() ? *late : fmt::format("{} ({}: {})", *late, GroupStateName(record.state), record.reason));
  }
  if (const auto silence = SilenceAlarm(record, silence_bound, now)) say(*silence);
  return text.empty() ? std::nullopt : std::optional(text);
}

// The sender sees runs, the receiver what came of them.
std::optional<std::string> RunWarning(const GroupRecord& record, const plan::GroupSpec& spec,
                                      const plan::PastEpochs& past, TimeMs now) {
  const bool sender = record.role == Role::kSender;
  const std::optional<TimeMs> newest = sender ? record.last_successful_run_time : record.cut_time;
  const std::optional<Millis> bound = plan::RunGapBound(spec, past);
  if (!newest || !bound || now - *newest <= *bound) return std::nullopt;
  return fmt::format("{} since {}, for {}; {} {}", sender ? "no run has succeeded" : "no newer cut has come",
                     HumanTime(newest), HumanAge(now - *newest),
                     spec.expect_run_every ? "expect_run_every is" : "by past runs one was to be expected within",
                     FormatDuration(*bound));
}

}  // namespace

GroupJudgement Judge(const GroupRecord& record, const plan::GroupSpec& spec, const plan::PastEpochs& past, TimeMs now) {
  const plan::Rhythm rhythm = record.by_passes ? plan::Rhythm::kOnce : plan::Rhythm::kService;
  GroupJudgement judgement{.wait_bound = plan::WaitBound(spec, past, plan::RhythmOfWork(record)),
                           .worst_loss = plan::WorstLoss(spec, past),
                           .alarm = {},
                           .warning = {}};
  judgement.alarm = AlarmOf(record, spec.rpo.has_value(), judgement.wait_bound, plan::SilenceBound(spec, rhythm), now);
  judgement.warning = RunWarning(record, spec, past, now);
  if (!record.mail_trouble.empty()) {
    const std::string mail = "mail cannot be sent: " + record.mail_trouble;
    judgement.warning = judgement.warning ? *judgement.warning + "; " + mail : mail;
  }
  return judgement;
}

}  // namespace lakeferry
