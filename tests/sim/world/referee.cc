#include "tests/sim/world/referee.h"

#include <fmt/format.h>

namespace lakeferry::sim {

void Referee::OnStore(const StoreEffect& effect) {
  trace_->Note(timeline_->now(), effect.actor.name,
               fmt::format("{} {}/{} {}", StoreOperationName(effect.operation), effect.uri, effect.path.text(),
                           effect.after ? static_cast<int64_t>(effect.after->size()) : -1));
  Event event = facts_->Take(effect);
  event.at = timeline_->now();
  Judge(event);
}

void Referee::OnSaved(const Actor& actor, const StateChange& change) {
  std::string what = "save";
  for (const GroupRecord& record : change.groups)
    what += fmt::format(" group:{}:{}", GroupStateName(record.state), record.epoch.value());
  for (const EpochRecord& record : change.epochs) {
    what += fmt::format(" epoch:{}:{}", record.epoch.value(), EpochStateName(record.state));
  }
  for (const JournalEntry& entry : change.journals) what += " journal:" + entry.content;
  trace_->Note(timeline_->now(), actor.name, what);
  Event event = facts_->Take(actor, change);
  event.at = timeline_->now();
  Judge(event);
}

void Referee::Judge(const Event& event) {
  for (const StorageRule& rule : kStorageRules) {
    if (violation_) break;
    Finding finding = rule.check(*facts_, event);
    if (!finding) continue;
    trace_->Note(timeline_->now(), "referee", fmt::format("rule {} ({}): {}", rule.number, rule.name, *finding));
    violation_ = Violation{.rule = rule.number, .name = std::string(rule.name), .what = *std::move(finding)};
  }
  facts_->Remember(event);
  if (after_write_) after_write_(event);
}

}  // namespace lakeferry::sim
