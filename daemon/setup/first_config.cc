#include "daemon/setup/first_config.h"

#include <fmt/format.h>

#include <string_view>

namespace lakeferry::setup {
namespace {

constexpr char kText[] =
    R"(# lakeferry: the smallest configuration that works. Put your own names and folders into the places marked CHANGE,
# then
#
#   lakeferry init      # writes what the services need to run with it
#   lakeferry check     # says what is wrong, and how to mend it
#
# Both regions can have the same file. Every option: lakeferry.example.yaml, in /usr/share/lakeferry.

region: west                          # CHANGE: the name of the region that this host stands in
role: {:<32}# what this host may be started as: sender, receiver or both
metadata_store: /var/lib/lakeferry/metadata.db

workspaces:
  - workspace_name: demo              # CHANGE: any name
    # CHANGE: where the sender writes and the receiver reads, in the region that stands by.
    sync_location_secondary: file:///srv/dr/staging
    sync_interval: 15m                # how often to look for work
    sync_groups:
      - group_name: orders            # CHANGE: tables that move together or not at all
        # CHANGE: the job whose runs make the cuts; it tells of them with `lakeferry runs add nightly_orders …`.
        # Without this line all tables are cut every sync_interval.
        workflow: nightly_orders
        mode: clone                   # a history of its own; or mirror: the source's own commits, byte for byte
        tables:
          # CHANGE: each table's folder in the region that owns the data, and that of its replica.
          - {{ name: raw.bronze, source: file:///srv/lake/bronze, target: file:///srv/dr/bronze }}
)";

constexpr char kAnswered[] =
    R"(# lakeferry: written by `lakeferry init` from what it was told and found.
#
#   lakeferry init      # writes what the services need to run with it
#   lakeferry check     # says what is wrong, and how to mend it
#
# Both regions can have the same file, but for region. Every option: man lakeferry.yaml.

region: {}
role: {}
metadata_store: {}

workspaces:
  - workspace_name: lake
    sync_location_secondary: {}
    sync_interval: 15m
    sync_groups:
      - group_name: {}
{}        mode: {}
        tables:
)";

// A scalar of YAML: as it is where that means itself, anywhere; else between quotes. A '$' is written twice.
std::string Scalar(const std::string& text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@-";
  const bool plain = !text.empty() && text.find_first_not_of(kPlain) == std::string::npos && !text.starts_with('-') &&
                     !text.starts_with('@') && !text.ends_with(':');
  if (plain) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '$') quoted += '$';
    quoted += c;
  }
  return quoted + "\"";
}

std::string NameOfRole(std::optional<Role> role) { return std::string(role ? RoleName(*role) : "both"); }

}  // namespace

std::string FirstConfig(const FirstAnswers& answers) {
  const std::string trigger =
      answers.workflow.empty() ? std::string() : fmt::format("        workflow: {}\n", Scalar(answers.workflow));
  std::string text =
      fmt::format(kAnswered, Scalar(answers.region), NameOfRole(answers.role), Scalar(answers.metadata_store),
                  Scalar(answers.staging), Scalar(answers.group), trigger, Scalar(answers.mode));
  for (const FirstTable& table : answers.tables) {
    text += fmt::format("          - {{ name: {}, source: {}, target: {} }}\n", Scalar(table.name),
                        Scalar(table.source), Scalar(table.target));
  }
  return text;
}

std::string FirstConfig(std::optional<Role> role) { return fmt::format(kText, NameOfRole(role)); }

}  // namespace lakeferry::setup
