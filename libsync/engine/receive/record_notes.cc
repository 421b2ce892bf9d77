#include "engine/receive/record_notes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "plan/incident/group_risk.h"

namespace lakeferry::engine {

void NoteTorn(GroupRecord& record, const plan::GroupSpec& spec, const plan::Manifest& next, TimeMs since) {
  if (spec.sql_clone) return;
  const auto changes = std::ranges::count_if(
      next.tables, [](const plan::ManifestTable& table) { return table.base_version != table.source_version; });
  if (changes > 1 && !record.torn_since) record.torn_since = since;
}

void NoteStaged(GroupRecord& record, const plan::Manifest& next) {
  // Until the first epoch the group waited from its first look on, for nothing in particular.
  if (record.staged_epoch == Epoch()) record.waiting_since.reset();
  record.staged_epoch = next.epoch;
  record.sync_time_to_region = next.cut_time;
  const TimeMs since = std::max(next.cut_time, record.created);
  record.waiting_since = std::min(record.waiting_since.value_or(since), since);
}

void NoteReceipts(GroupRecord& record, const std::map<Epoch, std::string>& uncounted) {
  plan::GroupRisk found = plan::RiskOf(uncounted);
  record.risk = found.risk;
  record.risk_text = std::move(found.text);
  record.risk_remedy = std::move(found.remedy);
}

}  // namespace lakeferry::engine
