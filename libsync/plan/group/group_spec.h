// GroupSpec: one sync group as the operator configured it, with every default filled in.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "delta/table_features.h"
#include "plan/document/signed_document.h"
#include "plan/group/bandwidth.h"
#include "plan/group/route.h"
#include "plan/group/table_list.h"

namespace lakeferry::plan {

// When a group without a workflow cuts.
struct ScheduleSpec {
  std::optional<std::string> cron;  // five fields; absent: every sync interval
  std::string time_zone = "UTC";    // IANA name
};

// A receiver of notices, by its name in the configuration, and what it wants to hear of a group.
struct NoticeRule {
  std::string channel;
  bool failure = true;  // and risks
  bool recovery = true;
  bool success = false;  // each epoch that was applied
  bool digest = false;   // what a day has brought

  bool operator==(const NoticeRule&) const = default;
};

struct GroupSpec {
  std::string workspace;
  std::string name;                    // unique over the configuration
  std::string owner_email;             // may be empty
  std::vector<std::string> workflows;  // empty: by schedule
  ScheduleSpec schedule;
  delta::ReplicationMode mode = delta::ReplicationMode::kClone;
  History history = History::kFull;  // of tables that do not say it
  bool direct = false;               // as Route::direct
  TableList tables;
  std::vector<TablePattern> patterns = {};  // whose tables are looked up anew at each pass
  std::vector<std::string> excluded = {};   // of these, by name
  bool register_tables = false;             // replicas that the receiving catalog lacks are registered there
  // Each replica is the source of a managed table of its name, which the receiving catalog alone may write: a warehouse
  // clones it there with each epoch.
  bool sql_clone = false;
  std::optional<Millis> retention;  // mirror: how long the replica's versions stay readable; absent: for ever
  bool sources_moved = false;       // the same of the sources of all tables as TableSpec::source_moved of one
  std::string staging_uri;          // sync_location_secondary
  // As whom staging is opened to be read and to be written, by the credential's name; empty: the service's own default.
  std::string read_staging_credential = {};
  std::string write_staging_credential = {};
  // What both sides call the staging location; signed documents say it, so that none counts in another place.
  std::string staging_name;
  DocumentKeys keys;

  Millis sync_interval{720 * 60'000};      // how often a group is cut at most (plan/group/pace.h)
  Millis poll_interval{500};               // how often to ask whether there is anything new
  std::optional<Millis> force_sync_after;  // cut without a finished run after so long without one; absent: never
  std::optional<Millis> rpo;               // how long finished work may wait before it alarms; absent: lateness.h
  std::optional<Millis> expect_run_every;  // how often a run should succeed; absent: learnt from past ones
  // How far commit times and run times may disagree; absent: as measured (plan/cut/clock_margin.h).
  std::optional<Millis> clock_skew_margin;
  // How often each table is replayed whole and its live files compared with what its epoch says; absent: never.
  std::optional<Millis> verify_interval = Millis(24 * 3'600'000);
  Bandwidth bandwidth = {};  // of this side's copies; each side has its own
  int max_retries = 3;       // attempts in a row before the group waits for its next interval
  std::vector<std::string> failure_mail_to;
  std::vector<std::string> success_mail_to;
  std::vector<std::string> digest_mail_to;  // in place of a mail for each epoch
  std::vector<NoticeRule> notices;
  // Names of all groups of the configuration; null: not known.
  std::shared_ptr<const std::set<std::string>> configured = {};
};

// Where the group's epochs are staged.
[[nodiscard]] StagingSite StagingOf(const GroupSpec& group);
// The way of its epochs from the primary region, which is `from`, to the secondary.
[[nodiscard]] Route ReplicationRoute(const GroupSpec& group, std::string from);

}  // namespace lakeferry::plan
