// ProxyRules: which requests go through a proxy, by the variables that other tools obey. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "http/origin.h"

namespace lakeferry {

struct Proxy {
  Origin origin;         // always spoken to in plain HTTP
  Secret authorization;  // value of Proxy-Authorization; empty for none
};

// A value of the environment; absent where the variable is not set.
using Environ = std::function<std::optional<std::string>(const std::string& name)>;

class ProxyRules {
 public:
  // No proxy for anything.
  ProxyRules() = default;
  // HTTPS_PROXY, HTTP_PROXY (in lower case alone: a web server sets the other from a header), ALL_PROXY and NO_PROXY,
  // as curl reads them. kInvalidArgument for a proxy that cannot be used, naming the variable and not its value.
  [[nodiscard]] static Result<ProxyRules> FromEnvironment(const Environ& environ);

  // Null where the origin is spoken to directly: there is none, or NO_PROXY names the host, a domain above it, or "*".
  // Loopback never goes through one.
  [[nodiscard]] const Proxy* For(const Origin& origin) const;

 private:
  [[nodiscard]] bool IsDirect(const Origin& origin) const;

  std::optional<Proxy> http_;
  std::optional<Proxy> https_;
  std::vector<std::string> direct_;  // of NO_PROXY, in lower case
};

}  // namespace lakeferry
