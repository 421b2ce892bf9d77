#include "engine/receive/managed_clones.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "async/task_group.h"
#include "engine/managed/managed_table.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kNamedMax = 20;

}  // namespace

Result<std::vector<ManagedClones::Item>> ManagedClones::ToClone(const std::map<std::string, TablePosition>& left_at,
                                                                EpochRecord& record) const {
  std::vector<Item> items;
  for (TablePosition& position : record.tables) {
    const auto left = left_at.find(position.table);
    const std::optional<Version> managed = left == left_at.end() ? std::nullopt : left->second.managed_version;
    if (managed && left->second.replica_version == position.replica_version) {
      position.managed_version = managed;
      continue;
    }
    const auto table = std::ranges::find(spec_.tables, position.table, &plan::TableSpec::name);
    if (table == spec_.tables.end() || !position.replica_version) {
      return Fail(ErrorCode::kRefused, fmt::format("nothing says where the replica of table '{}' is", position.table),
                  "group " + spec_.name, "add it, with its target, to the group");
    }
    items.push_back({.position = &position, .table = &*table, .left = managed, .found = {}});
  }
  return items;
}

SqlPulse ManagedClones::Pulse(const Call& call) const {
  return [this, call] { return meter_.Note(call, 0, 0); };
}

Task<Status> ManagedClones::LookAt(Call call, SqlWarehouse& warehouse, Item& item) const {
  LF_CO_TRY(item.found, co_await LookAtManaged(call, env_, warehouse, *item.table, item.left, Pulse(call)));
  // Of an attempt before that was not answered: behind what is on record, so that no older replica of the same place
  // can have had that version.
  const bool made = item.found && item.left && item.found->version > *item.left &&
                    item.found->source_version == item.position->replica_version;
  if (made) item.done.emplace(*item.found);
  co_return Status{};
}

Task<Status> ManagedClones::Clone(Call call, SqlWarehouse& warehouse, Item& item) const {
  if (item.done) co_return Status{};
  call = call.Named(item.table->name);
  const Version version = *item.position->replica_version;
  auto made = co_await CloneManaged(call, env_, warehouse, *item.table, version, Pulse(call));
  if (made) {
    env_.log.Write(call, LogLevel::kInfo, "managed table cloned",
                   {{"group", spec_.name},
                    {"table", item.table->name},
                    {"version", made->version.value()},
                    {"replica_version", made->source_version.value()}});
  } else {
    env_.log.Write(call, LogLevel::kError, "managed table not cloned",
                   {{"group", spec_.name}, {"table", item.table->name}, {"error", ToString(made.error())}});
  }
  item.done.emplace(std::move(made));
  // Another table's failure makes none of the others wait: the sooner they are there, the shorter the group is torn.
  co_return Status{};
}

Task<Status> ManagedClones::NoteTorn(Call call, const std::vector<Item>& items) {
  if (items.size() < 2) co_return Status{};
  std::optional<TimeMs>& since = book_.record().torn_since;
  // Where the histories tell what is there, an attempt before counts by that alone.
  const bool told = std::ranges::all_of(items, [](const Item& item) { return item.left.has_value(); });
  if (told || !since) since = env_.clock.WallTime();
  for (const Item& item : items) {
    if (item.done && *item.done) since = std::min(*since, (*item.done)->since);
  }
  co_return co_await book_.Save(std::move(call));
}

Status ManagedClones::Finish(Epoch epoch, const std::vector<Item>& items) {
  std::vector<std::string> said;
  std::optional<Error> first;
  size_t failed = 0;
  for (const Item& item : items) {
    if (item.done && *item.done) continue;
    const Error error = item.done ? item.done->error() : Error{.code = ErrorCode::kCancelled, .message = "not begun"};
    if (++failed <= kNamedMax) said.push_back(error.message);
    if (!first || first->code == ErrorCode::kCancelled) first = error;
  }
  if (!first) return {};
  if (failed > kNamedMax) said.push_back(fmt::format("and {} more", failed - kNamedMax));
  first->message = fmt::format("epoch {} is in the replicas, and {} of {} managed tables are not cloned: {}",
                               epoch.value(), failed, items.size(), fmt::join(said, "; "));
  return std::unexpected(*std::move(first));
}

Millis ManagedClones::TakeOver(const std::vector<Item>& items) {
  TimeMs first = kTimeMax;
  TimeMs last = kTimeMin;
  for (const Item& item : items) {
    const plan::CloneMark& mark = **item.done;
    item.position->managed_version = mark.version;
    first = std::min(first, mark.since);
    last = std::max(last, mark.since);
  }
  return items.empty() ? Millis(0) : Millis(last - first);
}

Task<Status> ManagedClones::Refresh(Call call, const std::map<std::string, TablePosition>& left_at,
                                    EpochRecord& record) {
  if (!spec_.sql_clone) co_return Status{};
  book_.SetStage(plan::GroupStage::kCloning);
  SqlWarehouse* const warehouse = env_.warehouses == nullptr ? nullptr : env_.warehouses->WarehouseOf(spec_.name);
  if (warehouse == nullptr) {
    co_return Fail(ErrorCode::kInvalidArgument,
                   fmt::format("nothing says which warehouse clones the tables of group '{}'", spec_.name),
                   "group " + spec_.name, "set warehouse in the catalog of the secondary region");
  }
  LF_CO_TRY(std::vector<Item> items, ToClone(left_at, record));
  record.torn = Millis(0);
  const auto width = static_cast<size_t>(env_.limits.clones_at_once_max);
  const auto look = [&](size_t i) { return LookAt(call, *warehouse, items[i]); };
  Status looked = co_await ParallelFor(items.size(), width, look);
  if (!looked) {
    looked.error().message = fmt::format("epoch {} is in the replicas, and no managed table is cloned: {}",
                                         record.epoch.value(), looked.error().message);
    co_return looked;
  }
  LF_CO_TRY_OK(co_await NoteTorn(call, items));
  const auto clone = [&](size_t i) { return Clone(call, *warehouse, items[i]); };
  LF_CO_TRY_OK(co_await ParallelFor(items.size(), width, clone));
  LF_CO_TRY_OK(Finish(record.epoch, items));
  record.torn = TakeOver(items);
  co_return Status{};
}

Task<Result<bool>> ManagedClones::CatchUp(Call call, const std::map<std::string, TablePosition>& left_at,
                                          EpochRecord& applied) {
  if (!spec_.sql_clone) co_return false;
  EpochRecord lacking = applied;
  std::erase_if(lacking.tables, [this](const TablePosition& position) {
    const auto table = std::ranges::find(spec_.tables, position.table, &plan::TableSpec::name);
    return position.managed_version || !position.replica_version || table == spec_.tables.end();
  });
  if (lacking.tables.empty()) co_return false;
  LF_CO_TRY_OK(co_await Refresh(std::move(call), left_at, lacking));
  for (const TablePosition& cloned : lacking.tables) {
    std::ranges::find(applied.tables, cloned.table, &TablePosition::table)->managed_version = cloned.managed_version;
  }
  co_return true;
}

}  // namespace lakeferry::engine
