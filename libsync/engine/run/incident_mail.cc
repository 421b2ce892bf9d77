#include "engine/run/incident_mail.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/shown_text.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kNameBytesMax = 200;

// What a configuration or a table calls something: within a line of ours.
std::string Name(const std::string& text) { return OneLine(FitToShow(text, kNameBytesMax)); }

// What came from elsewhere, an error or a reason, with whatever names, paths and ids it repeats: on one line, marked as
// a quotation, so that no text of it can pass for a line of ours.
std::string Quoted(const std::string& text) { return "  > " + OneLine(FitToShow(text)) + "\n"; }

std::string Place(const plan::GroupSpec& spec, const GroupRecord& record, const std::string& region) {
  return fmt::format("Group:      {}\nWorkspace:  {}\nRole:       {}\nRegion:     {}\n", Name(spec.name),
                     Name(spec.workspace), RoleName(record.role), Name(region));
}

std::string Standing(const GroupRecord& record) {
  if (!record.cut_time) return "No epoch has been completed yet.\n";
  return fmt::format("The newest completed epoch is {}, of {}: the replica stands there, whole.\n",
                     record.epoch.value(), FormatUtc(*record.cut_time));
}

std::string_view WhatItIs(GroupState state) {
  switch (state) {
    case GroupState::kHeld: return "is held";
    case GroupState::kUnknown:
    case GroupState::kIdle:
    case GroupState::kWaiting:
    case GroupState::kStaging:
    case GroupState::kApplying:
    case GroupState::kRestaging: return "is late";  // there is no other reason to mail of them
    case GroupState::kFailed:
    case GroupState::kDiverged:
    case GroupState::kHalted: return "is failing";
  }
  return "is failing";
}

// The error with its place; a group that is held has a reason alone.
std::string What(const GroupRecord& record) { return record.last_error.empty() ? record.reason : record.last_error; }

}  // namespace

std::vector<std::string> FailureRecipients(const plan::GroupSpec& spec) {
  std::vector<std::string> to = spec.failure_mail_to;
  if (!spec.owner_email.empty() && std::ranges::find(to, spec.owner_email) == to.end()) to.push_back(spec.owner_email);
  return to;
}

Message FailureMail(const plan::GroupSpec& spec, const GroupRecord& record, const std::string& region) {
  Message mail;
  mail.to = FailureRecipients(spec);
  mail.subject = fmt::format("[lakeferry] {} '{}' {}", RoleName(record.role), Name(spec.name), WhatItIs(record.state));
  mail.body = Place(spec, record, region);
  mail.body += fmt::format(
      "State:      {}\nSince:      {}\nAttempts:   {}\n\nWhat is wrong:\n{}", GroupStateName(record.state),
      record.failing_since ? FormatUtc(*record.failing_since) : "now", record.attempts, Quoted(What(record)));
  if (!record.last_error_remedy.empty()) mail.body += "\nWhat to do:\n" + Quoted(record.last_error_remedy);
  mail.body += "\n" + Standing(record);
  mail.body += fmt::format("It goes on trying. To look: lakeferry status {}\n", Name(spec.name));
  return mail;
}

Message RiskMail(const plan::GroupSpec& spec, const GroupRecord& record, const std::string& region) {
  Message mail;
  mail.to = FailureRecipients(spec);
  mail.subject = fmt::format("[lakeferry] {} '{}' {}", RoleName(record.role), Name(spec.name),
                             record.risk == Risk::kError ? "may lack what its source has deleted" : "is at risk");
  mail.body = Place(spec, record, region);
  mail.body += "\nWhat threatens it:\n" + Quoted(record.risk_text);
  if (!record.risk_remedy.empty()) mail.body += "\nWhat to do:\n" + Quoted(record.risk_remedy);
  mail.body += "\n" + Standing(record);
  return mail;
}

Message RecoveryMail(const plan::GroupSpec& spec, const GroupRecord& record, const std::string& region,
                     TimeMs failed_since, const std::string& last_error, TimeMs now) {
  Message mail;
  mail.to = FailureRecipients(spec);
  mail.subject = fmt::format("[lakeferry] {} '{}' works again", RoleName(record.role), Name(spec.name));
  mail.body = Place(spec, record, region);
  mail.body += fmt::format("Failed:     {} to {} ({})\n\nWhat had failed:\n{}\n", FormatUtc(failed_since),
                           FormatUtc(now), FormatDuration(now - failed_since), Quoted(last_error));
  mail.body += Standing(record);
  return mail;
}

Message SuccessMail(const plan::GroupSpec& spec, const GroupRecord& record, const std::string& region) {
  Message mail;
  mail.to = spec.success_mail_to;
  mail.subject = fmt::format("[lakeferry] '{}' is at epoch {}", Name(spec.name), record.epoch.value());
  mail.body = Place(spec, record, region) + "\n" + Standing(record);
  return mail;
}

}  // namespace lakeferry::engine
