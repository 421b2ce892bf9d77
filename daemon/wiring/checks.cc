#include "daemon/wiring/checks.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/wiring/mailer.h"
#include "storage/file/folder_place.h"

namespace lakeferry {

using plan::Finding;
using plan::Severity;

std::vector<Finding> ConfigFindings(const Config& config) {
  std::vector<Finding> findings = config.notes;
  for (const Unbuilt& unbuilt : config.unbuilt) {
    findings.push_back(
        {.severity = Severity::kError, .what = unbuilt.what, .where = unbuilt.where, .remedy = unbuilt.remedy});
  }
  return findings;
}

std::vector<Finding> ConfigFindings(const std::string& file, const std::vector<ConfigProblem>& problems) {
  std::vector<Finding> findings;
  findings.reserve(problems.size());
  for (const ConfigProblem& problem : problems) {
    findings.push_back({.severity = Severity::kError,
                        .what = problem.message,
                        .where = ToString(file, problem.place),
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

std::vector<Finding> CheckMailServer(const SmtpSettings& smtp) {
  const std::string where = fmt::format("{}:{}", smtp.host, smtp.port);
  const Status probed = ProbeMailServer(smtp);
  if (probed) {
    return {{.severity = Severity::kInfo,
             .what = "the mail server takes mail from this host; none was sent",
             .where = where,
             .remedy = {}}};
  }
  const Error& error = probed.error();
  return {{.severity = Severity::kError,
           .what = fmt::format("mail server: {}", error.message),
           .where = error.where.empty() ? where : error.where,
           .remedy = error.remedy.empty() ? "check the keys under smtp, and the network between" : error.remedy}};
}

}  // namespace lakeferry
