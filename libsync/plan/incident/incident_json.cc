#include "plan/incident/incident_json.h"

#include <array>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/shown_text.h"
#include "json/reader.h"
#include "json/writer.h"
#include "plan/incident/incident_key.h"
#include "plan/incident/incident_words.h"

namespace lakeferry::plan {
namespace {

constexpr size_t kDocumentBytesMax = size_t{4} << 20;
constexpr size_t kNameShownMax = 400;

constexpr std::array kKinds{IncidentKind::kFailure, IncidentKind::kRisk,   IncidentKind::kRecovery,
                            IncidentKind::kEpoch,   IncidentKind::kDigest, IncidentKind::kTest};

std::string_view RiskName(Risk risk) {
  switch (risk) {
    case Risk::kNone: return "none";
    case Risk::kWarning: return "warning";
    case Risk::kError: return "error";
  }
  return "none";
}

void WriteWords(json::Writer& json, const Incident& incident) {
  const IncidentWords words = WordsOf(incident);
  json.Field("subject", FitToShow(words.subject));
  json.Field("text", FitToShow(words.body, size_t{64} << 10));
  json.Field("meaning", RpoText(incident));
}

void WriteDigest(json::Writer& json, const Incident& incident) {
  json.Objects("digest", incident.digest, [&json](const DigestLine& line) {
    json.Field("group", FitToShow(line.group, kNameShownMax));
    json.Field("state", GroupStateName(line.state));
    json.Field("epochs", line.epochs);
    json.Field("files", line.files);
    json.Field("bytes", line.bytes);
    json.Field("cut_time_ms", line.cut_time);
  });
}

Status ReadDigest(const json::Fields& fields, Incident& incident) {
  LF_TRY(const std::vector<json::Fields> lines, fields.Objects("digest"));
  for (const json::Fields& of : lines) {
    DigestLine line;
    LF_TRY(line.group, of.String("group"));
    LF_TRY(const std::string state, of.String("state"));
    line.state = ParseGroupState(state).value_or(GroupState::kUnknown);
    LF_TRY(line.epochs, of.Count("epochs"));
    LF_TRY(line.files, of.Count("files"));
    LF_TRY(line.bytes, of.Count("bytes"));
    LF_TRY(line.cut_time, of.FindTime("cut_time_ms"));
    incident.digest.push_back(std::move(line));
  }
  return {};
}

Status ReadNames(const json::Fields& fields, Incident& incident) {
  LF_TRY(const std::string kind, fields.String("kind"));
  for (const IncidentKind known : kKinds) {
    if (IncidentKindName(known) == kind) incident.kind = known;
  }
  LF_TRY(incident.group, fields.String("group"));
  LF_TRY(incident.workspace, fields.String("workspace"));
  LF_TRY(const std::string role, fields.String("role"));
  incident.role = role == RoleName(Role::kReceiver) ? Role::kReceiver : Role::kSender;
  LF_TRY(incident.region, fields.String("region"));
  LF_TRY(const std::string state, fields.String("state"));
  incident.state = ParseGroupState(state).value_or(GroupState::kUnknown);
  LF_TRY(const std::string risk, fields.String("risk"));
  for (const Risk known : {Risk::kWarning, Risk::kError}) {
    if (RiskName(known) == risk) incident.risk = known;
  }
  return {};
}

Status ReadNumbers(const json::Fields& fields, Incident& incident) {
  LF_TRY(incident.attempts, fields.Count("attempts"));
  LF_TRY(incident.since, fields.FindTime("since_ms"));
  LF_TRY(incident.until, fields.FindTime("until_ms"));
  LF_TRY(incident.at, fields.FindTime("at_ms"));
  LF_TRY(const int64_t epoch, fields.Count("epoch"));
  incident.epoch = Epoch(epoch);
  LF_TRY(incident.cut_time, fields.FindTime("cut_time_ms"));
  LF_TRY(const std::optional<int64_t> rpo, fields.FindCount("rpo_ms"));
  if (rpo) incident.rpo = Millis(*rpo);
  LF_TRY(incident.waiting_since, fields.FindTime("waiting_since_ms"));
  LF_TRY(incident.brought.run_ids, fields.Strings("run_ids"));
  LF_TRY(incident.brought.files, fields.Count("files"));
  LF_TRY(incident.brought.bytes, fields.Count("bytes"));
  return {};
}

Status ReadInto(const json::Fields& fields, Incident& incident) {
  LF_TRY_OK(ReadNames(fields, incident));
  LF_TRY_OK(ReadNumbers(fields, incident));
  LF_TRY(incident.what, fields.String("what"));
  LF_TRY(incident.error_kind, fields.String("error_kind"));
  LF_TRY(incident.remedy, fields.String("remedy"));
  if (fields.Has("to")) {
    LF_TRY(incident.to, fields.Strings("to"));
  }
  return ReadDigest(fields, incident);
}

}  // namespace

std::string_view IncidentKindName(IncidentKind kind) {
  switch (kind) {
    case IncidentKind::kFailure: return "failure";
    case IncidentKind::kRisk: return "risk";
    case IncidentKind::kRecovery: return "recovery";
    case IncidentKind::kEpoch: return "epoch";
    case IncidentKind::kDigest: return "digest";
    case IncidentKind::kTest: return "test";
  }
  return "";
}

std::string ToJson(const Incident& incident) {
  json::Writer json(json::Texts::kShown);
  json.Field("version", kIncidentVersion);
  json.Field("kind", IncidentKindName(incident.kind));
  json.Field("key", Sha256Hex(KeyOf(incident)));
  json.Field("at_ms", incident.at);
  json.Field("group", FitToShow(incident.group, kNameShownMax));
  json.Field("workspace", FitToShow(incident.workspace, kNameShownMax));
  json.Field("role", RoleName(incident.role));
  json.Field("region", FitToShow(incident.region, kNameShownMax));
  json.Field("state", GroupStateName(incident.state));
  json.Field("risk", RiskName(incident.risk));
  json.Field("attempts", incident.attempts);
  json.Field("since_ms", incident.since);
  json.Field("until_ms", incident.until);
  json.Field("what", FitToShow(incident.what));
  json.Field("error_kind", incident.error_kind);
  json.Field("remedy", FitToShow(incident.remedy));
  json.Field("epoch", incident.epoch);
  json.Field("cut_time_ms", incident.cut_time);
  json.Field("rpo_ms", incident.rpo ? std::optional(int64_t{incident.rpo->count()}) : std::nullopt);
  json.Field("waiting_since_ms", incident.waiting_since);
  json.Field("run_ids", incident.brought.run_ids);
  json.Field("files", incident.brought.files);
  json.Field("bytes", incident.brought.bytes);
  WriteDigest(json, incident);
  if (!incident.to.empty()) json.Field("to", incident.to);
  WriteWords(json, incident);
  return json.Finish();
}

Result<Incident> IncidentFromJson(std::string_view text) {
  json::Reader reader(kDocumentBytesMax);
  LF_TRY(const json::Fields fields, reader.Read(text, "the incident", "metadata store"));
  Incident incident;
  LF_TRY_OK(ReadInto(fields, incident));
  return incident;
}

}  // namespace lakeferry::plan
