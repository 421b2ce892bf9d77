#include "http/proxy_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/base64.h"

namespace lakeferry {
namespace {

struct Found {
  std::string name;
  std::string value;
};

std::optional<Found> FirstOf(const Environ& environ, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    auto value = environ(std::string(name));
    if (value && !value->empty()) return Found{.name = std::string(name), .value = *std::move(value)};
  }
  return std::nullopt;
}

// [http://][name:password@]host[:port]
Result<std::optional<Proxy>> ProxyOf(const std::optional<Found>& found) {
  if (!found) return std::optional<Proxy>();
  std::string_view rest = found->value;
  if (rest.starts_with("http://")) rest.remove_prefix(7);
  Proxy proxy;
  if (const size_t at = rest.rfind('@'); at != std::string_view::npos) {
    proxy.authorization = Secret(fmt::format("Basic {}", ToBase64(PercentDecode(rest.substr(0, at)))));
    rest.remove_prefix(at + 1);
  }
  auto url = ParseUrl(rest.contains("://") ? std::string(rest) : fmt::format("http://{}", rest));
  if (!url || url->origin.tls) {
    return Fail(
        ErrorCode::kInvalidArgument, "the proxy is none that can be used", found->name,
        "write http://host:port; a proxy is spoken to without TLS, what goes through it is encrypted end to end");
  }
  proxy.origin = url->origin;
  return std::optional(std::move(proxy));
}

std::vector<std::string> Names(std::string_view list) {
  std::vector<std::string> names;
  std::string name;
  for (const char byte : list) {
    if (byte == ',' || byte == ' ') {
      if (!name.empty()) names.push_back(std::exchange(name, {}));
    } else {
      name.push_back(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte);
    }
  }
  if (!name.empty()) names.push_back(std::move(name));
  return names;
}

// "example.com", ".example.com" and "*.example.com" are that name and all below it; a port narrows it.
bool Covers(std::string_view entry, const Origin& origin) {
  if (entry == "*") return true;
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  const size_t colon = entry.rfind(':');
  if (colon != std::string_view::npos && entry.find(':') == colon) {
    if (entry.substr(colon + 1) != std::to_string(origin.port)) return false;
    entry = entry.substr(0, colon);
  }
  if (origin.host == entry) return true;
  return !entry.empty() && origin.host.size() > entry.size() && origin.host.ends_with(entry) &&
         origin.host[origin.host.size() - entry.size() - 1] == '.';
}

}  // namespace

Result<ProxyRules> ProxyRules::FromEnvironment(const Environ& environ) {
  ProxyRules rules;
  LF_TRY(rules.https_, ProxyOf(FirstOf(environ, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"})));
  LF_TRY(rules.http_, ProxyOf(FirstOf(environ, {"http_proxy", "all_proxy", "ALL_PROXY"})));
  if (const auto direct = FirstOf(environ, {"no_proxy", "NO_PROXY"})) rules.direct_ = Names(direct->value);
  return rules;
}

bool ProxyRules::IsDirect(const Origin& origin) const {
  return IsLoopback(origin) ||
         std::ranges::any_of(direct_, [&](const std::string& entry) { return Covers(entry, origin); });
}

const Proxy* ProxyRules::For(const Origin& origin) const {
  const std::optional<Proxy>& proxy = origin.tls ? https_ : http_;
  return !proxy || IsDirect(origin) ? nullptr : &*proxy;
}

}  // namespace lakeferry
