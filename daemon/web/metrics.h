// What /metrics says, in the text format of Prometheus or in OpenMetrics 1.0. Pure, but for ProcessNumbers::Now.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/output/status_output.h"
#include "daemon/web/engine_view.h"
#include "daemon/web/metrics_form.h"

namespace lakeferry::web {

struct ProcessNumbers {
  int64_t resident_bytes = 0;
  double cpu_seconds = 0;
  int64_t open_files = 0;
  int64_t threads = 0;
  double started_s = 0;  // since 1970

  [[nodiscard]] static ProcessNumbers Now();
};

struct MetricsReport {
  StatusReport status;
  EngineView view;
  Millis now{0};  // by the clock of EngineView::taken
  ProcessNumbers process = {};
  std::string region = {};
};

[[nodiscard]] std::string ToText(const MetricsReport& report, MetricsForm form);

}  // namespace lakeferry::web
