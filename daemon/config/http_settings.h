// HttpSettings: where a daemon answers over HTTP, and whom. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config/secret_ref.h"
#include "plan/record/role.h"

namespace lakeferry {

struct HttpAddress {
  std::string address;  // in numbers
  uint16_t port = 0;

  bool operator==(const HttpAddress&) const = default;
};

// "127.0.0.1:9270", "[::1]:9270", "localhost:9270"; absent for anything else.
[[nodiscard]] std::optional<HttpAddress> ParseHttpAddress(std::string_view text);
// As ParseHttpAddress takes it.
[[nodiscard]] std::string ToString(const HttpAddress& address);
// Whether only this machine reaches it.
[[nodiscard]] bool IsLoopback(const HttpAddress& address);

// Who may tell a service what to do, by a token of his own or by his client certificate.
struct HttpController {
  std::string name;                // that records have
  std::optional<SecretRef> token;  // absent: by certificate
  std::string certificate;         // its subject, as RFC 2253 writes it

  bool operator==(const HttpController&) const = default;
};

struct HttpSettings {
  // Of each role; absent: it does not listen.
  std::optional<HttpAddress> sender;
  std::optional<HttpAddress> receiver;
  std::vector<std::string> names;        // by which it is reached beside its address
  std::string certificate;               // PEM; empty: plain
  std::string key;                       // goes with it
  std::string client_ca;                 // PEM; empty: clients show no certificate
  std::optional<SecretRef> token;        // that clients show
  std::optional<SecretRef> push_secret;  // by which pushed runs are signed
  std::vector<HttpController> control;   // empty: nobody may tell it what to do

  [[nodiscard]] const std::optional<HttpAddress>& Of(Role role) const {
    return role == Role::kSender ? sender : receiver;
  }
  bool operator==(const HttpSettings&) const = default;
};

// All that it needs read.
[[nodiscard]] inline std::vector<SecretRef> SecretsOf(const HttpSettings& http) {
  std::vector<SecretRef> secrets;
  for (const auto& secret : {http.token, http.push_secret}) {
    if (secret) secrets.push_back(*secret);
  }
  for (const HttpController& controller : http.control) {
    if (controller.token) secrets.push_back(*controller.token);
  }
  return secrets;
}

}  // namespace lakeferry
