#include "notify/otlp/otlp_body.h"

#include <algorithm>
#include <charconv>
#include <type_traits>

#include "base/shown_text.h"
#include "json/reader.h"
#include "json/writer.h"

namespace lakeferry::notify {
namespace {

constexpr int kSpanKindInternal = 1;
constexpr int kStatusOk = 1;
constexpr int kStatusError = 2;
constexpr size_t kOtlpAnswerMax = size_t{64} << 10;

std::string Nanoseconds(TimeMs time) { return std::to_string(ToEpochMs(time)) + "000000"; }

void WriteValue(json::Writer& json, const plan::TraceValue& value) {
  json.Object("value", [&] {
    std::visit(
        [&json](const auto& of) {
          using Type = std::decay_t<decltype(of)>;
          if constexpr (std::is_same_v<Type, std::string>) json.Field("stringValue", FitToShow(of));
          if constexpr (std::is_same_v<Type, int64_t>) json.Field("intValue", std::to_string(of));
          if constexpr (std::is_same_v<Type, bool>) json.Field("boolValue", of);
        },
        value);
  });
}

using Attributes = std::vector<std::pair<std::string, plan::TraceValue>>;

void WriteAttributes(json::Writer& json, const Attributes& attributes) {
  json.Objects("attributes", attributes, [&json](const auto& attribute) {
    json.Field("key", attribute.first);
    WriteValue(json, attribute.second);
  });
}

void WriteSpan(json::Writer& json, const plan::EpochTrace& trace, const plan::TraceStep& step) {
  json.Field("traceId", plan::TraceIdOf(trace));
  json.Field("spanId", plan::SpanIdOf(trace, step.id));
  if (!step.parent.empty()) json.Field("parentSpanId", plan::SpanIdOf(trace, step.parent));
  json.Field("name", FitToShow(step.name));
  json.Field("kind", kSpanKindInternal);
  json.Field("startTimeUnixNano", Nanoseconds(step.began));
  json.Field("endTimeUnixNano", Nanoseconds(std::max(step.began, step.ended)));
  WriteAttributes(json, step.values);
  json.Object("status", [&] {
    json.Field("code", step.error.empty() ? kStatusOk : kStatusError);
    if (!step.error.empty()) json.Field("message", FitToShow(step.error));
  });
}

void WriteSpans(json::Writer& json, const std::vector<plan::EpochTrace>& traces) {
  json.Key("spans");
  json.BeginList();
  for (const plan::EpochTrace& trace : traces) {
    for (const plan::TraceStep& step : trace.steps) {
      json.BeginObject();
      WriteSpan(json, trace, step);
      json.EndObject();
    }
  }
  json.EndList();
}

}  // namespace

std::string OtlpBody(const TraceSource& source, const std::vector<plan::EpochTrace>& traces) {
  const Attributes resource{{"service.name", std::string("lakeferry")},
                            {"service.version", source.version},
                            {"host.name", source.host},
                            {"cloud.region", source.region}};
  json::Writer json(json::Texts::kShown);
  json.Key("resourceSpans");
  json.BeginList();
  json.BeginObject();
  json.Object("resource", [&] { WriteAttributes(json, resource); });
  json.Key("scopeSpans");
  json.BeginList();
  json.BeginObject();
  json.Object("scope", [&] {
    json.Field("name", "lakeferry");
    json.Field("version", source.version);
  });
  WriteSpans(json, traces);
  json.EndObject();
  json.EndList();
  json.EndObject();
  json.EndList();
  return json.Finish();
}

std::optional<RejectedSpans> ReadOtlpAnswer(std::string_view text) {
  json::Reader reader(kOtlpAnswerMax);
  const auto answer = reader.Read(text, "the answer", "collector");
  if (!answer || !answer->Has("partialSuccess")) return std::nullopt;
  const auto partial = answer->Object("partialSuccess");
  if (!partial) return std::nullopt;
  RejectedSpans rejected;
  // As text, as all 64-bit numbers; some collectors write a number.
  if (const auto words = partial->String("rejectedSpans")) {
    std::from_chars(words->data(), words->data() + words->size(), rejected.count);
  } else {
    rejected.count = partial->Int("rejectedSpans").value_or(0);
  }
  rejected.why = partial->String("errorMessage").value_or(std::string());
  if (rejected.count == 0 && rejected.why.empty()) return std::nullopt;
  return rejected;
}

}  // namespace lakeferry::notify
