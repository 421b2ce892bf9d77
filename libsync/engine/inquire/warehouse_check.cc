#include "engine/inquire/warehouse_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "async/task_group.h"
#include "engine/managed/managed_table.h"

namespace lakeferry::engine {
namespace {

using plan::Finding;
using plan::Severity;

constexpr size_t kManagedAtOnce = 8;
constexpr int64_t kRecordsRead = 100;

// What is found of one table.
struct ManagedFinding {
  bool readable = false;
  bool lacking = false;  // there is no replica yet
  std::vector<Error> errors = {};
};

Finding OfWarehouse(const SqlWarehouse& warehouse, const Error& error) {
  return {.severity = Severity::kError,
          .what = fmt::format("{}: {}", warehouse.name(), error.message),
          .where = error.where,
          .remedy = error.remedy.empty() ? "check warehouse and url of the catalog, and what the login may do"
                                         : error.remedy};
}

// Why not all tables were looked at.
Finding OfLooks(const SqlWarehouse& warehouse, const Error& error) {
  return {.severity = Severity::kError,
          .what = fmt::format("what {} reads is not known: {}", warehouse.name(), error.message),
          .where = error.where,
          .remedy = error.remedy.empty() ? "run the check again" : error.remedy};
}

Finding Told(std::string what) {
  return {.severity = Severity::kInfo, .what = std::move(what), .where = {}, .remedy = {}};
}

// A stop is nothing of the table that is looked at.
template <typename T>
bool IsStop(const Result<T>& result) {
  return !result && result.error().code == ErrorCode::kCancelled;
}

std::unexpected<Error> Stopped() { return Fail(ErrorCode::kCancelled, "asked to stop"); }

// What it returns is no table's: the looks end with it, and nothing is counted.
Task<Status> LookAtOne(Call call, const Environment& env, SqlWarehouse& warehouse, const plan::TableSpec& table,
                       std::optional<Version> left, ManagedFinding& found) {
  const Status read = co_await ReadReplicaBy(call, env, warehouse, table);
  if (IsStop(read)) co_return Stopped();
  found.readable = read.has_value();
  found.lacking = !read && read.error().code == ErrorCode::kNotFound;
  if (!read && !found.lacking) found.errors.push_back(read.error());
  const auto clone = co_await LookAtManaged(std::move(call), env, warehouse, table, left, {});
  if (IsStop(clone)) co_return Stopped();
  if (!clone) found.errors.push_back(clone.error());
  co_return Status{};
}

// The version of each managed table that is on record as its newest clone.
Task<Result<std::map<std::string, Version>>> OnRecord(Call call, const Environment& env, std::string group) {
  LF_CO_TRY(const std::vector<EpochRecord> records,
            co_await env.state.Epochs(std::move(call), Role::kReceiver, std::move(group), kRecordsRead));
  std::map<std::string, Version> left;
  for (const EpochRecord& record : records) {
    if (record.state != EpochState::kApplied) continue;
    for (const TablePosition& table : record.tables) {
      if (table.managed_version) left.emplace(table.table, *table.managed_version);
    }
  }
  co_return left;
}

// Whether it is there, and runs a statement.
Task<Result<Finding>> Reach(Call call, const Environment& env, SqlWarehouse& warehouse) {
  LF_CO_TRY(const WarehouseInfo info, co_await warehouse.Look(env.ForRuns(call)));
  LF_CO_TRY_OK(co_await TryWarehouse(std::move(call), env, warehouse));
  co_return Told(fmt::format("{} ('{}') was {} and runs statements", warehouse.name(), info.name, info.state));
}

void ReportErrors(const std::vector<ManagedFinding>& found, std::vector<Finding>& findings) {
  for (const ManagedFinding& table : found) {
    for (const Error& error : table.errors) {
      findings.push_back(
          {.severity = Severity::kError, .what = error.message, .where = error.where, .remedy = error.remedy});
    }
  }
}

void ReportCounts(const plan::GroupSpec& spec, const std::vector<ManagedFinding>& found,
                  std::vector<Finding>& findings) {
  std::vector<std::string> lacking;
  int64_t readable = 0;
  for (size_t i = 0; i < found.size(); ++i) {
    readable += found[i].readable ? 1 : 0;
    if (found[i].lacking) lacking.push_back(spec.tables[i].name);
  }
  findings.push_back(Told(fmt::format("the warehouse reads {} of {} replicas", readable, found.size())));
  if (lacking.empty()) return;
  findings.push_back(Told(fmt::format("not there yet, so that whether the warehouse may read them is not known: {}",
                                      fmt::join(lacking, ", "))));
}

}  // namespace

Task<std::vector<Finding>> CheckWarehouse(Call call, const Environment& env, plan::GroupSpec spec) {
  std::vector<Finding> findings;
  if (!spec.sql_clone) co_return findings;
  SqlWarehouse* const warehouse = env.warehouses == nullptr ? nullptr : env.warehouses->WarehouseOf(spec.name);
  if (warehouse == nullptr) {
    findings.push_back({.severity = Severity::kError,
                        .what = "nothing says which warehouse clones the managed tables",
                        .where = "group " + spec.name,
                        .remedy = "set warehouse in the catalog of the secondary region"});
    co_return findings;
  }
  Result<Finding> reached = co_await Reach(call, env, *warehouse);
  if (!reached) {
    findings.push_back(OfWarehouse(*warehouse, reached.error()));
    co_return findings;
  }
  findings.push_back(*std::move(reached));
  const auto left = co_await OnRecord(call, env, spec.name);
  if (!left) {
    findings.push_back(OfWarehouse(*warehouse, left.error()));
    co_return findings;
  }
  std::vector<ManagedFinding> found(spec.tables.size());
  const auto look = [&](size_t i) {
    const auto known = left->find(spec.tables[i].name);
    return LookAtOne(call, env, *warehouse, spec.tables[i],
                     known == left->end() ? std::nullopt : std::optional(known->second), found[i]);
  };
  const Status looked = co_await ParallelFor(found.size(), kManagedAtOnce, look);
  ReportErrors(found, findings);
  if (looked) {
    ReportCounts(spec, found, findings);
  } else {
    findings.push_back(OfLooks(*warehouse, looked.error()));
  }
  co_return findings;
}

}  // namespace lakeferry::engine
