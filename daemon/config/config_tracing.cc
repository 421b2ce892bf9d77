#include "daemon/config/config_tracing.h"

#include "daemon/config/config_values.h"
#include "http/origin.h"

namespace lakeferry {
namespace {

// Where collectors take traces, as OTLP has it.
constexpr char kTracesPath[] = "v1/traces";

}  // namespace

std::optional<TracingSettings> ReadTracing(ConfigMap& top) {
  if (!top.Has("tracing")) return std::nullopt;
  auto map = top.Map("tracing", kTracingLevel);
  if (!map) return std::nullopt;
  TracingSettings settings;
  const bool http_allowed = IsSaid(*map, "allow_http");
  if (map->Has("token")) settings.token = ReadSecretRef(*map, "token");
  const auto endpoint = map->RequiredText("endpoint", "http://127.0.0.1:4318");
  if (!endpoint) return std::nullopt;
  const auto url = ParseUrl(endpoint->text);
  if (!url) {
    map->Report("endpoint", url.error().message, "write https://<host>:4318, where the collector takes OTLP over HTTP");
    return std::nullopt;
  }
  if (!url->origin.tls && !IsLoopback(url->origin) && !http_allowed) {
    map->Report("endpoint", "traces are not sent over http://",
                "write https://; allow_http: true where nobody listens");
  }
  settings.endpoint = endpoint->text;
  if (url->target == "/") settings.endpoint += (settings.endpoint.ends_with('/') ? "" : "/") + std::string(kTracesPath);
  return settings;
}

}  // namespace lakeferry
