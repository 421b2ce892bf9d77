// The keys of the process: of the top level, of whom it tells, and of its server.
#include "daemon/config/config_schema.h"

namespace lakeferry {
namespace {

constexpr ConfigKey kTopKeys[] = {
    {"region", "text", "default", "Name of the region this daemon stands in; shown in status, mails and metrics."},
    {"metadata_store", "absolute path", "/var/lib/lakeferry/metadata.db",
     "SQLite file; made when the service starts. Free room is needed beside it: a checkpoint of a clone is written "
     "there first, some 60 bytes for each file of the table."},
    {"role", "sender, receiver or both", "both", "What this host may be started as."},
    {"log_format", "text or json", "text", "One event a line on standard error."},
    {"log_level", "debug, info, warning or error", "info", "The least that is logged."},
    {"copies_in_flight_max", "1 to 256", "8",
     "Files of a group that are copied at once; of all groups together four times as many."},
    {"bandwidth", "none, a rate or a map", "none",
     "How fast this process copies at most, all groups together: 200MB/s, 50MiB/s, 800Mbit/s, or by the time of day."},
    {"drain_timeout", "duration, 0s to 1h", "30s", "How long a stop waits for copies under way."},
    {"smtp", "map", "",
     "The mail server. Without it nobody gets mail, and check warns where addresses are configured."},
    {"http", "map", "", "Page, API and metrics of the service. Without it nobody listens."},
    {"secret_scope", "text", "", "The Databricks secret scope that holds the tokens of workspaces."},
    {"signing_key", "secret", "",
     "This side's private key, of `lakeferry key new`: what is staged is signed with it. Without it nothing is "
     "signed."},
    {"trusted_keys", "list of texts", "",
     "Public keys of both sides, as `lakeferry key show` prints them. Without them nobody asks for a signature."},
    {"sync_success_notification", "address or list", "", "Who gets a mail of each epoch that was applied."},
    {"sync_failure_notification", "address or list", "", "Who gets a mail of failures, risks and their end."},
    {"notifications", "list of maps", "", "Who is told beside those who get mail: webhooks, Slack, Teams, PagerDuty."},
    {"success_digest", "map", "", "Successes of a day in one mail, in place of one for each epoch."},
    {"status_table", "location or map", "",
     "Where each finished epoch is told in a Delta table, with the sync job's column names. By default nowhere."},
    {"tracing", "map", "", "Where it is told how each epoch went, as traces of OpenTelemetry. By default nowhere."},
    {"credentials", "map of names to maps", "",
     "As whom object stores are spoken to, where the vendors' own variables, files and services do not say it."},
    {"stores", "list of maps", "", "How object stores are reached, for every location that lies below a prefix."},
    {"include", "path, pattern or list", "",
     "More files: each holds workspaces, or groups of one. From the folder of this file on."},
    {"workspaces", "list of maps", "", "At least one, here or in an included file."}};

constexpr ConfigKey kIncludedKeys[] = {
    {"include", "path, pattern or list", "", "More files, from the folder of this one on."},
    {"workspaces", "list of maps", "", "Workspaces, as at the top level."},
    {"workspace_name", "text", "", "The workspace, which stands in another file, that the groups of this one are of."},
    {"sync_groups", "list of maps", "", "Groups of that workspace."}};

constexpr ConfigKey kSmtpKeys[] = {
    {"host", "name", "", "The server.", true},
    {"port", "1 to 65535", "", "By default 25, 587 or 465, as security has it."},
    {"security", "none, starttls or tls", "starttls",
     "starttls is required then, never optional; tls is from the first byte on."},
    {"user", "text", "", "By default nobody logs in."},
    {"password", "secret", "", "Goes with user; read when a mail is due."},
    {"from", "address", "", "The sender of the mails.", true},
    {"ca_file", "path", "", "PEM; whom to trust. By default the certificates of the system."},
    {"timeout", "duration, 1s to 10m", "30s", "For one mail."},
    {"helo", "name", "", "The name that is given to the server; by default the host's."}};

constexpr ConfigKey kHttpKeys[] = {
    {"listen", "address:port, or a map by role", "",
     "An address in numbers. Anything but the loopback needs tls, and token or client_ca.", true},
    {"tls", "map", "", "What the server shows; read again when the files change."},
    {"token", "secret", "", "What clients send as Authorization: Bearer."},
    {"client_ca", "path", "", "PEM; clients whose certificate one of these has signed need no token."},
    {"names", "name or list", "", "By which the server is reached beside its address."},
    {"push_secret", "secret", "", "By which runs that are pushed are signed; by default they come with the token."},
    {"control", "list of maps", "",
     "Who may pause, resume, sync and resync groups over HTTP; records have the name. By default nobody."}};

constexpr ConfigKey kHttpControlKeys[] = {
    {"name", "text", "", "Unique; who that is on record.", true},
    {"token", "secret", "", "Another one than that for reading. This or certificate."},
    {"certificate", "subject (RFC 2253)", "", "The subject of a client's certificate. This or token."}};

constexpr ConfigKey kHttpListenKeys[] = {{"sender", "address:port", "", "Of the sender's service."},
                                         {"receiver", "address:port", "", "Of the receiver's service."}};

constexpr ConfigKey kHttpTlsKeys[] = {
    {"certificate", "path", "", "PEM, with those between it and one that clients trust. check warns before it ends.",
     true},
    {"key", "path", "", "PEM, without a passphrase.", true}};

constexpr ConfigKey kNotificationKeys[] = {
    {"name", "text", "", "Unique; workspaces and groups name it.", true},
    {"kind", "generic, slack, teams or pagerduty", "", "What is posted, and how.", true},
    {"url", "URL or secret", "", "Of Slack and Teams by reference only, for it is a secret. PagerDuty has its own."},
    {"secret", "secret", "", "PagerDuty's routing key; of a generic one what signs each post. By default unsigned."},
    {"on", "list of failure, recovery, success, digest", "", "What it hears of; by default failure and recovery."},
    {"allow_http", "true or false", "false", "Whether it may be http:// elsewhere than on this machine."}};

constexpr ConfigKey kDigestKeys[] = {{"at", "HH:MM", "", "When the day ends.", true},
                                     {"time_zone", "IANA name", "UTC", "Whose clock that is by."}};

constexpr ConfigKey kStatusTableKeys[] = {
    {"location", "location", "", "Of the table; it is made where there is none.", true},
    {"credential", "credential", "", "By default the place's own, as stores has it."}};

constexpr ConfigKey kTracingKeys[] = {
    {"endpoint", "URL", "",
     "Of the collector, which takes OTLP over HTTP in JSON; whole where its path is not /v1/traces.", true},
    {"token", "secret", "", "Sent as Authorization: Bearer."},
    {"allow_http", "true or false", "false", "Whether it may be http:// elsewhere than on this machine."}};

constexpr ConfigKey kSecretKeys[] = {
    {kSecretVariableKey, "name of a variable", "", "It is in the environment of the service."},
    {"file", "absolute path", "", "It is the text of this file, of 64 KiB at most."},
    {"credential", "name", "", "It is a systemd credential; `lakeferry init` writes its line into the drop-in."}};

}  // namespace

const ConfigLevel kTopLevel{"the top level", "", kTopKeys};
const ConfigLevel kIncludedLevel{"an included file", "a file of include", kIncludedKeys};
const ConfigLevel kSmtpLevel{"smtp", "smtp", kSmtpKeys};
const ConfigLevel kHttpLevel{"http", "http", kHttpKeys};
const ConfigLevel kHttpListenLevel{"listen", "http.listen", kHttpListenKeys};
const ConfigLevel kHttpTlsLevel{"tls", "http.tls", kHttpTlsKeys};
const ConfigLevel kHttpControlLevel{"an entry of control", "http.control[]", kHttpControlKeys};
const ConfigLevel kStatusTableLevel{"status_table", "status_table", kStatusTableKeys};
const ConfigLevel kTracingLevel{"tracing", "tracing", kTracingKeys};
const ConfigLevel kNotificationLevel{"a receiver of notices", "notifications[]", kNotificationKeys};
const ConfigLevel kDigestLevel{"success_digest", "success_digest", kDigestKeys};
const ConfigLevel kSecretLevel{"a secret reference", "wherever a secret is named; one of these", kSecretKeys};

}  // namespace lakeferry
