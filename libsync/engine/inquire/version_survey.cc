#include "engine/inquire/version_survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "engine/group/store_refs.h"
#include "engine/log/table_log.h"
#include "engine/staging/staging_area.h"

namespace lakeferry::engine {
namespace {

Task<Result<Version>> NewestOf(Call call, const Environment& env, StoreRef ref) {
  LF_CO_TRY(auto store, env.stores.Open(ref));
  const TableLog log(std::move(store), env);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll(call));
  LF_CO_TRY(const std::optional<Version> newest, delta::NewestVersion(listing));
  LF_CHECK(newest.has_value(), "a log that is listed whole has a newest version, or an error");
  co_return *newest;
}

struct Staged {
  std::optional<plan::Manifest> newest;
  std::optional<plan::Receipt> applied;
};

Task<Result<Staged>> ReadStaging(Call call, const Environment& env, plan::GroupSpec spec) {
  LF_CO_TRY(auto store, env.stores.Open(StagingRef(spec, StoreRight::kReadStaging)));
  const StagingArea staging(std::move(store), plan::StagingOf(spec), env);
  Staged staged;
  LF_CO_TRY(const std::vector<Epoch> epochs, co_await staging.EpochsAfter(call, Epoch()));
  // The newest applied receipt is at or a little before the newest manifest. What was refused because it cannot be read
  // is passed over.
  for (size_t i = epochs.size(); i > 0 && !staged.applied; --i) {
    LF_CO_TRY(std::optional<plan::Receipt> receipt, co_await staging.ReadReceipt(call, epochs[i - 1]));
    if (!staged.newest) {
      LF_CO_TRY(std::optional<StagedObject> newest, co_await staging.Look(call, epochs[i - 1]));
      if (newest && !(newest->unreadable() && Refuses(receipt, *newest))) {
        LF_CO_TRY_OK(newest->manifest);
        staged.newest = *std::move(newest->manifest);
      }
    }
    if (receipt && receipt->applied) staged.applied = std::move(receipt);
  }
  co_return staged;
}

}  // namespace

Task<VersionsReport> SurveyVersions(Call call, const Environment& env, const plan::GroupSpec& spec) {
  VersionsReport report{.group = spec.name, .tables = {}};
  const Result<Staged> staged = co_await ReadStaging(call, env, spec);
  for (const plan::TableSpec& table : spec.tables) {
    TableVersions line{.table = table.name, .unreachable = {}};
    const auto note = [&](std::string_view side, const Error& error) {
      line.unreachable.push_back(fmt::format("{}: {}", side, ToString(error)));
    };
    const Result<Version> source = co_await NewestOf(call, env, SourceRef(table));
    if (source) {
      line.source_version = *source;
    } else {
      note("source", source.error());
    }
    const Result<Version> replica = co_await NewestOf(call, env, TargetRef(table, StoreRight::kReadSource));
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
