#include "engine/staging/staged_record.h"

#include <fmt/format.h>

#include "plan/rules/start_anew.h"

namespace lakeferry::engine {

std::unexpected<Error> AnswersAnother(const plan::Receipt& receipt, std::string_view uri) {
  return Fail(
      ErrorCode::kRefused,
      fmt::format("the receipt of epoch {} answers another manifest than the one that was staged",
                  receipt.epoch.value()),
      std::string(uri),
      fmt::format("staging was restored or edited, or two senders work on one group: find out which manifest is "
                  "right; or {}",
                  plan::kStartAnew));
}

EpochRecord RecordOfUnreadable(const StagedObject& staged, const std::string& group, TimeMs answered) {
  EpochRecord record;
  record.role = Role::kReceiver;
  record.group = group;
  record.epoch = staged.epoch;
  record.cut_time = answered;
  record.atomic = false;
  record.evidence.kind = EvidenceKind::kForced;
  record.state = EpochState::kRefused;
  record.manifest_sha256 = staged.sha256;
  record.started = answered;
  return record;
}

EpochRecord RecordOf(const StagedEpoch& staged, Role role) {
  const plan::Manifest& manifest = staged.manifest;
  EpochRecord record;
  record.role = role;
  record.group = manifest.group;
  record.epoch = manifest.epoch;
  record.cut_time = manifest.cut_time;
  record.run_ids = manifest.run_ids;
  record.atomic = manifest.atomic;
  record.evidence = manifest.evidence;
  record.state = EpochState::kStaged;
  record.manifest_sha256 = staged.sha256;
  record.started = manifest.created;
  for (const plan::ManifestTable& table : manifest.tables) {
    record.tables.push_back(
        TablePosition{.table = table.name,
                      .source_version = table.source_version,
                      .source_table_id = table.table_id,
                      .source_commit_sha256 = table.commit_sha256,
                      .replica_version = {},
                      .live_set = table.live_set.Fingerprint(),
                      .files = table.files,
                      .bytes = table.bytes,
                      .files_added = table.adds,
                      .files_removed = table.removes,
                      .size = TableSize{.files = table.live_set.files(), .bytes = table.live_set.bytes()}});
  }
  return record;
}

}  // namespace lakeferry::engine
