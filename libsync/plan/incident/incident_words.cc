#include "plan/incident/incident_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/shown_text.h"
#include "plan/record/run_ids_text.h"

namespace lakeferry::plan {
namespace {

constexpr size_t kNameBytesMax = 200;

// What a configuration or a table calls something: within a line of ours.
std::string Name(const std::string& text) { return OneLine(FitToShow(text, kNameBytesMax)); }

std::string Quoted(const std::string& text) { return "  > " + OneLine(FitToShow(text)) + "\n"; }

std::string Head(const Incident& incident) {
  return fmt::format("Group:      {}\nWorkspace:  {}\nRole:       {}\nRegion:     {}\n", Name(incident.group),
                     Name(incident.workspace), RoleName(incident.role), Name(incident.region));
}

std::string Standing(const Incident& incident) {
  if (!incident.cut_time) return "No epoch has been completed yet.\n";
  return fmt::format("The newest completed epoch is {}, of {}: the replica stands there, whole.\n",
                     incident.epoch.value(), FormatUtc(*incident.cut_time));
}

std::string WhatToDo(const Incident& incident) {
  return incident.remedy.empty() ? std::string() : "\nWhat to do:\n" + Quoted(incident.remedy);
}

// What it means for the time that finished work may wait.
std::string Meaning(const Incident& incident) {
  if (!incident.at) return {};
  const std::string said = RpoText(incident);
  return said.empty() ? said : "What it means:\n  " + said + "\n";
}

std::string_view WhatItIs(GroupState state) {
  switch (state) {
    case GroupState::kHeld: return "is held";
    case GroupState::kPaused: return "is paused and late";
    case GroupState::kUnknown:
    case GroupState::kIdle:
    case GroupState::kWaiting:
    case GroupState::kStaging:
    case GroupState::kApplying:
    case GroupState::kRestaging: return "is late";  // there is no other reason to tell of them
    case GroupState::kFailed:
    case GroupState::kDiverged:
    case GroupState::kHalted:
    case GroupState::kStopped: return "is failing";
  }
  return "is failing";
}

std::string Subject(const Incident& incident, std::string_view what) {
  return fmt::format("[lakeferry] {} '{}' {}", RoleName(incident.role), Name(incident.group), what);
}

IncidentWords Failure(const Incident& incident) {
  std::string body = Head(incident);
  body += fmt::format("State:      {}\n", GroupStateName(incident.state));
  if (!incident.error_kind.empty()) body += fmt::format("Error:      {}\n", Name(incident.error_kind));
  body += fmt::format("Since:      {}\nAttempts:   {}\n\nWhat is wrong:\n{}",
                      incident.since ? FormatUtc(*incident.since) : "now", incident.attempts, Quoted(incident.what));
  body += WhatToDo(incident) + "\n" + Meaning(incident) + Standing(incident);
  body += fmt::format("It goes on trying. To look: lakeferry status {}\n", Name(incident.group));
  return {.subject = Subject(incident, WhatItIs(incident.state)), .body = std::move(body)};
}

IncidentWords Threat(const Incident& incident) {
  std::string body = Head(incident) + "\nWhat threatens it:\n" + Quoted(incident.what);
  body += WhatToDo(incident) + "\n" + Meaning(incident) + Standing(incident);
  const bool lost = incident.risk == Risk::kError;
  return {.subject = Subject(incident, lost ? "may lack what its source has deleted" : "is at risk"),
          .body = std::move(body)};
}

IncidentWords Recovery(const Incident& incident) {
  std::string body = Head(incident);
  if (incident.since && incident.until) {
    body += fmt::format("Failed:     {} to {} ({})\n", FormatUtc(*incident.since), FormatUtc(*incident.until),
                        FormatDuration(*incident.until - *incident.since));
  }
  body += "\nWhat had failed:\n" + Quoted(incident.what) + "\n" + Standing(incident);
  return {.subject = Subject(incident, "works again"), .body = std::move(body)};
}

IncidentWords NewEpoch(const Incident& incident) {
  const Brought& brought = incident.brought;
  std::string body = Head(incident);
  for (size_t i = 0; i < std::min(brought.run_ids.size(), kRunsInText); ++i) {
    body += fmt::format("Run:        {}\n", Name(brought.run_ids[i]));
  }
  if (brought.run_ids.size() > kRunsInText) {
    body += fmt::format("            and {} more\n", brought.run_ids.size() - kRunsInText);
  }
  body += fmt::format("Files:      {}\nBytes:      {}\n\n", brought.files, brought.bytes);
  return {.subject = fmt::format("[lakeferry] '{}' is at epoch {}", Name(incident.group), incident.epoch.value()),
          .body = std::move(body) + Standing(incident)};
}

std::string DigestText(const DigestLine& line) {
  const std::string state(GroupStateName(line.state));
  std::string text = fmt::format("{}: {} epochs, {} files, {} bytes; {}", Name(line.group), line.epochs, line.files,
                                 line.bytes, state);
  if (line.cut_time) text += fmt::format("; the replica stands at {}", FormatUtc(*line.cut_time));
  return text + "\n";
}

IncidentWords Digest(const Incident& incident) {
  int64_t epochs = 0;
  std::string body = fmt::format("Role:       {}\nRegion:     {}\n", RoleName(incident.role), Name(incident.region));
  if (incident.since && incident.until) {
    body += fmt::format("Day:        {} to {}\n", FormatUtc(*incident.since), FormatUtc(*incident.until));
  }
  body += "\n";
  for (const DigestLine& line : incident.digest) {
    body += DigestText(line);
    epochs += line.epochs;
  }
  return {.subject = fmt::format("[lakeferry] {} epochs of {} groups were applied", epochs, incident.digest.size()),
          .body = std::move(body)};
}

IncidentWords Test(const Incident& incident) {
  return {
      .subject = "[lakeferry] test: nothing is wrong",
      .body = fmt::format("Role:       {}\nRegion:     {}\n\nSomebody tries with `lakeferry check --notify` whether "
                          "this arrives. Nothing is to be done.\n",
                          RoleName(incident.role), Name(incident.region))};
}

}  // namespace

std::string RpoText(const Incident& incident) {
  if (!incident.at) return {};
  if (!incident.waiting_since) {
    return incident.rpo
               ? fmt::format("No finished work is known to wait: the RPO of {} holds.", FormatDuration(*incident.rpo))
               : std::string();
  }
  const Millis waited = std::max(Millis(0), *incident.at - *incident.waiting_since);
  const std::string waits =
      fmt::format("Finished work waits since {} ({})", FormatUtc(*incident.waiting_since), FormatDuration(waited));
  if (!incident.rpo) return waits + "; no rpo is configured.";
  const TimeMs until = *incident.waiting_since + *incident.rpo;
  if (until <= *incident.at) {
    return fmt::format("{}: the RPO of {} is missed since {}.", waits, FormatDuration(*incident.rpo), FormatUtc(until));
  }
  return fmt::format("{}: the RPO of {} is missed from {} on, unless it is mended before.", waits,
                     FormatDuration(*incident.rpo), FormatUtc(until));
}

IncidentWords WordsOf(const Incident& incident) {
  switch (incident.kind) {
    case IncidentKind::kFailure: return Failure(incident);
    case IncidentKind::kRisk: return Threat(incident);
    case IncidentKind::kRecovery: return Recovery(incident);
    case IncidentKind::kDigest: return Digest(incident);
    case IncidentKind::kTest: return Test(incident);
    case IncidentKind::kEpoch: break;
  }
  return NewEpoch(incident);
}

}  // namespace lakeferry::plan
