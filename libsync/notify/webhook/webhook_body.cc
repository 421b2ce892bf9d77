#include "notify/webhook/webhook_body.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/hex.h"
#include "base/hmac.h"
#include "base/shown_text.h"
#include "json/writer.h"
#include "plan/incident/incident_json.h"
#include "plan/incident/incident_key.h"
#include "plan/incident/incident_words.h"

namespace lakeferry::notify {
namespace {

constexpr size_t kTitleBytesMax = 140;    // Slack takes 150 characters in a header
constexpr size_t kValueBytesMax = 1'000;  // and 2,000 in a field
constexpr size_t kSummaryBytesMax = 900;  // PagerDuty 1,024 in a summary
constexpr size_t kDigestLinesMax = 20;

struct Fact {
  std::string name;
  std::string value;
};

std::string Value(const std::string& text) { return lakeferry::OneLine(FitToShow(text, kValueBytesMax)); }

std::string Title(const Incident& incident) {
  return lakeferry::OneLine(FitToShow(plan::WordsOf(incident).subject, kTitleBytesMax));
}

void AddFact(std::vector<Fact>& facts, std::string name, const std::string& value) {
  if (!value.empty()) facts.push_back({.name = std::move(name), .value = Value(value)});
}

void AddDigest(std::vector<Fact>& facts, const Incident& incident) {
  for (const DigestLine& line : incident.digest) {
    if (facts.size() >= kDigestLinesMax) {
      AddFact(facts, "And", fmt::format("{} groups more", incident.digest.size() - kDigestLinesMax));
      return;
    }
    AddFact(facts, line.group,
            fmt::format("{} epochs, {} files, {} bytes; {}", line.epochs, line.files, line.bytes,
                        GroupStateName(line.state)));
  }
}

std::string Standing(const Incident& incident) {
  if (!incident.cut_time) return "no epoch has been completed yet";
  return fmt::format("epoch {}, of {}", incident.epoch.value(), FormatUtc(*incident.cut_time));
}

// What people are to know, in the order in which they want to.
std::vector<Fact> FactsOf(const Incident& incident) {
  std::vector<Fact> facts;
  if (incident.kind == IncidentKind::kTest) return {{.name = "Nothing is wrong", .value = "lakeferry check --notify"}};
  if (incident.kind == IncidentKind::kDigest) {
    AddDigest(facts, incident);
    return facts;
  }
  AddFact(facts, "What", incident.what);
  AddFact(facts, "What to do", incident.remedy);
  AddFact(facts, "What it means", plan::RpoText(incident));
  if (incident.since) AddFact(facts, "Since", FormatUtc(*incident.since));
  if (incident.until) AddFact(facts, "Until", FormatUtc(*incident.until));
  AddFact(facts, "Group", incident.group);
  AddFact(facts, "Workspace", incident.workspace);
  AddFact(facts, "Region", fmt::format("{} ({})", incident.region, RoleName(incident.role)));
  AddFact(facts, "Error", incident.error_kind);
  AddFact(facts, "Replica", Standing(incident));
  if (incident.kind == IncidentKind::kEpoch) {
    AddFact(facts, "Brought", fmt::format("{} files, {} bytes", incident.brought.files, incident.brought.bytes));
  }
  return facts;
}

// Slack reads nothing in a plain text but these three.
std::string ForSlack(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

void PlainText(json::Writer& json, std::string_view key, std::string_view text) {
  json.Object(key, [&] {
    json.Field("type", "plain_text");
    json.Field("text", ForSlack(text));
    json.Field("emoji", false);
  });
}

std::string SlackBody(const Incident& incident) {
  json::Writer json(json::Texts::kShown);
  const std::string title = Title(incident);
  json.Field("text", ForSlack(title));
  json.Field("mrkdwn", false);
  json.Key("blocks");
  json.BeginList();
  json.BeginObject();
  json.Field("type", "header");
  PlainText(json, "text", title);
  json.EndObject();
  for (const Fact& fact : FactsOf(incident)) {
    json.BeginObject();
    json.Field("type", "section");
    PlainText(json, "text", fmt::format("{}: {}", fact.name, fact.value));
    json.EndObject();
  }
  json.EndList();
  return json.Finish();
}

// A run of text, of which no reader makes markup as it does of a TextBlock.
void TextRun(json::Writer& json, std::string_view text, bool bold) {
  json.BeginObject();
  json.Field("type", "TextRun");
  json.Field("text", text);
  if (bold) json.Field("weight", "Bolder");
  json.EndObject();
}

void RichText(json::Writer& json, std::string_view name, std::string_view value) {
  json.BeginObject();
  json.Field("type", "RichTextBlock");
  json.Key("inlines");
  json.BeginList();
  TextRun(json, name, true);
  if (!value.empty()) TextRun(json, value, false);
  json.EndList();
  json.EndObject();
}

void Card(json::Writer& json, const Incident& incident) {
  json.Field("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
  json.Field("type", "AdaptiveCard");
  json.Field("version", "1.4");
  json.Key("body");
  json.BeginList();
  RichText(json, Title(incident), "");
  for (const Fact& fact : FactsOf(incident)) RichText(json, fact.name + ": ", fact.value);
  json.EndList();
}

std::string TeamsBody(const Incident& incident) {
  json::Writer json(json::Texts::kShown);
  json.Field("type", "message");
  json.Key("attachments");
  json.BeginList();
  json.BeginObject();
  json.Field("contentType", "application/vnd.microsoft.card.adaptive");
  json.Null("contentUrl");
  json.Object("content", [&] { Card(json, incident); });
  json.EndObject();
  json.EndList();
  return json.Finish();
}

std::string_view SeverityOf(const Incident& incident) {
  if (incident.kind == IncidentKind::kTest) return "info";
  if (incident.kind == IncidentKind::kRisk && incident.risk != Risk::kError) return "warning";
  return incident.kind == IncidentKind::kFailure ? "critical" : "error";
}

void Payload(json::Writer& json, const Incident& incident) {
  json.Field("summary", lakeferry::OneLine(FitToShow(plan::WordsOf(incident).subject, kSummaryBytesMax)));
  json.Field("source", Value(fmt::format("lakeferry {} {}", incident.region, RoleName(incident.role))));
  json.Field("severity", SeverityOf(incident));
  if (incident.since) json.Field("timestamp", FormatUtc(*incident.since));
  json.Field("component", Value(incident.group));
  json.Field("group", Value(incident.workspace));
  json.Field("class", Value(incident.error_kind));
  json.Object("custom_details", [&] {
    for (const Fact& fact : FactsOf(incident)) json.Field(fact.name, fact.value);
  });
}

// The texts are fit to be shown already; the key, which is a known secret, is to stand there as it is.
std::optional<std::string> PagerDutyBody(const Incident& incident, const Secret& routing_key) {
  if (incident.kind == IncidentKind::kEpoch || incident.kind == IncidentKind::kDigest) return std::nullopt;
  json::Writer json(json::Texts::kAsTheyAre);
  json.Field("routing_key", routing_key.Reveal());
  json.Field("event_action", incident.kind == IncidentKind::kRecovery ? "resolve" : "trigger");
  json.Field("dedup_key", Sha256Hex(plan::KeyOf(incident)));
  json.Field("client", "lakeferry");
  json.Object("payload", [&] { Payload(json, incident); });
  return json.Finish();
}

}  // namespace

std::string_view WebhookKindName(WebhookKind kind) {
  switch (kind) {
    case WebhookKind::kGeneric: return "generic";
    case WebhookKind::kSlack: return "slack";
    case WebhookKind::kTeams: return "teams";
    case WebhookKind::kPagerDuty: return "pagerduty";
  }
  return "";
}

std::optional<std::string> WebhookBody(WebhookKind kind, const Incident& incident, const Secret& routing_key) {
  switch (kind) {
    case WebhookKind::kGeneric: return plan::ToJson(incident);
    case WebhookKind::kSlack: return SlackBody(incident);
    case WebhookKind::kTeams: return TeamsBody(incident);
    case WebhookKind::kPagerDuty: return PagerDutyBody(incident, routing_key);
  }
  return std::nullopt;
}

std::string WebhookSignature(const Secret& secret, TimeMs now, std::string_view body) {
  const int64_t seconds = ToEpochMs(now) / 1'000;
  HmacSha256 hmac(secret.Reveal());
  return fmt::format("t={},v1={}", seconds, LowerHex(hmac.Of(fmt::format("{}.{}", seconds, body))));
}

}  // namespace lakeferry::notify
