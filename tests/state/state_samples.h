// Records with every field set to something of its own.
#pragma once

#include <string>

#include "env/state_store.h"

namespace lakeferry {

inline GroupRecord SampleGroup(Role role, std::string group) {
  return {.role = role,
          .group = std::move(group),
          .workspace = "prod",
          .workflows = {"nightly", "hourly"},
          .tables = {"raw.bronze", "core.silver"},
          .validated = true,
          .state = GroupState::kStaging,
          .reason = "run 12 ended",
          .epoch = Epoch(12),
          .cut_time = FromEpochMs(1'000),
          .last_successful_run_time = FromEpochMs(1'001),
          .staged_epoch = Epoch(13),
          .sync_time_to_region = FromEpochMs(1'002),
          .sync_time_in_region = FromEpochMs(1'003),
          .sync_start = FromEpochMs(1'004),
          .sync_end = FromEpochMs(1'005),
          .attempts = 3,
          .last_error = "the store did not answer",
          .last_error_kind = "unavailable",
          .last_error_where = RunSpot{.workflow = "nightly", .run_id = "r1"},
          .last_error_remedy = "wait",
          .failing_since = FromEpochMs(1'006),
          .failure_notified = true,
          .announced = true,
          .risk = Risk::kWarning,
          .risk_text = "files are kept for a week",
          .risk_remedy = "keep them longer",
          .risk_notified = Risk::kError,
          .files_may_vanish = FromEpochMs(1'008),
          .clocks = {.store_skew = Millis(-3),
                     .runs_skew = Millis(4),
                     .margin = Millis(50),
                     .margin_measured = true,
                     .compared_at = FromEpochMs(1'009)},
          .waiting_since = FromEpochMs(1'009),
          .restaging = "a target was moved away",
          .phase = "copying",
          .progress = {.files = 1, .files_total = 2, .bytes = 3, .bytes_total = 4},
          .alive = FromEpochMs(1'010),
          .by_passes = true,
          .owner_id = "5eed",
          .relocated = {"file:///srv/moved/a", "file:///srv/moved/b"},
          .mail_trouble = "the password cannot be read",
          .paused = Pause{.since = FromEpochMs(1'011), .by = "alice", .why = "a change of the cluster"},
          .resync = {{.table = "core.silver", .staged = Epoch(14)}, {.table = "raw.bronze"}},
          .torn_since = FromEpochMs(1'012),
          .torn = Millis(13),
          .resumed_bytes = 21,
          .created = FromEpochMs(900),
          .updated = FromEpochMs(1'007)};
}

inline EpochRecord SampleEpoch(Role role, std::string group, int64_t epoch) {
  return {.role = role,
          .group = std::move(group),
          .epoch = Epoch(epoch),
          .cut_time = FromEpochMs(2'000 + epoch),
          .run_ids = {"run-b", "run-a"},
          .atomic = false,
          .state = EpochState::kApplied,
          .manifest_sha256 = "ab12",
          .started = FromEpochMs(3'000),
          .ended = FromEpochMs(4'000),
          .worked_ms = 77,
          .error = "none to speak of",
          .error_kind = "corrupt_data",
          .tables = {{.table = "raw.bronze",
                      .source_version = Version(5),
                      .source_table_id = "id-1",
                      .source_commit_sha256 = "cd34",
                      .replica_version = Version(6),
                      .managed_version = Version(3),
                      .live_set = "ef56",
                      .files = 10,
                      .bytes = 1'000'000,
                      .files_added = 8,
                      .files_removed = 2,
                      .size = TableSize{.files = 31, .bytes = 7'000'000'000}},
                     {.table = "core.silver", .source_version = Version(0), .source_table_id = "id-2"}},
          .evidence = {.kind = EvidenceKind::kRunIds,
                       .margin = Millis(250),
                       .unexplained = {{.table = "core.silver", .version = Version(1), .time = FromEpochMs(2'500)},
                                       {.table = "raw.bronze", .version = Version(6), .time = FromEpochMs(2'400)}}},
          .torn = Millis(14),
          .resumed_bytes = 22};
}

inline LiveSetCheck SampleCheck(Role role, std::string group, std::string table) {
  return {.role = role,
          .group = std::move(group),
          .table = std::move(table),
          .epoch = Epoch(7),
          .version = Version(3),
          .result = LiveSetResult::kDiffers,
          .reason = "3 files, not 2",
          .found = "fp",
          .checked = FromEpochMs(5'000),
          .worked_ms = 12};
}

}  // namespace lakeferry
