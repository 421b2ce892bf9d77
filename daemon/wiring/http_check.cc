#include "daemon/wiring/http_check.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>

#include "http/server/listening.h"
#include "http/tls_context.h"
#include "state/role_lock.h"

namespace lakeferry {
namespace {

constexpr Millis kEndsSoon = std::chrono::days(30);

using plan::Finding;
using plan::Severity;

Finding FindingOfError(const Error& error, Severity severity = Severity::kError) {
  return {.severity = severity, .what = "HTTP server: " + error.message, .where = error.where, .remedy = error.remedy};
}

void CheckCertificate(const HttpSettings& http, TimeMs now, std::vector<Finding>& findings) {
  if (http.certificate.empty()) return;
  const auto context =
      TlsContext::MakeServer({.certificate = http.certificate, .key = http.key, .client_ca = http.client_ca});
  if (!context) {
    findings.push_back(FindingOfError(context.error()));
    return;
  }
  const auto until = (*context)->ShownUntil();
  if (!until || *until > now + kEndsSoon) return;
  const bool over = *until <= now;
  findings.push_back(
      {.severity = over ? Severity::kError : Severity::kWarning,
       .what = fmt::format("HTTP server: its certificate {} {}", over ? "ended" : "ends", FormatUtc(*until)),
       .where = http.certificate,
       .remedy = "renew it: the running service takes the new one by itself"});
}

void CheckAddress(const Config& config, Role role, std::vector<Finding>& findings) {
  const auto& address = config.http->Of(role);
  if (!address) return;
  const auto holder = RoleLock::Look(config.metadata_store, role);
  if (!holder || holder->held) return;  // it is the service that listens there, or it cannot be told
  boost::asio::io_context loop;
  boost::asio::ip::tcp::acceptor acceptor(loop);
  const Status listens = ListenOn(acceptor, {.address = address->address, .port = address->port});
  if (!listens) findings.push_back(FindingOfError(listens.error()));
}

}  // namespace

std::vector<Finding> CheckHttp(const Config& config, const std::vector<Role>& roles, TimeMs now) {
  std::vector<Finding> findings;
  if (!config.http) return findings;
  CheckCertificate(*config.http, now, findings);
  for (const SecretRef& reference : SecretsOf(*config.http)) {
    const Result<Secret> secret = Resolve(reference);
    if (!secret) findings.push_back(FindingOfError(secret.error()));
  }
  for (const Role role : roles) CheckAddress(config, role, findings);
  const bool one_port = roles.size() > 1 && config.http->sender && config.http->sender == config.http->receiver;
  if (one_port) {
    findings.push_back({.severity = Severity::kInfo,
                        .what = "HTTP server: sender and receiver of one host cannot both listen there",
                        .where = ToString(*config.http->sender),
                        .remedy = "where this host is both, write listen: {sender: ADDRESS, receiver: ADDRESS}"});
  }
  return findings;
}

}  // namespace lakeferry
