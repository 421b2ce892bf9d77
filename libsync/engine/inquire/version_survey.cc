#include "engine/inquire/version_survey.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "engine/group/store_refs.h"
#include "engine/group/table_lookup.h"
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

// The group as one of its sides has it, or why that cannot be told.
using Side = Result<plan::GroupSpec>;

// In the order of the configuration, then what is taken up by patterns.
std::vector<std::string> AllNames(const plan::GroupSpec& configured, const Side& source, const Side& target) {
  std::vector<std::string> names;
  const auto add = [&names](const plan::GroupSpec& group) {
    for (const plan::TableSpec& table : group.tables) {
      if (std::ranges::find(names, table.name) == names.end()) names.push_back(table.name);
    }
  };
  add(configured);
  if (source) add(*source);
  if (target) add(*target);
  return names;
}

Task<Result<Version>> NewestAt(Call call, const Environment& env, const Side& side, std::string name, Role role) {
  LF_CO_TRY_OK(side);
  const auto table = std::ranges::find(side->tables, name, &plan::TableSpec::name);
  if (table == side->tables.end()) {
    co_return Fail(ErrorCode::kNotFound, fmt::format("the group has no table '{}' there", name));
  }
  co_return co_await NewestOf(std::move(call), env,
                              role == Role::kSender ? SourceRef(*table) : TargetRef(*table, StoreRight::kReadSource));
}

// Also those that the catalog of the sources, which tells what a pattern's tables are, does not tell now.
Task<std::vector<std::string>> KnownNames(Call call, const Environment& env, const plan::GroupSpec& spec,
                                          const Side& sources) {
  std::vector<std::string> names = AllNames(spec, sources, std::unexpected(Error()));
  for (const Role role : {Role::kSender, Role::kReceiver}) {
    const Result<std::optional<GroupRecord>> record = co_await env.state.Group(call, role, spec.name);
    if (record && *record) names.insert(names.end(), (*record)->tables.begin(), (*record)->tables.end());
  }
  co_return names;
}

}  // namespace

Task<VersionsReport> SurveyVersions(Call call, const Environment& env, const plan::GroupSpec& spec) {
  VersionsReport report{.group = spec.name, .tables = {}, .cloned = spec.sql_clone};
  const Result<Staged> staged = co_await ReadStaging(call, env, spec);
  const Side sources = co_await LookUpTables(call, env, spec, Role::kSender);
  std::vector<std::string> known = co_await KnownNames(call, env, spec, sources);
  const Side targets = co_await LookUpTables(call, env, spec, Role::kReceiver, std::move(known));
  for (const std::string& table : AllNames(spec, sources, targets)) {
    TableVersions line{.table = table, .unreachable = {}};
    const auto note = [&](std::string_view side, const Error& error) {
      line.unreachable.push_back(fmt::format("{}: {}", side, ToString(error)));
    };
    const Result<Version> source = co_await NewestAt(call, env, sources, table, Role::kSender);
    if (source) {
      line.source_version = *source;
    } else {
      note("source", source.error());
    }
    const Result<Version> replica = co_await NewestAt(call, env, targets, table, Role::kReceiver);
    if (replica) {
      line.replica_version = *replica;
    } else if (replica.error().code != ErrorCode::kNotFound || !staged || staged->applied) {
      // Before the first epoch is applied there is none.
      note("replica", replica.error());
    }
    if (!staged) note("staging", staged.error());
    if (staged && staged->newest) {
      const auto it = std::ranges::find(staged->newest->tables, table, &plan::ManifestTable::name);
      if (it != staged->newest->tables.end()) line.staged_version = it->source_version;
    }
    if (staged && staged->applied) {
      const auto it = std::ranges::find(staged->applied->tables, table, &plan::ReceiptTable::name);
      if (it != staged->applied->tables.end()) {
        line.applied_version = it->source_version;
        line.managed_version = it->managed_version;
      }
    }
    report.tables.push_back(std::move(line));
  }
  co_return report;
}

}  // namespace lakeferry::engine
