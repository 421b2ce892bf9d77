#include "daemon/web/run_push.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/hex.h"
#include "base/hmac.h"
#include "base/nearest_key.h"
#include "daemon/config/run_entry.h"
#include "http/server/access.h"
#include "json/reader.h"

namespace lakeferry::web {
namespace {

constexpr size_t kBodyBytesMax = size_t{1} << 20;
constexpr char kBody[] = "request body";

// Of the command's options, as they are called here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kFieldNames{
    {{"--run-id", "run_id"}, {"--start", "start"}, {"--end", "end"}, {"--state", "state"}}};

std::string ByFields(std::string text) {
  for (const auto& [option, field] : kFieldNames) {
    for (size_t at = text.find(option); at != std::string::npos; at = text.find(option, at + field.size())) {
      text.replace(at, option.size(), field);
    }
  }
  return text;
}

std::unexpected<Error> OfField(Error error) {
  error.message = ByFields(std::move(error.message));
  error.remedy = ByFields(std::move(error.remedy));
  error.where = ByFields(std::string(error.where.text()));
  return std::unexpected(std::move(error));
}

std::unexpected<Error> BadBody(std::string message, std::string remedy = {}) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message), kBody, std::move(remedy));
}

// A time by either of its names, as text; empty where there is none.
Result<std::string> TimeText(const json::Fields& fields, const std::string& name) {
  if (fields.Has(name)) return fields.String(name);
  LF_TRY(const std::optional<int64_t> ms, fields.FindInt(name + "_ms"));
  return ms ? fmt::format("{}", *ms) : std::string();
}

Result<RunEntry> ReadEntry(const json::Fields& fields) {
  RunEntry entry;
  LF_TRY(entry.workflow, fields.String("workflow"));
  LF_TRY(entry.run_id, fields.String("run_id"));
  LF_TRY(entry.state, fields.String("state"));
  LF_TRY(entry.start, TimeText(fields, "start"));
  LF_TRY(entry.end, TimeText(fields, "end"));
  return entry;
}

Result<std::vector<RunEntry>> ReadEntries(const std::string& body) {
  json::Reader reader(kBodyBytesMax);
  LF_TRY(const json::Fields document, reader.Read(body, "the body", kBody));
  std::vector<json::Fields> objects;
  if (document.Has("runs")) {
    LF_TRY(objects, document.Objects("runs"));
  } else {
    objects.push_back(document);
  }
  std::vector<RunEntry> entries;
  for (const json::Fields& object : objects) {
    LF_TRY(RunEntry entry, ReadEntry(object));
    entries.push_back(std::move(entry));
  }
  return entries;
}

// Groups whose runs are pushed, and whether any has this workflow.
Status CheckWorkflow(const Config& config, const std::string& workflow) {
  std::vector<std::string_view> pushed;
  bool elsewhere = false;
  for (const plan::GroupSpec& group : config.groups) {
    const auto source = config.workflow_sources.find(group.name);
    const bool pushes = source != config.workflow_sources.end() && source->second.kind == WorkflowKind::kPush;
    for (const std::string& name : group.workflows) {
      if (pushes && name == workflow) return {};
      elsewhere = elsewhere || name == workflow;
      if (pushes) pushed.emplace_back(name);
    }
  }
  if (elsewhere) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("the runs of workflow '{}' are not pushed", workflow),
                "workflow", "set workflow_source: {kind: push} at its group");
  }
  const std::string_view nearest = NearestKey(workflow, pushed);
  return Fail(ErrorCode::kInvalidArgument, fmt::format("no group of the configuration has the workflow '{}'", workflow),
              "workflow",
              nearest.empty() ? "name a workflow of a group with workflow_source: {kind: push}"
                              : fmt::format("did you mean {}?", nearest));
}

std::unexpected<Error> NotSigned(std::string message, std::string remedy) {
  return Fail(ErrorCode::kUnauthorized, std::move(message), std::string(kSignatureHeader), std::move(remedy));
}

}  // namespace

std::string SignatureOf(std::string_view timestamp, std::string_view body, const Secret& secret) {
  HmacSha256 mac(secret.Reveal());
  return "v1=" + LowerHex(mac.Of(fmt::format("v1:{}:{}", timestamp, body)));
}

Status ReplayGuard::Check(const ServerRequest& request, const Secret& secret, TimeMs now) {
  std::erase_if(taken_, [now](const auto& taken) { return taken.second < now; });
  const auto timestamp = request.headers.Find(kTimestampHeader);
  const auto signature = request.headers.Find(kSignatureHeader);
  if (!timestamp || !signature) {
    return NotSigned("the request is not signed",
                     fmt::format("send {} and {}, or the token", kTimestampHeader, kSignatureHeader));
  }
  if (!SameInConstantTime(*signature, SignatureOf(*timestamp, request.body, secret))) {
    return NotSigned("the signature is not that of this body and time", "look at the secret, and at what is signed");
  }
  int64_t seconds = 0;
  const auto [end, failed] = std::from_chars(timestamp->data(), timestamp->data() + timestamp->size(), seconds);
  const bool number = failed == std::errc() && end == timestamp->data() + timestamp->size();
  const TimeMs signed_at = TimeFromOutside(number && std::abs(seconds) < 1'000'000'000'000 ? seconds * 1'000 : 0);
  if (signed_at < now - kSignedWithin || signed_at > now + kSignedWithin) {
    return NotSigned(fmt::format("the request was signed at {}, and it is {}", FormatUtc(signed_at), FormatUtc(now)),
                     "sign each request when it is sent, with epoch seconds; or mend the clock that is wrong");
  }
  const bool first = taken_.emplace(std::string(*signature), signed_at + kSignedWithin).second;
  if (first) return {};
  return Fail(ErrorCode::kRefused, "this request was taken before", std::string(kSignatureHeader),
              "sign a new one, where it is meant to be another");
}

Result<std::vector<PushedRun>> ReadPushedRuns(const std::string& body, const Config& config, TimeMs now) {
  const Result<std::vector<RunEntry>> entries = ReadEntries(body);
  if (!entries) return BadBody(entries.error().message, "docs/json.md says what a pushed run is");
  if (entries->empty()) return BadBody("there is no run in it");
  if (entries->size() > kRunsMax) {
    return BadBody(fmt::format("there are {} runs in it; {} are the most", entries->size(), kRunsMax),
                   "send them in several requests");
  }
  std::vector<PushedRun> runs;
  for (const RunEntry& entry : *entries) {
    Result<Run> run = ReadRunEntry(entry, now);
    if (!run) return OfField(std::move(run).error());
    LF_TRY_OK(CheckWorkflow(config, run->workflow));
    runs.push_back({.run = *std::move(run), .no_start = entry.start.empty()});
  }
  return runs;
}

Result<Run> MergeRun(const PushedRun& pushed, const std::vector<Run>& known, TimeMs now, Millis ahead) {
  Run run = pushed.run;
  const RunSpot spot{.workflow = run.workflow, .run_id = run.run_id};
  const auto before = std::ranges::find(known, run.run_id, &Run::run_id);
  if (before == known.end() && pushed.no_start) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("the ledger has no run '{}' yet", run.run_id), spot,
                "add start with the time at which the run began");
  }
  if (pushed.no_start) run.start = before->start;
  if (before != known.end() && before->end && (!run.end || *run.end < *before->end)) {
    return Fail(
        ErrorCode::kRefused, fmt::format("run '{}' is known to have ended at {}", run.run_id, FormatUtc(*before->end)),
        spot, "a run that was started again needs an id of its own, or 'lakeferry runs add' where the ledger is wrong");
  }
  Result<Run> checked = WithCheckedTimes(std::move(run), now, ahead);
  if (!checked) return OfField(std::move(checked).error());
  return checked;
}

}  // namespace lakeferry::web
