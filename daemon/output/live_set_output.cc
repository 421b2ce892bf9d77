#include "daemon/output/live_set_output.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

Millis AgeOf(const LiveSetCheck& check, TimeMs now) { return std::max<Millis>(now - check.checked, Millis(0)); }

}  // namespace

void WriteLiveSets(json::Writer& json, const std::vector<LiveSetCheck>& checks, TimeMs now) {
  json.Objects("live_sets", checks, [&](const LiveSetCheck& check) {
    json.Field("table", check.table);
    json.Field("result", LiveSetResultName(check.result));
    json.Field("epoch", check.epoch);
    json.Field("version", check.version);
    json.Field("compared_ms", check.checked);
    json.Seconds("age_seconds", AgeOf(check, now));
    json.Seconds("seconds", Millis(check.worked_ms));
    json.Field("reason", check.reason.empty() ? std::nullopt : std::optional(check.reason));
  });
}

std::string LiveSetText(const std::vector<LiveSetCheck>& checks, TimeMs now) {
  std::string text;
  for (const LiveSetCheck& check : checks) {
    if (check.result == LiveSetResult::kSame) continue;
    const std::string_view what =
        check.result == LiveSetResult::kDiffers ? "differ from" : "could not be compared with";
    text += Wrapped(fmt::format("WARNING {}: the live files of {} {} those of its epoch, {} ago: {}", check.group,
                                check.table, what, HumanAge(AgeOf(check, now)), check.reason));
  }
  return text;
}

}  // namespace lakeferry
