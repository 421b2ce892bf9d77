// What `lakeferry export-status` has written, as a JSON document (docs/json.md, the stable contract) and as text. Pure.
#pragma once

#include <string>

#include "engine/tend/status_exporter.h"

namespace lakeferry {

[[nodiscard]] std::string ToJson(const engine::StatusExport& done);
[[nodiscard]] std::string ToText(const engine::StatusExport& done);

}  // namespace lakeferry
