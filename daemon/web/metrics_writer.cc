#include "daemon/web/metrics_writer.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "base/shown_text.h"

namespace lakeferry::web {
namespace {

std::string_view KindName(MetricsWriter::Kind kind) {
  switch (kind) {
    case MetricsWriter::Kind::kGauge: return "gauge";
    case MetricsWriter::Kind::kCounter: return "counter";
    case MetricsWriter::Kind::kHistogram: return "histogram";
  }
  return "unknown";
}

std::string Escaped(std::string_view value) {
  std::string out;
  for (const char c : FitToShow(value)) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

void MetricsWriter::Family(std::string_view name, Kind kind, std::string_view help) {
  constexpr std::string_view kTotal = "_total";
  name_ = name;
  std::string_view family = name;
  if (form_ == MetricsForm::kOpenMetrics && kind == Kind::kCounter) family.remove_suffix(kTotal.size());
  fmt::format_to(std::back_inserter(out_), "# HELP {0} {2}\n# TYPE {0} {1}\n", family, KindName(kind), help);
}

void MetricsWriter::Begin(std::initializer_list<Label> labels, std::string_view suffix) {
  out_ += name_;
  out_ += suffix;
  if (labels.size() > 0) {
    char separator = '{';
    for (const auto& [key, value] : labels) {
      fmt::format_to(std::back_inserter(out_), "{}{}=\"{}\"", separator, key, Escaped(value));
      separator = ',';
    }
    out_ += '}';
  }
  out_ += ' ';
}

void MetricsWriter::Sample(std::initializer_list<Label> labels, double value, std::string_view suffix) {
  Begin(labels, suffix);
  fmt::format_to(std::back_inserter(out_), "{}\n", value);
}

void MetricsWriter::Sample(std::initializer_list<Label> labels, int64_t value, std::string_view suffix) {
  Begin(labels, suffix);
  fmt::format_to(std::back_inserter(out_), "{}\n", value);
}

std::string MetricsWriter::Finish() && {
  if (form_ == MetricsForm::kOpenMetrics) out_ += "# EOF\n";
  return std::move(out_);
}

}  // namespace lakeferry::web
