// What `lakeferry export-status` has written, as a JSON document (docs/json.md, the stable contract) and as text. Pure.
#pragma once

#include <string>

#include "engine/tend/status_exporter.h"

namespace lakeferry {

struct ExportReport {
  engine::StatusExport done;
};
[[nodiscard]] std::string ToJson(const ExportReport& report);
[[nodiscard]] std::string ToText(const ExportReport& report);

}  // namespace lakeferry
