// MetricsWriter: families of metrics and their samples, in the text format of Prometheus or in OpenMetrics 1.0. Pure.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/web/metrics_form.h"

namespace lakeferry::web {

class MetricsWriter {
 public:
  enum class Kind { kGauge, kCounter, kHistogram };
  using Label = std::pair<std::string_view, std::string_view>;

  explicit MetricsWriter(MetricsForm form) : form_(form) {}

  // The samples that follow are of this family; of a counter its name ends in "_total", which OpenMetrics wants of its
  // samples alone.
  void Family(std::string_view name, Kind kind, std::string_view help);
  // `suffix`: "_bucket", "_sum" and "_count" of a histogram. Values of labels may be any text: quotes, backslashes and
  // line ends are escaped, what is no UTF-8 becomes visible, and known secrets are left out.
  void Sample(std::initializer_list<Label> labels, double value, std::string_view suffix = {});
  void Sample(std::initializer_list<Label> labels, int64_t value, std::string_view suffix = {});
  [[nodiscard]] std::string Finish() &&;

 private:
  void Begin(std::initializer_list<Label> labels, std::string_view suffix);

  const MetricsForm form_;
  std::string name_;
  std::string out_;
};

}  // namespace lakeferry::web
