#include "daemon/output/init_output.h"

#include <fmt/format.h>

#include "base/shown_text.h"
#include "daemon/output/findings_output.h"
#include "daemon/output/place_output.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

std::string WrittenText(const setup::SettledFile& file) {
  std::string text = OneLine(fmt::format("{} {}", ChangeName(file.change), file.path)) + "\n";
  for (const std::string& line : file.removed) text += OneLine("  - " + line) + "\n";
  for (const std::string& line : file.added) text += OneLine("  + " + line) + "\n";
  return text;
}

std::string ShownFile(const setup::SettledFile& file) {
  const bool same = file.change == setup::SettledFile::Change::kUnchanged;
  return OneLine(fmt::format("# {}{}: {}", same ? "" : "would be ", ChangeName(file.change), file.path)) + "\n" +
         file.text + "\n";
}

}  // namespace

std::string ToJson(const InitReport& report) {
  json::Writer json(json::Texts::kShown);
  json.Field("written", report.written);
  json.Objects("files", report.files, [&](const setup::SettledFile& file) {
    json.Field("path", file.path);
    json.Field("change", ChangeName(file.change));
    json.Field("removed", file.removed);
    json.Field("added", file.added);
    json.Field("text", file.text);
  });
  json.Objects("notes", report.notes, [&](const plan::Finding& note) {
    json.Field("severity", SeverityName(note.severity));
    json.Field("what", FitToShow(note.what));
    WriteWhere(json, "where", note.where);
    json.Field("remedy", FitToShow(note.remedy));
  });
  json.Field("next", report.next);
  return json.FinishLine();
}

std::string ToText(const InitReport& report) {
  std::string text;
  for (const setup::SettledFile& file : report.files) text += report.written ? WrittenText(file) : ShownFile(file);
  if (!report.notes.empty()) text += ToText(report.notes);
  if (!report.next.empty()) text += report.written ? "next:\n" : "# next:\n";
  for (const std::string& step : report.next) text += (report.written ? "  " : "#   ") + OneLine(step) + "\n";
  return text;
}

}  // namespace lakeferry
