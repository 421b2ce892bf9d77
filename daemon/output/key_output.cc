#include "daemon/output/key_output.h"

#include <fmt/format.h>

#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "json/writer.h"

namespace lakeferry {

std::string ToJson(const std::vector<ShownKey>& keys) {
  json::Writer json(json::Texts::kShown);
  json.Objects("keys", keys, [&](const ShownKey& shown) {
    json.Field("public_key", shown.key.ToText());
    json.Field("private_key_in", shown.place);
    json.Field("groups", shown.groups);
  });
  return json.FinishLine();
}

std::string ToText(const std::vector<ShownKey>& keys) {
  std::string text;
  for (const ShownKey& shown : keys) text += shown.key.ToText() + "\n";
  return text;
}

std::string ToJson(const std::vector<SignedGroup>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const SignedGroup& entry) {
    const engine::SignReport report = ReportOf(entry.signing);
    json.Field("group", entry.signing.group);
    json.Field("role", RoleName(entry.role));
    json.Field("signed", report.signed_now);
    json.Field("signed_before", report.signed_before);
    json.Field("strange", report.strange);
    WriteErrorOf(json, entry.signing);
  });
  return json.FinishLine();
}

std::string ToText(const std::vector<SignedGroup>& groups) {
  std::string text;
  for (const SignedGroup& entry : groups) {
    const GroupAnswer<engine::SignReport>& answer = entry.signing;
    if (!answer.result) {
      text += FailureText(fmt::format("{} ({})", answer.group, RoleName(entry.role)), answer.result.error());
      continue;
    }
    const std::string_view what = entry.role == Role::kSender ? "manifest" : "receipt";
    text += Wrapped(fmt::format("{}: {} signed, {} were", answer.group, HumanCount(answer.result->signed_now, what),
                                answer.result->signed_before));
    for (const std::string& object : answer.result->strange) {
      text += Wrapped(fmt::format("left alone: {}, which is not what this side put", object), 2);
    }
  }
  return text;
}

}  // namespace lakeferry
