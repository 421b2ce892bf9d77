// MetricsForm: in which text format metrics are written. Pure.
#pragma once

#include <string_view>

namespace lakeferry::web {

enum class MetricsForm { kPrometheus, kOpenMetrics };
// That which a client prefers whose Accept header this is.
[[nodiscard]] MetricsForm FormFor(std::string_view accept);
[[nodiscard]] std::string_view TypeOf(MetricsForm form);

}  // namespace lakeferry::web
