// WorkflowSettings: what the configuration says of where the runs of a group come from, and as whom they are asked for.
// Plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "daemon/config/secret_ref.h"

namespace lakeferry {

// kPush: from the built-in ledger as well, into which the daemon enters what it is told over HTTP.
enum class WorkflowKind { kLedger, kAirflow, kDatabricks, kCommand, kPush };

// One of these ways; of Databricks none of them is what its own tools' variables say.
struct ServiceLogin {
  std::optional<SecretRef> token;  // sent as it is
  std::string secret_scope;        // of Databricks, with the key in it: a token that the secrets API hands out
  std::string secret_key;
  std::string user;  // of Airflow
  std::optional<SecretRef> password;
  std::string client_id;  // of an application: of Databricks, or with a tenant of Microsoft Entra
  std::optional<SecretRef> client_secret;
  std::string tenant_id;
  std::string federated_token_file;  // in place of the secret
  bool managed_identity = false;     // of this machine; that of client_id, where it is named

  bool operator==(const ServiceLogin&) const = default;
};

struct WorkflowSettings {
  WorkflowKind kind = WorkflowKind::kLedger;
  std::string url;  // of a service, as ParseUrl takes it
  ServiceLogin login;
  std::vector<std::string> command;  // kCommand: program and arguments
  Millis timeout{60'000};            // kCommand
  // kDatabricks: so far before the last cut repairs are looked for (databricks::SourceSettings).
  Millis look_back = std::chrono::hours(24);

  bool operator==(const WorkflowSettings&) const = default;
};

// All that the login needs read.
[[nodiscard]] inline std::vector<SecretRef> SecretsOf(const ServiceLogin& login) {
  std::vector<SecretRef> secrets;
  for (const auto& secret : {login.token, login.password, login.client_secret}) {
    if (secret) secrets.push_back(*secret);
  }
  return secrets;
}

}  // namespace lakeferry
