// How a configuration says where a service is, a workflow service or a catalog, and as whom it is asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/config/config_reader.h"
#include "daemon/config/workflow_settings.h"

namespace lakeferry {

// What keeps a URL from being a service's; empty where nothing does.
[[nodiscard]] std::string WhatIsWrongWithUrl(const std::string& url, bool http_allowed);

// The key `url`, with `allow_http`, without '/' at its end; absent where it is not there, and a problem then.
[[nodiscard]] std::optional<std::string> ReadServiceUrl(ConfigMap& map, std::string_view example);

// As whom a Databricks workspace is asked, by `token`, `secret_key` or an application's keys; absent where the map says
// nothing of it. `scope`: the secret scope of the top level. `what`: "the workflow source".
[[nodiscard]] std::optional<ServiceLogin> ReadDatabricksLogin(ConfigMap& map, const std::string& scope,
                                                              std::string_view what);

}  // namespace lakeferry
