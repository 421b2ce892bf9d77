#include "daemon/wiring/secret_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "daemon/wiring/secret_ends.h"
#include "http/tls_context.h"

namespace lakeferry {
namespace {

using plan::Finding;
using plan::Severity;
using End = std::optional<TimeMs> (*)(std::string_view);

constexpr Millis kEndsSoonAfter = std::chrono::days(14);

class SecretsCheck {
 public:
  explicit SecretsCheck(TimeMs now) : now_(now) {}

  // `what`: "the shared access signature of credential 'x'".
  void Look(const std::optional<SecretRef>& ref, End end, const std::string& what) {
    if (!ref) return;
    const Result<Secret> secret = Resolve(*ref);
    const auto until = secret ? end(secret->Reveal()) : std::nullopt;
    if (!until || *until > now_ + kEndsSoonAfter) return;
    const bool over = *until <= now_;
    Finding finding{.severity = over ? Severity::kError : Severity::kWarning,
                    .what = fmt::format("{} {} {}", what, over ? "ended" : "ends", FormatUtc(*until)),
                    .where = Describe(*ref),
                    .remedy = "have a new one made, put it there, and restart the service"};
    if (std::ranges::find(findings_, finding) == findings_.end()) findings_.push_back(std::move(finding));
  }
  [[nodiscard]] std::vector<Finding> Take() { return std::move(findings_); }

 private:
  TimeMs now_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> CheckSecrets(const Config& config, TimeMs now) {
  SecretsCheck check(now);
  for (const auto& [name, credential] : config.stores.azure_credentials) {
    check.Look(credential.sas_token, EndOfSignature,
               fmt::format("the shared access signature of credential '{}'", name));
    check.Look(credential.client_certificate, EndOfCertificate,
               fmt::format("the client certificate of credential '{}'", name));
  }
  for (const auto& [group, source] : config.workflow_sources) {
    check.Look(source.login.token, EndOfToken, fmt::format("the token for the workflows at {}", source.url));
  }
  return check.Take();
}

}  // namespace lakeferry
