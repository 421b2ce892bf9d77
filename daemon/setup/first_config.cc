#include "daemon/setup/first_config.h"

#include <fmt/format.h>

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

}  // namespace

std::string FirstConfig(std::optional<Role> role) {
  return fmt::format(kText, role ? RoleName(*role) : std::string_view("both"));
}

}  // namespace lakeferry::setup
