#include "daemon/output/permissions_output.h"

#include <fmt/format.h>

#include "daemon/output/lines.h"
#include "json/writer.h"

namespace lakeferry {

std::string ToJson(const std::vector<ShownPolicy>& policies) {
  json::Writer json(json::Texts::kShown);
  json.Objects("policies", policies, [&](const ShownPolicy& shown) {
    json.Field("name", shown.policy.name);
    json.Field("role", RoleName(shown.role));
    json.Field("service", ServiceName(shown.service));
    json.Field("credential", shown.credential);
    json.Field("policy", shown.policy.text);
    json.Field("note", shown.policy.note);
  });
  return json.FinishLine();
}

std::string ToText(const std::vector<ShownPolicy>& policies) {
  if (policies.empty())
    return "no location lies in an object store: rights to folders are those of the service's user\n";
  std::string text;
  for (const ShownPolicy& shown : policies) {
    if (!text.empty()) text += '\n';
    const std::string whom =
        shown.credential.empty() ? std::string() : fmt::format(", credential {}", shown.credential);
    text += Wrapped(
        fmt::format("# {}: {} at {}{}", shown.policy.name, RoleName(shown.role), ServiceName(shown.service), whom));
    text += shown.policy.text;
    if (!shown.policy.note.empty()) text += Wrapped("# " + shown.policy.note);
  }
  return text;
}

}  // namespace lakeferry
