#include "daemon/setup/drop_in.h"

#include <fmt/format.h>

#include "base/shown_text.h"
#include "daemon/setup/unit_words.h"

namespace lakeferry::setup {
namespace {

constexpr char kNothing[] = "# The configuration needs nothing beyond the unit itself.\n";
constexpr char kGroups[] =
    "# Folders that belong to a group of people: name the group, and set the set-group-id bit on them.\n"
    "#SupplementaryGroups=GROUP\n";

std::string_view WhatItWrites(Role role) {
  return role == Role::kSender ? "staging" : "its targets, and receipts in staging";
}

}  // namespace

std::string DropIn(const ServiceNeeds& needs) {
  const std::string unit = UnitName(RoleName(needs.role));
  std::string text = fmt::format(
      "{} from {}: run it again after a change there.\n"
      "# Lines added here are lost then: settings of your own belong into `systemctl edit {}`.\n\n[Service]\n",
      kDropInMark, OneLine(needs.config_file), unit);
  if (needs.writes.empty() && needs.credentials.empty()) text += kNothing;
  if (!needs.writes.empty()) {
    text += fmt::format("# The {} writes {}. A folder has to be there when the service starts.\n", RoleName(needs.role),
                        WhatItWrites(needs.role));
    for (const std::string& folder : needs.writes) text += WriteLine(folder).value_or("") + "\n";
    text += kGroups;
  }
  if (!needs.credentials.empty()) text += "# Secrets, each in a file that root alone can read.\n";
  for (const std::string& name : needs.credentials) {
    text += fmt::format("LoadCredential={}:{}/{}\n", name, kCredentialFolder, name);
  }
  return text;
}

std::string DropInName(Role role) { return UnitName(RoleName(role)) + ".service.d/lakeferry.conf"; }

}  // namespace lakeferry::setup
