#include "daemon/output/permissions_output.h"

#include <fmt/format.h>

#include "daemon/output/group_answer.h"
#include "daemon/output/lines.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

std::string UntoldText(const UntoldPlaces& untold) {
  return Wrapped(fmt::format("# What {} needs in the stores for group {} is not all here: {}", RoleName(untold.role),
                             untold.group, untold.error.message)) +
         Wrapped("# Grant what its catalog takes, and ask again.");
}

}  // namespace

std::string ToJson(const ShownPermissions& shown) {
  json::Writer json(json::Texts::kShown);
  json.Objects("policies", shown.policies, [&](const ShownPolicy& one) {
    json.Field("name", one.policy.name);
    json.Field("role", RoleName(one.role));
    json.Field("service", one.service);
    json.Field("credential", one.credential);
    json.Field("policy", one.policy.text);
    json.Field("note", one.policy.note);
  });
  json.Objects("untold", shown.untold, [&](const UntoldPlaces& one) {
    json.Field("group", one.group);
    json.Field("role", RoleName(one.role));
    WriteErrorObject(json, one.error);
  });
  return json.FinishLine();
}

std::string ToText(const ShownPermissions& shown) {
  std::string text;
  for (const ShownPolicy& one : shown.policies) {
    if (!text.empty()) text += '\n';
    const std::string whom = one.credential.empty() ? std::string() : fmt::format(", credential {}", one.credential);
    text += Wrapped(fmt::format("# {}: {} at {}{}", one.policy.name, RoleName(one.role), one.service, whom));
    text += one.policy.text;
    if (!one.policy.note.empty()) text += Wrapped("# " + one.policy.note);
  }
  for (const UntoldPlaces& one : shown.untold) text += (text.empty() ? "" : "\n") + UntoldText(one);
  if (!text.empty()) return text;
  return "no location lies in an object store, and no catalog is asked: rights to folders are those of the service's "
         "user\n";
}

}  // namespace lakeferry
