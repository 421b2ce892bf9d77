#include "daemon/wiring/checks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "daemon/wiring/mailer.h"
#include "http/tls_context.h"
#include "storage/file/folder_place.h"

namespace lakeferry {

using plan::Finding;
using plan::Severity;

std::vector<Finding> ConfigFindings(const Config& config) {
  std::vector<Finding> findings = config.notes;
  for (const Unbuilt& unbuilt : config.unbuilt) {
    findings.push_back({.severity = Severity::kError,
                        .what = unbuilt.what,
                        .where = unbuilt.where,
                        .remedy = unbuilt.remedy,
                        .group = unbuilt.group});
  }
  return findings;
}

std::vector<Finding> ConfigFindings(const std::string& file, const std::vector<ConfigProblem>& problems) {
  std::vector<Finding> findings;
  findings.reserve(problems.size());
  for (const ConfigProblem& problem : problems) {
    findings.push_back({.severity = Severity::kError,
                        .what = problem.message,
                        .where = SpotOf(file, problem.place),
                        .remedy = problem.remedy});
  }
  return findings;
}

plan::Root StateRoot(std::string folder) {
  Result<StorePlace> place = PlaceOfFolder(folder);
  return {.kind = plan::RootKind::kState,
          .group = {},
          .table = {},
          .uri = std::move(folder),
          .place = place ? std::move(place->root_first) : std::vector<std::string>()};
}

std::vector<Finding> CheckMetadataStore(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error) || error) return {};
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  while (!std::filesystem::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return {{.severity = Severity::kError,
             .what = "there is no metadata store, and this user may not make one: " +
                     std::error_code(errno, std::generic_category()).message(),
             .where = folder.string(),
             .remedy = "run the command as the user of the service (sudo -u lakeferry lakeferry check), or give that "
                       "user the folder"}};
  }
  return {{.severity = Severity::kInfo,
           .what = "there is no metadata store yet: the service makes it when it starts. No run has been entered on "
                   "this host, and what was replicated before is looked up in staging and tables",
           .where = path,
           .remedy = {}}};
}

std::vector<Finding> CheckMailServer(const SmtpSettings& smtp, TimeMs now) {
  constexpr Millis kEndsSoonAfter = std::chrono::days(14);
  const std::string where = fmt::format("{}:{}", smtp.host, smtp.port);
  const Result<std::string> probed = ProbeMailServer(smtp);
  if (probed) {
    std::vector<Finding> findings{{.severity = Severity::kInfo,
                                   .what = "the mail server takes mail from this host; none was sent",
                                   .where = where,
                                   .remedy = {}}};
    const auto until = EndOfCertificate(*probed);
    if (until && *until <= now + kEndsSoonAfter) {
      findings.push_back({.severity = Severity::kWarning,
                          .what = fmt::format("the certificate of the mail server ends {}", FormatUtc(*until)),
                          .where = where,
                          .remedy = "have who runs that server renew it: from then on no mail goes out"});
    }
    return findings;
  }
  const Error& error = probed.error();
  return {{.severity = Severity::kError,
           .what = fmt::format("mail server: {}", error.message),
           .where = error.where.empty() ? where : error.where,
           .remedy = error.remedy.empty() ? "check the keys under smtp, and the network between" : error.remedy}};
}

}  // namespace lakeferry
