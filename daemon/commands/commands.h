// The commands: what each takes, and the function that runs it and returns the exit code. How the command line says it
// is in grammar.cc.
#pragma once

#include "daemon/commands/command.h"

namespace lakeferry {

struct ServiceOptions {
  bool once = false;
};
[[nodiscard]] Result<int> RunSender(Invocation& invocation, const ServiceOptions& options);
[[nodiscard]] Result<int> RunReceiver(Invocation& invocation, const ServiceOptions& options);

struct InitOptions {
  std::string role;   // or "both"
  std::string units;  // the folder of systemd's units
  bool dry_run = false;
  // Of a first configuration; each empty: not said.
  std::string source;  // tables at or below it
  std::string target;  // replicas below it
  std::string staging;
  std::string group;
  std::string workflow;
  std::string mode;
  std::string region;
  std::string metadata_store;
};
[[nodiscard]] Result<int> RunInit(Invocation& invocation, const InitOptions& options);

struct CheckOptions {
  std::string role;
  bool as_service = false;
  bool walls = false;
  bool notify = false;
};
[[nodiscard]] Result<int> RunCheck(Invocation& invocation, const CheckOptions& options);

struct PermissionsOptions {
  std::string role;
};
[[nodiscard]] Result<int> RunPermissions(Invocation& invocation, const PermissionsOptions& options);

struct PlanOptions {
  std::string group;
};
[[nodiscard]] Result<int> RunPlan(Invocation& invocation, const PlanOptions& options);

struct SyncOptions {
  std::string group;
  std::string role;
  bool take_over = false;
  std::string why;
};
[[nodiscard]] Result<int> RunSync(Invocation& invocation, const SyncOptions& options);

// Of pause, resume and resync.
struct InstructOptions {
  std::string group;
  std::string table;  // of resync
  std::string role;
  std::string why;
};
[[nodiscard]] Result<int> RunPause(Invocation& invocation, const InstructOptions& options);
[[nodiscard]] Result<int> RunResume(Invocation& invocation, const InstructOptions& options);
[[nodiscard]] Result<int> RunResync(Invocation& invocation, const InstructOptions& options);

struct StatusOptions {
  std::string group;
  std::string role;
  bool check = false;
};
[[nodiscard]] Result<int> RunStatus(Invocation& invocation, const StatusOptions& options);

struct WatchOptions {
  std::string group;
  std::string role;
  std::string interval = "2s";
};
[[nodiscard]] Result<int> RunWatch(Invocation& invocation, const WatchOptions& options);

struct HistoryOptions {
  std::string group;
  std::string role;
  int64_t limit = 100;
};
[[nodiscard]] Result<int> RunHistory(Invocation& invocation, const HistoryOptions& options);

struct ExportStatusOptions {
  std::string to;  // empty: the configuration's status_table
  std::string group;
  std::string role;
};
[[nodiscard]] Result<int> RunExportStatus(Invocation& invocation, const ExportStatusOptions& options);

struct VersionsOptions {
  std::string group;
};
[[nodiscard]] Result<int> RunVersions(Invocation& invocation, const VersionsOptions& options);

struct VerifyOptions {
  std::string group;
  bool deep = false;
  bool source = false;
};
[[nodiscard]] Result<int> RunVerify(Invocation& invocation, const VerifyOptions& options);

struct GcOptions {
  std::string group;
  std::string retain;
  bool remove = false;
};
[[nodiscard]] Result<int> RunGc(Invocation& invocation, const GcOptions& options);

struct ResetOptions {
  std::string group;
  std::string role;
  bool yes = false;
};
[[nodiscard]] Result<int> RunReset(Invocation& invocation, const ResetOptions& options);

struct RelocateOptions {
  std::string group;
  std::string table;
  std::string role;
  bool yes = false;
};
[[nodiscard]] Result<int> RunRelocate(Invocation& invocation, const RelocateOptions& options);

struct KeyFileOptions {
  std::string file;
};
[[nodiscard]] Result<int> RunKeyNew(Invocation& invocation, const KeyFileOptions& options);
[[nodiscard]] Result<int> RunKeyShow(Invocation& invocation, const KeyFileOptions& options);

struct KeySignOptions {
  std::string group;
  std::string role;
};
[[nodiscard]] Result<int> RunKeySign(Invocation& invocation, const KeySignOptions& options);

struct RunsAddOptions {
  std::string workflow;
  std::string run_id;
  std::string start;
  std::string end;
  std::string state;
};
[[nodiscard]] Result<int> RunRunsAdd(Invocation& invocation, const RunsAddOptions& options);

struct RunsRemoveOptions {
  std::string workflow;
  std::string run_id;
  std::string by;
  std::string why;
};
[[nodiscard]] Result<int> RunRunsRemove(Invocation& invocation, const RunsRemoveOptions& options);

struct RunsListOptions {
  std::string workflow;
  bool removed = false;
};
[[nodiscard]] Result<int> RunRunsList(Invocation& invocation, const RunsListOptions& options);

// For completions of shells.
struct NamesOptions {
  std::string kind;  // "groups" or "workflows"
};
[[nodiscard]] Result<int> RunNames(Invocation& invocation, const NamesOptions& options);

struct LogOptions {
  std::string table_uri;
  std::optional<int64_t> version;
  std::string timestamp;
  bool files = false;
};
[[nodiscard]] Result<int> RunLog(Invocation& invocation, const LogOptions& options);

}  // namespace lakeferry
