#include "daemon/commands/examples.h"

#include <array>

namespace lakeferry {
namespace {

struct Example {
  std::string_view command;
  std::string_view line;
};

constexpr std::array kExamples{
    Example{"lakeferry", "lakeferry check"},
    Example{"lakeferry", "lakeferry status orders"},
    Example{"lakeferry sender", "lakeferry sender"},
    Example{"lakeferry sender", "lakeferry sender --once --config /etc/lakeferry/lakeferry.yaml"},
    Example{"lakeferry receiver", "lakeferry receiver"},
    Example{"lakeferry receiver", "lakeferry receiver --once"},
    Example{"lakeferry init", "lakeferry init --role receiver"},
    Example{"lakeferry init", "lakeferry init --dry-run"},
    Example{"lakeferry init", "lakeferry init --source s3://lake-east/prod --target s3://lake-west/prod"},
    Example{"lakeferry check", "runuser -u lakeferry -- lakeferry check"},
    Example{"lakeferry check", "lakeferry check --role sender --json"},
    Example{"lakeferry check", "lakeferry check --as-service --role receiver"},
    Example{"lakeferry check", "lakeferry check --walls --role sender"},
    Example{"lakeferry check", "runuser -u lakeferry -- lakeferry check --notify"},
    Example{"lakeferry permissions", "lakeferry permissions --role sender"},
    Example{"lakeferry plan", "lakeferry plan orders"},
    Example{"lakeferry sync", "lakeferry sync orders"},
    Example{"lakeferry sync", "lakeferry sync orders --role sender --take-over"},
    Example{"lakeferry status", "lakeferry status orders"},
    Example{"lakeferry status", "lakeferry status --check"},
    Example{"lakeferry pause", "lakeferry pause orders --why 'the cluster is moved'"},
    Example{"lakeferry resume", "lakeferry resume orders"},
    Example{"lakeferry resync", "lakeferry resync orders raw.bronze --why 'to be sure'"},
    Example{"lakeferry watch", "lakeferry watch"},
    Example{"lakeferry watch", "lakeferry watch orders --interval 5s"},
    Example{"lakeferry export-status", "lakeferry export-status --to s3://lake-west/lakeferry/status"},
    Example{"lakeferry history", "lakeferry history orders --limit 10"},
    Example{"lakeferry versions", "lakeferry versions orders"},
    Example{"lakeferry verify", "lakeferry verify orders --deep"},
    Example{"lakeferry verify", "lakeferry verify --source"},
    Example{"lakeferry gc", "lakeferry gc prices --retain 30d"},
    Example{"lakeferry gc", "lakeferry gc prices --retain 30d --delete"},
    Example{"lakeferry reset", "lakeferry reset orders --role receiver"},
    Example{"lakeferry reset", "lakeferry reset orders --role receiver --yes"},
    Example{"lakeferry relocate", "lakeferry relocate orders raw.bronze --role sender"},
    Example{"lakeferry relocate", "lakeferry relocate orders raw.bronze --role sender --yes"},
    Example{"lakeferry runs add", "lakeferry runs add nightly --run-id r1 --start now --state running"},
    Example{"lakeferry runs add", "lakeferry runs add nightly --run-id r1 --end now --state success"},
    Example{"lakeferry runs remove", "lakeferry runs remove nightly --run-id r1 --by Ada --why duplicate"},
    Example{"lakeferry runs list", "lakeferry runs list nightly --removed"},
    Example{"lakeferry key new", "runuser -u lakeferry -- lakeferry key new /etc/lakeferry/keys/west.pem"},
    Example{"lakeferry key show", "lakeferry key show /etc/lakeferry/keys/west.pem"},
    Example{"lakeferry key sign", "lakeferry key sign orders --role sender"},
    Example{"lakeferry log", "lakeferry log file:///srv/lake/bronze --version 12"},
    Example{"lakeferry log", "lakeferry log /srv/lake/bronze --files --json"},
};

}  // namespace

std::vector<std::string> ExamplesOf(std::string_view command) {
  std::vector<std::string> lines;
  for (const Example& example : kExamples) {
    if (example.command == command) lines.emplace_back(example.line);
  }
  return lines;
}

}  // namespace lakeferry
