#include "engine/inquire/group_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "async/semaphore.h"
#include "async/task_group.h"
#include "base/trial_name.h"
#include "delta/table_features.h"
#include "engine/cut/table_scan.h"
#include "engine/group/store_refs.h"
#include "engine/group/store_roots.h"
#include "engine/inquire/clock_check.h"
#include "engine/inquire/epoch_comparison.h"
#include "engine/inquire/key_check.h"
#include "engine/inquire/lag_check.h"
#include "engine/inquire/region_comparison.h"
#include "engine/inquire/write_trial.h"
#include "engine/log/table_log.h"
#include "env/store_calls.h"
#include "plan/retention/retention.h"

namespace lakeferry::engine {
namespace {

using plan::Finding;
using plan::Severity;

constexpr size_t kTablesAtOnce = 128;

Finding FromError(const Error& error, std::string_view what, const Place& where) {
  return {.severity = Severity::kError,
          .what = fmt::format("{}: {}", what, error.message),
          .where = error.where.empty() ? where : error.where,
          .remedy = error.remedy.empty() ? "check the location in the configuration, and the rights of this user"
                                         : error.remedy};
}

Finding Info(std::string what, Place where) {
  return {.severity = Severity::kInfo, .what = std::move(what), .where = std::move(where), .remedy = {}};
}

struct Newest {
  delta::Snapshot snapshot;
  delta::FileTotals totals;
};

Task<Result<Newest>> LoadNewest(Call call, const Environment& env, StoreRef ref) {
  LF_CO_TRY(std::shared_ptr<ObjectStore> store, env.stores.Open(ref));
  const TableLog log(std::move(store), env);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll(call));
  Newest newest;
  LF_CO_TRY(newest.snapshot, co_await log.Load(call, listing, std::nullopt, newest.totals));
  co_return newest;
}

// Whether the source keeps what a cut needs until it is copied.
std::optional<Finding> RetentionFinding(const delta::Metadata& metadata, Millis interval, const std::string& what,
                                        const std::string& uri) {
  const Result<plan::Retention> retention = plan::RetentionOf(metadata);
  if (!retention) return FromError(retention.error(), what, uri);
  const auto problem = plan::CheckRetention(*retention, interval);
  if (!problem) return std::nullopt;
  return Finding{.severity = problem->certain ? Severity::kError : Severity::kWarning,
                 .what = fmt::format("{}: {}", what, problem->what),
                 .where = uri,
                 .remedy = problem->remedy};
}

// What readers of a mirror of cuts alone will miss.
std::optional<Finding> HistoryFinding(const delta::Metadata& metadata, const plan::TableSpec& table,
                                      const std::string& what) {
  if (table.history == plan::History::kFull || metadata.Property("delta.enableChangeDataFeed") != "true") {
    return std::nullopt;
  }
  return Finding{
      .severity = Severity::kWarning,
      .what = fmt::format("{} has a change data feed, and history: cuts-only leaves change files behind: the "
                          "feed cannot be read at the replica",
                          what),
      .where = table.source_uri,
      .remedy = "set history: full for this table if readers or streams need the feed there"};
}

// What all tables of a group are checked with, and what one of them tells the others.
struct GroupWork {
  plan::GroupSpec spec;
  Role role;
  const CheckScope& scope;
  std::set<std::string> others = {};  // targets that are somebody else's
  AppliedSources applied = {};        // empty: replicas are not compared
  bool denied = false;                // a replica could not be read: nor are the others likely to be
};

Task<std::vector<Finding>> CheckSource(Call call, const Environment& env, plan::TableSpec table, GroupWork& work) {
  const plan::GroupSpec& group = work.spec;
  const std::string what = fmt::format("source of table {}", table.name);
  Result<Newest> newest = co_await LoadNewest(call, env, SourceRef(table));
  if (!newest) co_return std::vector{FromError(newest.error(), what, table.source_uri)};
  const delta::Snapshot* snapshot = &newest->snapshot;
  const Status supported = delta::CheckSupported(snapshot->protocol, snapshot->metadata, group.mode);
  if (!supported) co_return std::vector{FromError(supported.error(), what, table.source_uri)};
  const Status no_replica = CheckNoReplica(snapshot->txns, group.name, table);
  if (!no_replica) co_return std::vector{FromError(no_replica.error(), what, table.source_uri)};
  std::vector<Finding> findings = {
      Info(fmt::format("{} is readable: version {}, {} files", what, snapshot->version.value(), newest->totals.files),
           table.source_uri)};
  if (auto kept = RetentionFinding(snapshot->metadata, group.sync_interval, what, table.source_uri)) {
    findings.push_back(*std::move(kept));
  }
  if (auto missed = HistoryFinding(snapshot->metadata, table, what)) findings.push_back(*std::move(missed));
  if (work.denied) co_return findings;
  ComparedRegions compared =
      co_await CompareRegions(call, env, group, table, std::move(newest->snapshot), work.applied);
  if (compared.comparison == Comparison::kDenied) work.denied = true;
  std::ranges::move(compared.findings, std::back_inserter(findings));
  co_return findings;
}

Task<Finding> CheckWritable(Call call, const Environment& env, StoreRef ref, bool deletes, std::string what) {
  const Status written = co_await TryWriting(call, env, ref, deletes);
  if (!written) co_return FromError(written.error(), what, ref.uri);
  co_return Info(fmt::format("{} is writable", what), ref.uri);
}

// Whether epochs of the group are known to have been staged: then what is not there has been there.
Task<bool> WasStaged(Call call, const Environment& env, std::string group, Role role) {
  const Result<std::optional<GroupRecord>> record = co_await env.state.Group(call, role, group);
  co_return record && *record && (*record)->staged_epoch != Epoch();
}

Finding Missing(Severity severity, std::string_view what, const std::string& uri, const std::string& why_not) {
  if (!why_not.empty()) {
    return {.severity = Severity::kError,
            .what = fmt::format("{} does not exist, and this user cannot make it: {}", what, why_not),
            .where = uri,
            .remedy =
                "check the spelling; where it is right, make the folder, and give the service's user the right to "
                "write there (`lakeferry init` says how)"};
  }
  if (severity == Severity::kInfo)
    return Info(fmt::format("{} does not exist yet: the first epoch makes it", what), uri);
  return {
      .severity = severity,
      .what = severity == Severity::kError ? fmt::format("{} does not exist, and epochs were staged before", what)
                                           : fmt::format("{} does not exist yet: the first epoch makes it", what),
      .where = uri,
      .remedy = severity == Severity::kError
                    ? "check the spelling of sync_location_secondary, and whether its file system is mounted; if it "
                      "was changed and that was not meant, set it back"
                    : "check the spelling of sync_location_secondary: both sides need the same folder"};
}

// A folder that is not there cannot be told from an empty one.
Task<Finding> CheckImportRoot(Call call, const Environment& env, std::string group, StoreRef ref) {
  const std::string what = fmt::format("import root of group '{}'", group);
  const std::string uri = ref.uri;
  const auto store = env.stores.Open(ref);
  if (!store) co_return FromError(store.error(), what, uri);
  const Result<Listing> listing = co_await ListAll(call, **store, ObjectPath());
  if (!listing) co_return FromError(listing.error(), what, uri);
  if (!listing->objects.empty() || !listing->folders.empty() || !listing->links.empty())
    co_return Info(what + " is readable", uri);
  co_return Finding{.severity = Severity::kWarning,
                    .what = what + ": nothing is there",
                    .where = uri,
                    .remedy = "check the folder in import_roots, or remove it"};
}

Task<std::vector<Finding>> CheckImportRoots(Call call, const Environment& env, plan::GroupSpec spec) {
  std::set<StoreRef> roots;
  for (const plan::TableSpec& table : spec.tables) {
    for (const std::string& root : table.import_roots) roots.insert(ImportRef(table, root));
  }
  std::vector<Finding> findings;
  for (const StoreRef& root : roots) {
    Finding found = co_await CheckImportRoot(call, env, spec.name, root);
    findings.push_back(std::move(found));
  }
  co_return findings;
}

Task<Finding> CheckWorkflow(Call call, const Environment& env, std::string group, std::string workflow) {
  constexpr std::chrono::days kLookBack(30);
  const std::string what = fmt::format("workflow '{}' of group '{}'", workflow, group);
  WorkflowSource& source = env.workflows.Of(group);
  const Place where = RunSpot{.workflow = workflow, .run_id = {}};
  const TimeMs since = env.clock.WallTime() - kLookBack;
  const Result<std::vector<Run>> runs = co_await source.RunsSince(env.ForRuns(call), workflow, since);
  if (runs) co_return Info(fmt::format("{}: {} runs in the last 30 days", what, runs->size()), where);
  Finding finding = FromError(runs.error(), what, where);
  if (runs.error().code == ErrorCode::kNotFound) {  // a new workflow has no run yet: nothing is wrong with that
    finding.severity = Severity::kWarning;
    finding.remedy = fmt::format("check the name; or {}", source.HowToEnter(workflow));
  }
  co_return finding;
}

// Whether others can write there; absent where nobody can tell.
Task<std::optional<bool>> OthersMayWrite(Call call, const Environment& env, std::string uri) {
  const std::vector<Result<StorePlace>> places = co_await env.stores.Locate(call, {uri});
  co_return places.front() ? places.front()->others_may_write : std::nullopt;
}

}  // namespace

namespace {

Task<Finding> CheckStaging(Call call, const Environment& env, plan::GroupSpec spec, Role role,
                           const CheckScope& scope) {
  const std::string staging = fmt::format("staging location of group '{}'", spec.name);
  const auto missing = scope.missing.find(spec.staging_uri);
  if (missing != scope.missing.end()) {
    const bool was_staged = co_await WasStaged(call, env, spec.name, role);
    co_return Missing(was_staged ? Severity::kError : Severity::kWarning, staging, spec.staging_uri, missing->second);
  }
  co_return co_await CheckWritable(call, env, StagingRef(spec, StoreRight::kWriteStaging), role == Role::kSender,
                                   staging);
}

// Where the sender places files itself. One trial object stays there, for who places may not delete.
Task<Finding> CheckPlacing(Call call, const Environment& env, plan::TableSpec table, const CheckScope& scope) {
  const std::string what = fmt::format("placing files at the target of table {}", table.name);
  const auto missing = scope.missing.find(table.target_uri);
  if (missing != scope.missing.end()) {
    co_return Missing(Severity::kInfo, what, table.target_uri, missing->second);
  }
  const auto store = env.stores.Open(PlaceRef(table));
  if (!store) co_return FromError(store.error(), what, table.target_uri);
  const ObjectPath trial = ObjectPath::Of(std::string(kTrialPrefix) + "placing");
  const std::string text = "whether files can be placed here\n";
  const Result<PutOutcome> placed = co_await (*store)->PutIfAbsent(call, trial, text);
  if (!placed) co_return FromError(placed.error(), what, table.target_uri);
  const Result<std::string> found = co_await (*store)->Get(call, trial, text.size());
  if (!found) co_return FromError(found.error(), what, table.target_uri);
  co_return Info(fmt::format("{} is possible", what), table.target_uri);
}

Task<Finding> CheckTarget(Call call, const Environment& env, plan::TableSpec table, bool deletes,
                          const CheckScope& scope) {
  const std::string what = fmt::format("target of table {}", table.name);
  const auto missing = scope.missing.find(table.target_uri);
  if (missing != scope.missing.end()) {
    co_return Missing(Severity::kInfo, what, table.target_uri, missing->second);
  }
  co_return co_await CheckWritable(call, env, TargetRef(table), deletes, what);
}

}  // namespace

namespace {

Task<Status> CheckOneTable(Call call, const Environment& env, GroupWork& work, size_t number,
                           std::vector<Finding>& findings) {
  std::optional<Semaphore::Slot> slot;
  if (work.scope.tables != nullptr) {
    Semaphore::Slot taken = co_await work.scope.tables->Acquire();
    slot.emplace(std::move(taken));
  }
  const plan::TableSpec& table = work.spec.tables[number];
  if (work.role == Role::kSender) {
    findings = co_await CheckSource(call, env, table, work);
    if (!work.spec.direct) co_return Status{};
    Finding placing = co_await CheckPlacing(call, env, table, work.scope);
    findings.push_back(std::move(placing));
  } else if (!work.others.contains(table.target_uri)) {
    Finding target = co_await CheckTarget(call, env, table, work.spec.retention.has_value(), work.scope);
    findings.push_back(std::move(target));
  }
  co_return Status{};
}

Task<Status> CheckTables(Call call, const Environment& env, GroupWork& work, std::vector<Finding>& findings) {
  const size_t count = work.spec.tables.size();
  std::vector<std::vector<Finding>> found(count);
  LF_CO_TRY_OK(co_await ParallelFor(count, kTablesAtOnce,
                                    [&](size_t i) { return CheckOneTable(call, env, work, i, found[i]); }));
  for (std::vector<Finding>& one : found) std::ranges::move(one, std::back_inserter(findings));
  if (!work.denied) co_return Status{};
  findings.push_back(Info(
      fmt::format("schema and properties of group '{}' are not compared with its replicas': this side may not read "
                  "them, or does not reach them",
                  work.spec.name),
      work.spec.tables.front().target_uri));
  co_return Status{};
}

// What the sender alone has beside its tables and staging.
Task<void> CheckSendersOwn(Call call, const Environment& env, const GroupWork& work, bool writable,
                           std::vector<Finding>& findings) {
  if (writable) {
    Finding clocks = co_await CheckClocks(call, env, work.spec);
    findings.push_back(std::move(clocks));
  }
  std::optional<Finding> lag = co_await CheckLag(call, env, work.spec);
  if (lag) findings.push_back(*std::move(lag));
  std::vector<Finding> roots = co_await CheckImportRoots(call, env, work.spec);
  std::ranges::move(roots, std::back_inserter(findings));
  std::vector<Finding> known = co_await CheckWorkflows(call, env, work.spec);
  std::ranges::move(known, std::back_inserter(findings));
}

}  // namespace

Task<std::vector<Finding>> CheckGroup(Call call, const Environment& env, plan::GroupSpec spec, Role role,
                                      const CheckScope& scope) {
  GroupWork work{.spec = std::move(spec), .role = role, .scope = scope};
  // What can be told without a write comes first: a target that is somebody's is not to be tried.
  std::vector<Finding> findings = co_await CompareWithEpochs(call, env, work.spec, role, work.scope.configured);
  if (role == Role::kReceiver) {
    std::vector<Finding> owners = co_await CheckOwners(call, env, work.spec);
    for (const Finding& owner : owners) work.others.insert(owner.where.text());
    std::ranges::move(owners, std::back_inserter(findings));
  } else if (findings.empty()) {
    work.applied = co_await ReadAppliedSources(call, env, work.spec);
  }
  Finding staged = co_await CheckStaging(call, env, work.spec, role, work.scope);
  const bool writable = staged.severity != Severity::kError && !work.scope.missing.contains(work.spec.staging_uri);
  findings.push_back(std::move(staged));
  const std::optional<bool> others_may_write = co_await OthersMayWrite(call, env, work.spec.staging_uri);
  std::ranges::move(CheckKeys(work.spec, others_may_write), std::back_inserter(findings));
  const Status checked = co_await CheckTables(call, env, work, findings);
  if (!checked) findings.push_back(FromError(checked.error(), "tables cannot be checked", work.spec.staging_uri));
  if (role == Role::kSender) co_await CheckSendersOwn(call, env, work, writable, findings);
  co_return findings;
}

Task<std::vector<Finding>> CheckWorkflows(Call call, const Environment& env, plan::GroupSpec spec) {
  std::vector<Finding> findings;
  for (const std::string& workflow : spec.workflows) {
    Finding known = co_await CheckWorkflow(call, env, spec.name, workflow);
    findings.push_back(std::move(known));
  }
  co_return findings;
}

Task<std::vector<Finding>> CheckPlaces(Call call, const Environment& env, std::vector<plan::GroupSpec> groups,
                                       plan::Root state) {
  std::vector<plan::Root> roots = {std::move(state)};
  for (const plan::GroupSpec& group : groups) std::ranges::move(plan::RootsOf(group), std::back_inserter(roots));
  const Status apart = co_await CheckApart(call, env, std::move(roots));
  if (apart) co_return std::vector<Finding>();
  co_return std::vector{FromError(apart.error(), "two names of one place", apart.error().where)};
}

}  // namespace lakeferry::engine
