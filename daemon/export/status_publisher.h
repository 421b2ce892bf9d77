// StatusPublisher: beside the passes of a service, writes into the status table what a role has to say that is new: an
// epoch that was staged or applied, an error, a pause. Nobody waits for it: a table that cannot be written is a line of
// the log and a number of the metrics, and is tried again.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/export/status_account.h"
#include "engine/environment.h"
#include "engine/run/replicator_snapshot.h"
#include "engine/tend/status_exporter.h"

namespace lakeferry {

// On the engine's thread; one of Once and Run at a time. `env` and `files` outlive it.
class StatusPublisher {
 public:
  // `snapshot`: what the engine knows of its groups.
  StatusPublisher(const engine::Environment& env, const delta::RowFileWriter& files, StoreRef table, Role role,
                  std::function<engine::ReplicatorSnapshot()> snapshot)
      : env_(env), exporter_(env, files, std::move(table)), role_(role), snapshot_(std::move(snapshot)) {}

  // What is new, if anything is.
  Task<void> Once(Call call);
  // Again and again, until the call is stopped.
  Task<void> Run(Call call);
  [[nodiscard]] const StatusTableAccount& account() const { return account_; }

 private:
  Task<Result<engine::StatusExport>> Export(Call call, std::vector<std::string> groups,
                                            std::map<std::string, std::string>& told);
  void Note(const Result<engine::StatusExport>& done);

  const engine::Environment& env_;
  engine::StatusExporter exporter_;
  const Role role_;
  const std::function<engine::ReplicatorSnapshot()> snapshot_;
  std::map<std::string, std::string> told_;  // by group: what the table says of it
  StatusTableAccount account_{.configured = true};
  std::string said_;  // the error that the log has
};

}  // namespace lakeferry
