#include "daemon/wiring/status_table_check.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "daemon/wiring/missing_folders.h"
#include "engine/inquire/write_trial.h"
#include "engine/tend/status_exporter.h"

namespace lakeferry {
namespace {

plan::Finding Unusable(const StatusTableSettings& table, const Error& error) {
  return {.severity = plan::Severity::kError,
          .what = "status table: " + error.message,
          .where = error.where.empty() ? Place(table.uri) : error.where,
          .remedy = error.remedy.empty() ? "check the location of status_table, and the rights of this user there"
                                         : error.remedy};
}

plan::Finding Usable(const StatusTableSettings& table, std::string what) {
  return {.severity = plan::Severity::kInfo, .what = std::move(what), .where = table.uri, .remedy = {}};
}

Task<Result<bool>> Tried(const engine::Environment& env, StoreRef ref) {
  LF_CO_TRY_OK(co_await engine::TryWriting({}, env, ref, false));
  co_return true;
}

}  // namespace

plan::Finding CheckStatusTable(const StatusTableSettings& table, Wiring& wiring) {
  const StoreRef ref{.uri = table.uri, .credential = table.credential, .right = StoreRight::kWriteTarget};
  const engine::StatusExporter exporter(wiring.env(), wiring.row_files(), ref);
  const Result<bool> there = wiring.Run(exporter.Check({}));
  if (!there) return Unusable(table, there.error());
  if (const std::optional<std::string> why_not = WhyNoFolder(table.uri)) {
    if (why_not->empty()) return Usable(table, "status table: the first export makes it");
    return Unusable(table, {.code = ErrorCode::kUnauthorized,
                            .message = fmt::format("it does not exist, and this user cannot make it: {}", *why_not)});
  }
  const Result<bool> written = wiring.Run(Tried(wiring.env(), ref));
  if (!written) return Unusable(table, written.error());
  return Usable(table, *there ? "status table: it is there, and writable"
                              : "status table: its place is writable, and the first export makes it");
}

}  // namespace lakeferry
