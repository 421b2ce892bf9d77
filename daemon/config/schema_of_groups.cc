// The keys of workspaces, groups and tables.
#include "daemon/config/config_schema.h"

namespace lakeferry {
namespace {

// Of a workspace and of a group.
constexpr ConfigKey kRoots{
    "roots", "map of regions to locations", "",
    "Where a table lies that says no location: <root>/<catalog>/<schema>/<table>, as its name has it."};
constexpr ConfigKey kSigningKey{"signing_key", "secret", "", "In place of that of the top level."};
constexpr ConfigKey kTrustedKeys{"trusted_keys", "list of texts", "", "In place of those of the top level."};
constexpr ConfigKey kPollInterval{
    "poll_interval", "duration, 100ms to 1h", "",
    "How often to ask for what is new: a run, a staged epoch, an answer. By default 500ms, 5s where staging is an "
    "object store, 30s for services that know runs."};
constexpr ConfigKey kForced{
    "force_sync_after", "duration, 1s to 365d", "",
    "Cut without a finished run after so long without one, marked as not atomic. By default never."};
constexpr ConfigKey kForcedMinutes{"force_sync_after_mins", "minutes", "", "The same in whole minutes."};
constexpr ConfigKey kFailoverMinutes{"sync_failover_interval_mins", "minutes", "",
                                     "The same, as the Databricks sync job has it."};
constexpr ConfigKey kRetries{"sync_max_retries", "0 to 1000", "3",
                             "Attempts in a row before a group waits for the next look."};
constexpr ConfigKey kMargin{
    "clock_skew_margin", "duration, 0s to 1h", "",
    "How far times of commits and of runs may disagree; an end must be over for so long. By default it is measured."};
constexpr ConfigKey kRpo{
    "rpo", "duration, 1s to 365d", "",
    "How long finished work may wait to be applied before status --check exits with 4. By default from interval and "
    "past epochs."};
constexpr ConfigKey kRights{"credentials", "map", "",
                            "Whom each right is used as, by the name of a credential. By default as stores has it."};
constexpr ConfigKey kStaging{
    "staging", "staged or direct", "staged",
    "direct: the sender puts data files straight below the targets; logs and documents go through staging all the "
    "same."};
constexpr ConfigKey kRunsFrom{"workflow_source", "map", "",
                              "Where the runs of workflows come from. By default the built-in ledger, or the "
                              "Databricks workspace of workspace_instance_url."};
constexpr ConfigKey kCatalog{"catalog", "map", "",
                             "Where tables that say no location are looked up by their names: one catalog, that of the "
                             "primary region, or one for each region."};
constexpr ConfigKey kRegister{"register", "true or false", "false",
                              "Whether the catalog of the secondary region gets replicas that it lacks."};
constexpr ConfigKey kApply{"apply", "commit or sql_clone", "commit",
                           "sql_clone: the SQL warehouse of the secondary region's catalog clones each replica into "
                           "the managed table of its name; the replica lies at a place of its own."};
constexpr ConfigKey kTold{"notifications", "none, name or list", "",
                          "Which receivers of notices hear of it; by default all."};

constexpr ConfigKey kWorkspaceKeys[] = {
    {"workspace_name", "text", "", "Unique.", true},
    {"primary_region", "name", "", "The region that sources and sync_location_primary are in."},
    {"secondary_region", "name", "", "The region that targets and sync_location_secondary are in."},
    kRoots,
    {"workspace_instance_url", "URL", "", "The Databricks workspace whose jobs the workflows are."},
    {"workspace_pat_key", "key or secret", "", "Its token: a key of secret_scope, or a secret reference."},
    {"sync_location_primary", "location", "", "The staging location of the way back, in the primary region."},
    {"sync_location_secondary", "location", "",
     "Where the sender writes and the receiver reads, in the secondary region: file:///folder, s3://bucket/prefix, "
     "gs://bucket/prefix, abfss://container@account.dfs.core.windows.net/prefix, wasbs://…, az://container/prefix. "
     "Never a secret in it.",
     true},
    {"sync_location_name", "text", "",
     "What both sides call that location, where they see it under different names and ask for signatures; by default "
     "its URI."},
    kSigningKey,
    kTrustedKeys,
    {"sync_success_notification", "address or list", "", "In place of that of the top level."},
    {"sync_failure_notification", "address or list", "", "In place of that of the top level."},
    kTold,
    {"sync_interval_mins", "minutes", "", "sync_interval in whole minutes."},
    {"sync_interval", "duration, 1s to 365d", "12h", "How often a group is cut at most."},
    kPollInterval,
    kFailoverMinutes,
    kForcedMinutes,
    kForced,
    kRetries,
    {"verify_interval", "duration or never", "1d",
     "How often each table is replayed whole, on either side, and its live files compared with what its epoch says."},
    kMargin,
    kRpo,
    kRights,
    kStaging,
    kRunsFrom,
    kCatalog,
    kRegister,
    kApply,
    {"sync_groups", "list of maps", "", "At least one, here or in an included file."}};

constexpr ConfigKey kGroupKeys[] = {
    {"group_name", "text", "", "Unique over all workspaces, and the same on both sides.", true},
    {"group_owner_email", "address", "", "Told of failures too."},
    {"workflow", "name or list", "",
     "The runs whose end makes a cut. By default the group is cut by schedule, else every interval."},
    {"mode", "clone or mirror", "clone",
     "clone: a history of its own, one commit an epoch. mirror: the source's commits, byte for byte."},
    {"history", "full or cuts-only", "full",
     "Of a mirror: every version readable, or those of the cuts alone, without what came and went between."},
    {"tables", "list of names or maps", "", "Tables that move together or not at all; each name once in a group.",
     true},
    {"exclude", "list of names", "", "Tables that wildcards among tables leave out; wildcards here as well."},
    kCatalog,
    kRegister,
    kApply,
    {"schedule", "cron or @name", "",
     "When a group without a workflow cuts: minute hour day-of-month month day-of-week, or @daily and the like."},
    {"time_zone", "IANA name", "UTC", "Of the schedule."},
    kMargin,
    {"interval", "duration, 1s to 365d", "", "In place of the workspace's sync_interval, for this group."},
    {"import_roots", "location or list", "",
     "Folders outside its tables below which their logs may name files by absolute paths, as those of shallow clones "
     "do. mode: clone alone."},
    kRpo,
    {"expect_run_every", "duration, 1s to 365d", "",
     "status warns once no run has succeeded for longer. By default learnt from past cuts."},
    {"sources", "fixed or moved", "fixed",
     "moved: all sources may lie elsewhere than at their last epoch, where the tables there are proven to be the "
     "same."},
    {"retention", "duration", "",
     "Of a mirror: how long `lakeferry gc` keeps the replica's versions readable. By default for ever."},
    kRoots,
    kPollInterval,
    kRights,
    kRunsFrom,
    {"bandwidth", "none, a rate or a map", "none", "How fast this side copies for the group at most."},
    kStaging,
    kTold,
    kRetries,
    kForced,
    kForcedMinutes,
    kFailoverMinutes};

constexpr ConfigKey kTableKeys[] = {
    {"name", "text", "",
     "catalog.schema.table, or any other that is unique in the group; catalog.schema.* for all tables that a catalog "
     "knows there.",
     true},
    {"source", "location", "", "In the region that owns the data."},
    {"target", "location", "", "The replica's."},
    {"locations", "map of regions to locations", "", "The same by region; either end may be left to the root."},
    {"history", "full or cuts-only", "", "Of this table; by default the group's."},
    {"import_roots", "location or list", "", "Of this table, beside the group's."}};

constexpr ConfigKey kRightsKeys[] = {
    {"read_source", "credential", "", "The sender's, to read sources and import_roots."},
    {"write_staging", "credential", "", "The sender's, and the receiver's to answer."},
    {"read_staging", "credential", "", "The receiver's."},
    {"write_target", "credential", "", "The receiver's, to write replicas."},
    {"place_target", "credential", "", "The sender's with staging: direct, to put files below targets."}};

constexpr ConfigKey kWorkflowSourceKeys[] = {
    {"kind", "ledger, airflow, databricks, command or push", "", "Who knows the runs.", true},
    {"url", "URL", "", "Of Airflow, with the path that stands before /api; of a Databricks workspace."},
    {"allow_http", "true or false", "false", "Whether tokens go to an http:// that is not on this machine."},
    {"token", "secret", "", "A token that was handed out already."},
    {"secret_scope", "text", "", "Of Databricks: where secret_key lies; by default that of the top level."},
    {"secret_key", "text", "", "Of Databricks: the key of the secret scope that holds the token."},
    {"user", "text", "", "Of Airflow, with password."},
    {"password", "secret", "", "Of Airflow, with user."},
    {"client_id", "text", "", "Of Databricks: an application, with client_secret, or a managed identity."},
    {"client_secret", "secret", "", "Of that application."},
    {"tenant_id", "text", "", "Where the application is one of Microsoft Entra."},
    {"federated_token_file", "path", "", "Of a workload identity: the token in place of a secret."},
    {"managed_identity", "true", "", "As the managed identity of this machine."},
    {"look_back", "duration, 0s to 60d", "1d",
     "Of Databricks: so far before the last cut repairs are looked for that began and ended unseen."},
    {"command", "list of words", "", "Of command: the program that prints runs as JSON, without a shell."},
    {"timeout", "duration, 1s to 10m", "1m", "How long that may take."}};

constexpr ConfigKey kCatalogKeys[] = {
    {"kind", "unity or databricks", "", "unity: any server that speaks as the open-source Unity Catalog does.", true},
    {"url", "URL", "", "Without /api.", true},
    {"allow_http", "true or false", "false", "Whether tokens go to an http:// that is not on this machine."},
    {"token", "secret", "", "A token that was handed out already; unity may do without."},
    {"credentials", "own or vended", "own",
     "vended: tables that this catalog tells the place of are read, or written, with what it hands out for each of "
     "them."},
    {"warehouse", "id", "", "Of Databricks: the SQL warehouse that clones managed tables of it (apply: sql_clone)."},
    {"secret_scope", "text", "", "Of Databricks: where secret_key lies; by default that of the top level."},
    {"secret_key", "text", "", "Of Databricks: the key of the secret scope that holds the token."},
    {"client_id", "text", "", "Of Databricks: an application, with client_secret, or a managed identity."},
    {"client_secret", "secret", "", "Of that application."},
    {"tenant_id", "text", "", "Where the application is one of Microsoft Entra."},
    {"federated_token_file", "path", "", "Of a workload identity: the token in place of a secret."},
    {"managed_identity", "true", "", "As the managed identity of this machine."}};

constexpr ConfigKey kBandwidthKeys[] = {
    {"limit", "none or a rate", "none", "Outside of the windows."},
    {"time_zone", "IANA name", "UTC", "Of the windows."},
    {"windows", "list of maps", "", "Times of the day with a limit of their own; of two that meet the first counts."}};

constexpr ConfigKey kBandwidthWindowKeys[] = {
    {"from", "HH:MM", "", "When it begins.", true},
    {"to", "HH:MM", "", "When it ends; over midnight where it is the earlier time.", true},
    {"limit", "none or a rate", "", "Within it.", true}};

}  // namespace

const ConfigLevel kWorkspaceLevel{"a workspace", "workspaces[]", kWorkspaceKeys};
const ConfigLevel kGroupLevel{"a sync group", "workspaces[].sync_groups[]", kGroupKeys};
const ConfigLevel kTableLevel{"a table", "workspaces[].sync_groups[].tables[]", kTableKeys};
const ConfigLevel kRightsLevel{"credentials of a group", "credentials of a workspace or a group", kRightsKeys};
const ConfigLevel kWorkflowSourceLevel{"a workflow source", "workflow_source of a workspace or a group",
                                       kWorkflowSourceKeys};
const ConfigLevel kCatalogLevel{"a catalog", "catalog of a workspace or a group", kCatalogKeys};
const ConfigLevel kBandwidthLevel{"bandwidth", "bandwidth of the top level or a group", kBandwidthKeys};
const ConfigLevel kBandwidthWindowLevel{"a window of bandwidth", "bandwidth.windows[]", kBandwidthWindowKeys};

}  // namespace lakeferry
