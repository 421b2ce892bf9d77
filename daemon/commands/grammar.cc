#include "daemon/commands/grammar.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "daemon/commands/commands.h"
#include "daemon/commands/grammar_runs.h"
#include "daemon/commands/grammar_view.h"
#include "daemon/commands/grammar_words.h"

namespace lakeferry {
namespace {

// Help is written by ours, of every command.
void DeclareHelp(CLI::App& app) {
  app.set_help_flag("-h,--help", "print this help and exit");
  app.formatter(
      std::make_shared<CLI::FormatterLambda>([&app](const CLI::App* command, const std::string&, CLI::AppFormatMode) {
        return HelpText(ViewOf(*command), ViewOf(app));
      }));
}

// For the scripts that make the manual page and the completions.
void AddGrammar(CLI::App& app, Invocation& invocation) {
  app.add_subcommand("grammar", "the grammar of the command line, as JSON")->group("")->callback([&app, &invocation] {
    invocation.action = [&app, &invocation]() -> Result<int> {
      invocation.out << ToJson(ViewOf(app));
      return kExitDone;
    };
  });
}

// For the completions themselves.
void AddNames(CLI::App& app, Invocation& invocation) {
  Add<NamesOptions>(
      app, invocation,
      {"names", "what the configuration has names for, one a line",
       [](CLI::App& command, NamesOptions& options) {
         command.group("");
         command.add_option("kind", options.kind)->required()->check(CLI::IsMember({"groups", "workflows"}));
       },
       RunNames});
}

void DeclareGlobal(CLI::App& app, GlobalOptions& options) {
  app.add_option("-c,--config", options.config_path, "the configuration file, YAML or JSON")
      ->capture_default_str()
      ->type_name("FILE")
      ->envname("LAKEFERRY_CONFIG");
  app.add_flag("--json", options.json, "print JSON, errors as well");
  app.add_flag("-v,--verbose", options.verbose, "log everything");
  app.set_version_flag("--version", "lakeferry " LAKEFERRY_VERSION, "print the version and exit");
}

void DeclareService(CLI::App& command, ServiceOptions& options) {
  command.add_flag("--once", options.once, "one pass over every group, then exit");
}

void DeclareInit(CLI::App& command, InitOptions& options) {
  command.add_option("--role", options.role, "the side this host has; default: as configured")
      ->check(CLI::IsMember({"sender", "receiver", "both"}));
  command
      .add_option("--units", options.units,
                  "write the drop-ins below this folder; default: /etc/systemd/system, as root where the package is "
                  "installed, else they are shown")
      ->type_name("DIR");
  command.add_flag("--dry-run", options.dry_run, "show what would be written, and write nothing");
  command
      .add_option("--source", options.source,
                  "of a first configuration: find the tables at or below this folder or URI; without it questions are "
                  "asked on a terminal, else an example is written")
      ->type_name("PLACE");
  command.add_option("--target", options.target, "with --source: where the replicas are to lie, each below it")
      ->type_name("PLACE");
  command
      .add_option("--staging", options.staging,
                  "with --source: where the sender writes and the receiver reads; default: lakeferry-staging below "
                  "--target")
      ->type_name("PLACE");
  command.add_option("--group", options.group, "with --source: the name of the group; default: tables")
      ->type_name("NAME");
  command
      .add_option("--workflow", options.workflow,
                  "with --source: the job whose runs make the cuts; default: the clock, every 15 minutes")
      ->type_name("NAME");
  command.add_option("--mode", options.mode, "with --source; default: clone")
      ->check(CLI::IsMember({"clone", "mirror"}));
  command.add_option("--region", options.region, "with --source: the region of this host; default: west")
      ->type_name("NAME");
  command
      .add_option("--metadata-store", options.metadata_store,
                  "with --source: the metadata store; default: /var/lib/lakeferry/metadata.db")
      ->type_name("FILE");
}

void DeclareCheck(CLI::App& command, CheckOptions& options) {
  RoleOption(command, options.role);
  command.add_flag("--walls", options.walls,
                   "prove as well that the role lacks what it must not have, by trying it: the sender targets, the "
                   "receiver sources");
  command.add_flag("--notify", options.notify,
                   "send a test to every address and every receiver of notices, and say which have arrived");
  command.add_flag("--as-service", options.as_service,
                   "run it by systemd with user, sandbox and credentials of the role's service; as root");
}

void WhyOption(CLI::App& command, std::string& why) {
  command.add_option("--why", why, "why; kept, and shown by history")->type_name("TEXT");
}

void DeclareSync(CLI::App& command, SyncOptions& options) {
  GroupArgument(command, options.group);
  RoleOption(command, options.role);
  command.add_flag("--take-over", options.take_over,
                   "at the sender: of groups that another sender has worked for, which works no more");
  WhyOption(command, options.why);
}

void DeclareInstruct(CLI::App& command, InstructOptions& options) {
  command.add_option("group", options.group, "the group")->type_name("GROUP")->required();
  WhyOption(command, options.why);
  RoleOption(command, options.role);
}

void DeclareResync(CLI::App& command, InstructOptions& options) {
  command.add_option("group", options.group, "the group of the table")->type_name("GROUP")->required();
  command.add_option("table", options.table, "the table, as the configuration names it")
      ->type_name("TABLE")
      ->required();
  WhyOption(command, options.why);
}

void DeclareStatus(CLI::App& command, StatusOptions& options) {
  GroupArgument(command, options.group);
  command.add_flag(
      "--check", options.check,
      "exit with 4 when a group needs somebody, when finished work waits too long (rpo), or when the service is "
      "silent");
  RoleOption(command, options.role);
}

void DeclareWatch(CLI::App& command, WatchOptions& options) {
  GroupArgument(command, options.group);
  command.add_option("--interval", options.interval, "how often to look, from 250ms on")
      ->type_name("DURATION")
      ->capture_default_str();
  RoleOption(command, options.role);
}

void DeclareHistory(CLI::App& command, HistoryOptions& options) {
  GroupArgument(command, options.group);
  command.add_option("--limit", options.limit, "at most so many epochs of each group")
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000}))
      ->capture_default_str();
  RoleOption(command, options.role);
}

void DeclareExportStatus(CLI::App& command, ExportStatusOptions& options) {
  command.add_option("--to", options.to, "where the table lies or is made: a URI or a path; default: status_table")
      ->type_name("TABLE_URI");
  command.add_option("--group", options.group, "this group alone")->type_name("GROUP");
  RoleOption(command, options.role);
}

void DeclareVerify(CLI::App& command, VerifyOptions& options) {
  GroupArgument(command, options.group);
  auto* deep = command.add_flag("--deep", options.deep, "read every file and compare checksums, not sizes alone");
  command
      .add_flag("--source", options.source,
                "at the sender: replay the sources, and compare their live files with those that were sent")
      ->excludes(deep);
}

void DeclareGc(CLI::App& command, GcOptions& options) {
  GroupArgument(command, options.group);
  command.add_option("--retain", options.retain, "keep versions readable for so long; default: the group's retention")
      ->type_name("DURATION");
  command.add_flag("--delete", options.remove, "delete; without it, only tell what would go");
}

void DeclareReset(CLI::App& command, ResetOptions& options) {
  command.add_option("group", options.group, "the group to start anew")->type_name("GROUP")->required();
  RoleOption(command, options.role);
  command.add_flag("--yes", options.yes, "do it; without it, only tell what would be done");
}

void DeclareRelocate(CLI::App& command, RelocateOptions& options) {
  command.add_option("group", options.group, "the group of the table")->type_name("GROUP")->required();
  command.add_option("table", options.table, "the table, as the configuration names it")
      ->type_name("TABLE")
      ->required();
  RoleOption(command, options.role);
  command.add_flag("--yes", options.yes, "do it; without it, only tell what would be done");
}

void DeclareLog(CLI::App& command, LogOptions& options) {
  command.add_option("table", options.table_uri, "file:///folder, or a path")->type_name("TABLE_URI")->required();
  auto* version = command.add_option("--version", options.version, "this version; default: the newest")->type_name("N");
  command.add_option("--timestamp", options.timestamp, "the newest version at this time")
      ->type_name("TIME")
      ->excludes(version);
  command.add_flag("--files", options.files, "list the files as well");
}

void AddKey(CLI::App& app, Invocation& invocation) {
  CLI::App* key = app.add_subcommand("key", "the keys that sign manifests and receipts");
  key->fallthrough()->require_subcommand(1);
  Add<KeyFileOptions>(*key, invocation,
                      {"new", "make a private key in a new file, and print its public key",
                       [](CLI::App& command, KeyFileOptions& options) {
                         command.add_option("file", options.file, "the file to make")->type_name("FILE")->required();
                       },
                       RunKeyNew});
  Add<KeyFileOptions>(*key, invocation,
                      {"show", "the public key of a file, or of the configuration's groups, for trusted_keys",
                       [](CLI::App& command, KeyFileOptions& options) {
                         command.add_option("file", options.file, "a private key")->type_name("FILE");
                       },
                       RunKeyShow});
  Add<KeySignOptions>(*key, invocation,
                      {"sign", "sign what this side has put into staging before it had its key",
                       [](CLI::App& command, KeySignOptions& options) {
                         GroupArgument(command, options.group);
                         RoleOption(command, options.role);
                       },
                       RunKeySign});
}

// What people tell a role to do; kept with who said so.
void AddControl(CLI::App& app, Invocation& invocation) {
  Add<InstructOptions>(app, invocation,
                       {"pause", "begin nothing more for a group until it is resumed; kept, with who and why",
                        DeclareInstruct, RunPause});
  Add<InstructOptions>(app, invocation, {"resume", "go on with a group that was paused", DeclareInstruct, RunResume});
  Add<InstructOptions>(
      app, invocation,
      {"resync", "at the sender: one table goes over whole with the next epoch, and is compared with what is there",
       DeclareResync, RunResync});
}

// What is done to a group, or to what it has, beside its passes.
void AddUpkeep(CLI::App& app, Invocation& invocation) {
  Add<GcOptions>(
      app, invocation,
      {"gc", "files of mirrors that no version within retention needs: tell them, or delete them", DeclareGc, RunGc});
  Add<ResetOptions>(app, invocation,
                    {"reset", "start a group anew: put aside what this side has of it, and forget it; deletes nothing",
                     DeclareReset, RunReset});
  Add<RelocateOptions>(
      app, invocation,
      {"relocate", "a table whose source or target was given another place: prove it there, and go on from there",
       DeclareRelocate, RunRelocate});
}

// What a role tells of its groups.
void AddAccounts(CLI::App& app, Invocation& invocation) {
  Add<StatusOptions>(
      app, invocation,
      {"status", "state, epochs, lag, waiting work and last error of each group", DeclareStatus, RunStatus});
  Add<WatchOptions>(
      app, invocation,
      {"watch", "status again and again, in place on a terminal, else what has changed; ends by q or Ctrl-C",
       DeclareWatch, RunWatch});
  Add<ExportStatusOptions>(
      app, invocation,
      {"export-status", "write what is known of each group as a row of a Delta table, with the sync job's columns",
       DeclareExportStatus, RunExportStatus});
  Add<HistoryOptions>(
      app, invocation,
      {"history", "past epochs of each group with bytes, files and seconds, newest first", DeclareHistory, RunHistory});
}

constexpr const char* kKeptForLater[] = {"switchover", "failover", "failback", "drill",   "backup",
                                         "restore",    "at-risk",  "estimate", "evidence"};

void AddKeptForLater(CLI::App& app, Invocation& invocation, const char* word) {
  CLI::App* command = app.add_subcommand(word, "not built yet")->group("");
  command->allow_extras();
  command->callback([&invocation, command, word] {
    // Whatever stands after the word is not looked at, but for the one option that says how to print the error.
    if (std::ranges::count(command->remaining(), "--json") > 0) invocation.options.json = true;
    invocation.action = [word]() -> Result<int> {
      return Fail(ErrorCode::kInvalidArgument, "'" + std::string(word) + "' is not built yet", "command line",
                  "'lakeferry --help' lists the commands there are");
    };
  });
}

}  // namespace

void DeclareGrammar(CLI::App& app, Invocation& invocation) {
  app.require_subcommand(1);
  DeclareHelp(app);
  DeclareGlobal(app, invocation.options);
  Add<ServiceOptions>(app, invocation,
                      {"sender", "the daemon in the region that owns the data", DeclareService, RunSender});
  Add<ServiceOptions>(app, invocation,
                      {"receiver", "the daemon in the region that stands by", DeclareService, RunReceiver});
  Add<InitOptions>(app, invocation,
                   {"init", "write a first configuration; where there is one, what its services need from systemd",
                    DeclareInit, RunInit});
  Add<CheckOptions>(
      app, invocation,
      {"check", "validate the configuration, reach everything it names, prove the rights", DeclareCheck, RunCheck});
  Add<PermissionsOptions>(
      app, invocation,
      {"permissions", "the least policy for each role, store and catalog, ready to paste",
       [](CLI::App& command, PermissionsOptions& options) { RoleOption(command, options.role); }, RunPermissions});
  Add<PlanOptions>(app, invocation,
                   {"plan", "the next cut and what it would transfer; writes nothing",
                    [](CLI::App& command, PlanOptions& options) { GroupArgument(command, options.group); }, RunPlan});
  Add<SyncOptions>(
      app, invocation,
      {"sync", "this side's work for each group now, by its service where one runs", DeclareSync, RunSync});
  AddControl(app, invocation);
  AddAccounts(app, invocation);
  Add<VersionsOptions>(
      app, invocation,
      {"versions", "table by table: source, staged, applied and replica version",
       [](CLI::App& command, VersionsOptions& options) { GroupArgument(command, options.group); }, RunVersions});
  Add<VerifyOptions>(
      app, invocation,
      {"verify", "every file of the replica is there, whole; exits with 4 when not", DeclareVerify, RunVerify});
  AddUpkeep(app, invocation);
  AddRuns(app, invocation);
  AddKey(app, invocation);
  Add<LogOptions>(
      app, invocation,
      {"log", "a snapshot of any Delta table: protocol, metadata, counts, bytes, files", DeclareLog, RunLog});
  AddGrammar(app, invocation);
  AddNames(app, invocation);
  for (const char* word : kKeptForLater) AddKeptForLater(app, invocation, word);
}

}  // namespace lakeferry
