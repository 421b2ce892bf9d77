#include "daemon/web/metrics_form.h"

namespace lakeferry::web {

MetricsForm FormFor(std::string_view accept) {
  return accept.contains("application/openmetrics-text") ? MetricsForm::kOpenMetrics : MetricsForm::kPrometheus;
}

std::string_view TypeOf(MetricsForm form) {
  return form == MetricsForm::kOpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                           : "text/plain; version=0.0.4; charset=utf-8";
}

}  // namespace lakeferry::web
