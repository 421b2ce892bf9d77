// The configuration that an installation begins with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/record/role.h"

namespace lakeferry::setup {

struct FirstTable {
  std::string name;
  std::string source;
  std::string target;

  bool operator==(const FirstTable&) const = default;
};

// What its writer has said, or been asked for.
struct FirstAnswers {
  std::optional<Role> role = {};  // absent: both
  std::string region = "west";
  std::string metadata_store = "/var/lib/lakeferry/metadata.db";
  std::string staging = {};
  std::string group = {};
  std::string workflow = {};  // empty: by the clock
  std::string mode = "clone";
  std::vector<FirstTable> tables = {};
};

// The smallest that works, with a comment for each place that its reader has to fill in; of both roles where there is
// no role. Loads as it stands.
[[nodiscard]] std::string FirstConfig(std::optional<Role> role);
// One of these tables, with nothing to fill in. What it says is for the reader of configurations to judge.
[[nodiscard]] std::string FirstConfig(const FirstAnswers& answers);

}  // namespace lakeferry::setup
