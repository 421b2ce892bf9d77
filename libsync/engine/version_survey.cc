#include "engine/version_survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

#include "engine/staging_area.h"
#include "engine/table_log.h"

namespace lakeferry::engine {
namespace {

Task<Result<Version>> NewestOf(const Environment& env, std::string uri) {
  LF_CO_TRY(auto store, env.stores.Open(uri));
  const TableLog log(std::move(store), env);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll());
  LF_CO_TRY(const std::optional<Version> newest, delta::NewestVersion(listing));
  LF_CHECK(newest.has_value(), "a log that is listed whole has a newest version, or an error");
  co_return *newest;
}

struct Staged {
  std::optional<plan::Manifest> newest;
  std::optional<plan::Receipt> applied;
};

Task<Result<Staged>> ReadStaging(const Environment& env, plan::GroupSpec spec) {
  LF_CO_TRY(auto store, env.stores.Open(spec.staging_uri));
  const StagingArea staging(std::move(store), spec, env);
  Staged staged;
  LF_CO_TRY(std::optional<StagedEpoch> newest, co_await staging.NewestAfter(Epoch()));
  // The newest applied receipt is at or a little before the newest manifest.
  std::optional<StagedEpoch> at = newest;
  while (at && !staged.applied) {
    LF_CO_TRY(std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(at->manifest.epoch));
    if (receipt && receipt->applied) staged.applied = std::move(receipt);
    if (at->manifest.previous_epoch.value() == 0) break;
    if (staged.applied) break;
    LF_CO_TRY(at, co_await staging.Read(at->manifest.previous_epoch));
  }
  if (newest) staged.newest = std::move(newest->manifest);
  co_return staged;
}

}  // namespace

Task<VersionsReport> SurveyVersions(const Environment& env, const plan::GroupSpec& spec) {
  VersionsReport report{.group = spec.name, .tables = {}};
  const Result<Staged> staged = co_await ReadStaging(env, spec);
  for (const plan::TableSpec& table : spec.tables) {
    TableVersions line{.table = table.name, .unreachable = {}};
    const auto note = [&](std::string_view side, const Error& error) {
      line.unreachable.push_back(fmt::format("{}: {}", side, ToString(error)));
    };
    const Result<Version> source = co_await NewestOf(env, table.source_uri);
    if (source) {
      line.source_version = *source;
    } else {
      note("source", source.error());
    }
    const Result<Version> replica = co_await NewestOf(env, table.target_uri);
    if (replica) {
      line.replica_version = *replica;
    } else if (replica.error().code != ErrorCode::kNotFound || !staged || staged->applied) {
      // Before the first epoch is applied there is none.
      note("replica", replica.error());
    }
    if (!staged) note("staging", staged.error());
    if (staged && staged->newest) {
      const auto it = std::ranges::find(staged->newest->tables, table.name, &plan::ManifestTable::name);
      if (it != staged->newest->tables.end()) line.staged_version = it->source_version;
    }
    if (staged && staged->applied) {
      const auto it = std::ranges::find(staged->applied->tables, table.name, &plan::ReceiptTable::name);
      if (it != staged->applied->tables.end()) line.applied_version = it->source_version;
    }
    report.tables.push_back(std::move(line));
  }
  co_return report;
}

}  // namespace lakeferry::engine
