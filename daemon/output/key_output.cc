#include "daemon/output/key_output.h"

#include <fmt/format.h>

#include "daemon/config/text_bytes.h"
#include "daemon/output/human.h"
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

std::string ToJson(const std::vector<engine::SignReport>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&](const engine::SignReport& report) {
    json.Field("group", report.group);
    json.Field("role", RoleName(report.role));
    json.Field("signed", report.signed_now);
    json.Field("signed_before", report.signed_before);
    json.Field("strange", report.strange);
  });
  return json.FinishLine();
}

std::string ToText(const std::vector<engine::SignReport>& groups) {
  std::string text;
  for (const engine::SignReport& report : groups) {
    const std::string_view what = report.role == Role::kSender ? "manifest" : "receipt";
    text += OneLine(fmt::format("{}: {} signed, {} were", report.group, HumanCount(report.signed_now, what),
                                report.signed_before)) +
            "\n";
    for (const std::string& object : report.strange) {
      text += OneLine(fmt::format("  left alone: {}, which is not what this side put", object)) + "\n";
    }
  }
  return text;
}

}  // namespace lakeferry
