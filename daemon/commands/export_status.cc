// `export-status`: what the metadata store knows of the groups, as rows of a Delta table.
#include <algorithm>
#include <utility>

#include "base/location.h"
#include "daemon/commands/commands.h"
#include "daemon/commands/table_uri.h"
#include "daemon/output/export_output.h"
#include "daemon/wiring/log_sink.h"
#include "engine/tend/status_exporter.h"

namespace lakeferry {
namespace {

// The table that is named, else the configuration's; of that one, its credential too.
Result<StoreRef> TableOf(const std::string& to, const Config& config) {
  if (to.empty() && !config.status_table) {
    return Fail(ErrorCode::kInvalidArgument, "where the status goes is not said", "command line",
                "say --to TABLE_URI, or set status_table in the configuration");
  }
  if (to.empty()) {
    return StoreRef{.uri = config.status_table->uri,
                    .credential = config.status_table->credential,
                    .right = StoreRight::kWriteTarget};
  }
  LF_TRY(std::string uri, TableUri(to));
  LF_TRY(const Location location, Location::Parse(uri));
  StoreRef ref{.uri = std::move(uri), .right = StoreRight::kWriteTarget};
  const auto configured = config.status_table ? Location::Parse(config.status_table->uri) : Result<Location>(location);
  if (config.status_table && configured && *configured == location) ref.credential = config.status_table->credential;
  return ref;
}

// Those of the groups that a role on this side has looked at.
Result<std::vector<GroupRecord>> RecordsOf(const std::vector<plan::GroupSpec>& groups, std::optional<Role> role,
                                           const Config& config, Wiring& wiring) {
  LF_TRY(std::vector<GroupRecord> records, wiring.Run(wiring.env().state.Groups({})));
  std::erase_if(records, [&](const GroupRecord& record) {
    const bool asked = std::ranges::find(groups, record.group, &plan::GroupSpec::name) != groups.end();
    return !asked || (role && record.role != *role) || record.state == GroupState::kUnknown;
  });
  if (!records.empty()) return records;
  return Fail(ErrorCode::kNotFound, "the metadata store knows nothing of these groups yet", config.metadata_store,
              "let the role's service look at them first, or name the configuration that it runs with");
}

Task<Result<engine::StatusExport>> ExportRecords(const Wiring& wiring, StoreRef table,
                                                 std::vector<GroupRecord> records) {
  LF_CO_TRY(std::vector<plan::StatusRow> rows, co_await engine::StatusRowsOf({}, wiring.env(), std::move(records)));
  engine::StatusExporter exporter(wiring.env(), wiring.row_files(), std::move(table));
  co_return co_await exporter.Export({}, std::move(rows));
}

}  // namespace

Result<int> RunExportStatus(Invocation& invocation, const ExportStatusOptions& options) {
  LF_TRY(const Config config, LoadConfig(invocation));
  LF_TRY(const std::vector<plan::GroupSpec> groups, SelectGroups(config, options.group));
  LF_TRY(StoreRef table, TableOf(options.to, config));
  LogSink log(CommandLog(invocation, config));
  LF_TRY(const std::unique_ptr<Wiring> wiring, Wiring::Make(config, log, StateUse::kLook));
  LF_TRY(std::vector<GroupRecord> records, RecordsOf(groups, ChosenRole(options.role, config), config, *wiring));
  LF_TRY(engine::StatusExport done, wiring->Run(ExportRecords(*wiring, std::move(table), std::move(records))));
  Print(invocation, ExportReport{.done = std::move(done)});
  return kExitDone;
}

}  // namespace lakeferry
