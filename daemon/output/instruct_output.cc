#include "daemon/output/instruct_output.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/output/human.h"
#include "daemon/output/lines.h"
#include "json/writer.h"

namespace lakeferry {
namespace {

void Write(json::Writer& json, const InstructedGroup& instructed) {
  const Instruction& said = instructed.instruction;
  json.Field("group", said.group);
  json.Field("role", RoleName(said.role));
  json.Field("instruction", InstructionName(said.kind));
  json.Field("table", said.table.empty() ? std::nullopt : std::optional(said.table));
  json.Field("by", said.by);
  json.Field("why", said.why);
  json.Field("given_ms", said.given);
  if (instructed.paused) {
    json.Object("paused", [&] {
      json.Field("since_ms", instructed.paused->since);
      json.Field("by", instructed.paused->by);
      json.Field("why", instructed.paused->why);
    });
  } else {
    json.Null("paused");
  }
  json.Objects("resync", instructed.resync, [&json](const AskedWhole& asked) {
    json.Field("table", asked.table);
    json.Field("epoch", asked.staged);
  });
}

Status ReadPause(const json::Fields& fields, InstructedGroup& instructed) {
  if (!fields.Has("paused")) return {};
  LF_TRY(const json::Fields of, fields.Object("paused"));
  Pause pause;
  LF_TRY(pause.since, of.Time("since_ms"));
  LF_TRY(pause.by, of.String("by"));
  LF_TRY(pause.why, of.String("why"));
  instructed.paused = std::move(pause);
  return {};
}

Status ReadInstruction(const json::Fields& fields, Instruction& said) {
  LF_TRY(said.group, fields.String("group"));
  LF_TRY(const std::string role, fields.String("role"));
  said.role = role == RoleName(Role::kReceiver) ? Role::kReceiver : Role::kSender;
  LF_TRY(const std::string kind, fields.String("instruction"));
  said.kind = ParseInstruction(kind).value_or(InstructionKind::kPause);
  if (fields.Has("table")) {
    LF_TRY(said.table, fields.String("table"));
  }
  LF_TRY(said.by, fields.String("by"));
  LF_TRY(said.why, fields.String("why"));
  LF_TRY(said.given, fields.Time("given_ms"));
  return {};
}

std::string What(const InstructedGroup& instructed) {
  const Instruction& said = instructed.instruction;
  switch (said.kind) {
    case InstructionKind::kPause: return "paused; nothing is begun until it is resumed";
    case InstructionKind::kResume: return "resumed";
    case InstructionKind::kResync: return fmt::format("table '{}' goes over whole with the next epoch", said.table);
    case InstructionKind::kSync: return "a pass begins at once";
  }
  return {};
}

}  // namespace

std::string LineOf(const Instruction& instruction) {
  std::string text = fmt::format("{} {}", HumanTime(instruction.given), InstructionName(instruction.kind));
  if (!instruction.table.empty()) text += " " + instruction.table;
  text += " by " + instruction.by;
  return instruction.why.empty() ? text : text + ": " + instruction.why;
}

std::string ToJson(const InstructedGroup& instructed) {
  json::Writer json(json::Texts::kShown);
  Write(json, instructed);
  return json.FinishLine();
}

std::string ToJson(const std::vector<InstructedGroup>& groups) {
  json::Writer json(json::Texts::kShown);
  json.Objects("groups", groups, [&json](const InstructedGroup& instructed) { Write(json, instructed); });
  return json.FinishLine();
}

std::string ToText(const InstructedGroup& instructed) {
  const Instruction& said = instructed.instruction;
  return Wrapped(fmt::format("{} ({}): {}", said.group, RoleName(said.role), What(instructed)));
}

std::string ToText(const std::vector<InstructedGroup>& groups) {
  std::string text;
  for (const InstructedGroup& instructed : groups) text += ToText(instructed);
  return text;
}

Result<InstructedGroup> ReadInstructed(const json::Fields& fields) {
  InstructedGroup instructed;
  LF_TRY_OK(ReadInstruction(fields, instructed.instruction));
  LF_TRY_OK(ReadPause(fields, instructed));
  LF_TRY(const std::vector<json::Fields> asked, fields.Objects("resync"));
  for (const json::Fields& of : asked) {
    AskedWhole whole;
    LF_TRY(whole.table, of.String("table"));
    LF_TRY(const int64_t epoch, of.Count("epoch"));
    whole.staged = Epoch(epoch);
    instructed.resync.push_back(std::move(whole));
  }
  return instructed;
}

}  // namespace lakeferry
