#include "daemon/output/relocate_output.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "daemon/output/lines.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

using engine::Relocation;

std::string_view KindName(Relocation::Kind kind) {
  switch (kind) {
    case Relocation::Kind::kNoEpoch: return "no_epoch";
    case Relocation::Kind::kSame: return "same";
    case Relocation::Kind::kThere: return "there";
    case Relocation::Kind::kToMove: return "to_move";
    case Relocation::Kind::kComesWhole: return "comes_whole";
  }
  return "";
}

std::string FoundText(const RelocateReport& report) {
  const Relocation& found = report.found;
  std::string place =
      fmt::format("the {} of table {}", report.role == Role::kSender ? "source" : "target", report.table);
  switch (found.kind) {
    case Relocation::Kind::kNoEpoch: return place + " is in no epoch yet: it may lie anywhere";
    case Relocation::Kind::kSame: return fmt::format("{} is where epoch {} has it", place, found.epoch.value());
    case Relocation::Kind::kThere:
      return fmt::format("{} is at its new place what it was in epoch {}", place, found.epoch.value());
    case Relocation::Kind::kToMove:
      return fmt::format("{} is at its old place, as epoch {} left it, and nothing is at the new one", place,
                         found.epoch.value());
    case Relocation::Kind::kComesWhole:
      return fmt::format("{} is at neither place: it is brought whole with the next epoch", place);
  }
  return place;
}

}  // namespace

std::string ToJson(const RelocateReport& report) {
  const Relocation& found = report.found;
  json::Writer json(json::Texts::kShown);
  json.Field("group", report.group);
  json.Field("table", report.table);
  json.Field("role", RoleName(report.role));
  json.Field("found", KindName(found.kind));
  json.Field("epoch", found.epoch);
  json.Field("from", found.from);
  json.Field("to", found.to);
  json.Field("checked", found.checked);
  json.Field("done", report.done);
  WriteSteps(json, report.steps);
  json.Field("next", report.next);
  return json.FinishLine();
}

std::string ToText(const RelocateReport& report) {
  const std::string whose = fmt::format("{} ({})", report.group, RoleName(report.role));
  std::string text = Wrapped(fmt::format("{}: {}", whose, FoundText(report)));
  if (report.steps.empty() && !report.found.from.empty() && report.found.from != report.found.to) {
    text += Wrapped("from: " + report.found.from, 2) + Wrapped("to: " + report.found.to, 2);
  }
  for (const std::string& checked : report.found.checked) text += Wrapped("checked: " + checked, 2);
  text += ToText(report.steps, whose);
  for (const std::string& next : report.next) text += Wrapped("next: " + next);
  return text;
}

}  // namespace lakeferry
