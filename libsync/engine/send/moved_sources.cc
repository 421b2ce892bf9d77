#include "engine/send/moved_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "delta/file_path.h"
#include "engine/change/live_sets.h"
#include "engine/group/store_refs.h"
#include "engine/log/table_log.h"
#include "plan/change/clone_files.h"
#include "plan/rules/start_anew.h"

namespace lakeferry::engine {
namespace {

std::unexpected<Error> Differs(const plan::TableSpec& table, const plan::ManifestTable& base, std::string what) {
  return Fail(
      ErrorCode::kDiverged,
      fmt::format("the source of table '{}' was moved from {}, and what is at its new place cannot go on from "
                  "there: {}",
                  table.name, base.source_uri, what),
      table.source_uri,
      fmt::format("move the folder whole, with its _delta_log, or name its old place again; or {}", plan::kStartAnew));
}

plan::TableSpec AtOldPlace(plan::TableSpec table, const plan::ManifestTable& base) {
  table.source_uri = base.source_uri;
  return table;
}

// Looks for a live file that the clone had under another name than it would get now: one that the log names by an
// absolute path into the old folder, or into the new one. Its removal would remove nothing.
class NamesThatChange final : public delta::FileSink {
 public:
  NamesThatChange(const plan::TableSpec& before, const plan::TableSpec& now) : before_(before), now_(now) {}

  Status OnLive(delta::AddFile&& add) override {
    const bool vector_elsewhere = add.deletion_vector && add.deletion_vector->storage_type == "p";
    if (changed_ || (!vector_elsewhere && !delta::IsAbsolutePath(add.path))) return {};
    delta::RemoveFile before{.path = add.path, .deletion_vector = add.deletion_vector};
    delta::RemoveFile now{.path = add.path, .deletion_vector = add.deletion_vector};
    LF_TRY_OK(before_.Rename(before));
    LF_TRY_OK(now_.Rename(now));
    if (before.path != now.path || before.deletion_vector != now.deletion_vector) changed_ = std::move(add.path);
    return {};
  }
  void Restart() override { changed_.reset(); }

  [[nodiscard]] const std::optional<std::string>& changed() const { return changed_; }

 private:
  plan::CloneFiles before_;
  plan::CloneFiles now_;
  std::optional<std::string> changed_;
};

Task<Status> CheckCommit(Call call, const TableLog& log, plan::TableSpec table, plan::ManifestTable base) {
  const int64_t version = base.source_version.value();
  if (base.commit_sha256.empty()) {
    co_return Differs(table, base, fmt::format("the last epoch does not tell what commit {} holds", version));
  }
  const Result<std::string> digest = co_await log.CommitDigest(call, base.source_version);
  if (!digest && digest.error().code == ErrorCode::kNotFound) {
    co_return Differs(table, base, fmt::format("commit {}, of the last epoch, is not there", version));
  }
  LF_CO_TRY_OK(digest);
  if (*digest == base.commit_sha256) co_return Status{};
  co_return Differs(table, base, fmt::format("commit {}, of the last epoch, has another content", version));
}

// The table as the base epoch has it. A mirror names no file anew, so that only a clone's files are looked at.
Task<Status> CheckTable(Call call, const Environment& env, plan::TableSpec table, plan::ManifestTable base,
                        bool clone) {
  LF_CO_TRY(auto store, env.stores.Open(SourceRef(table)));
  const TableLog log(std::move(store), env);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll(call));
  LF_CO_TRY_OK(co_await CheckCommit(call, log, table, base));
  NamesThatChange names(AtOldPlace(table, base), table);
  delta::NoFiles none;
  delta::FileSink& files = clone ? static_cast<delta::FileSink&>(names) : none;
  LF_CO_TRY(const delta::Snapshot snapshot, co_await log.Load(call, listing, base.source_version, files));
  if (snapshot.metadata.id != base.table_id) {
    co_return Differs(table, base,
                      fmt::format("the table's id is {}, and was {}", snapshot.metadata.id, base.table_id));
  }
  if (names.changed()) {
    co_return Differs(
        table, base,
        fmt::format("its log names {} by an absolute path, which is another file of the clone now", *names.changed()));
  }
  const auto clone_of = clone ? std::optional(table) : std::nullopt;
  LF_CO_TRY(const delta::LiveSet found, co_await ReplayLiveSet(call, log, base.source_version, clone_of));
  if (found == base.live_set) co_return Status{};
  co_return Differs(table, base,
                    fmt::format("it holds {} at version {}, and held {}", ToString(found), base.source_version.value(),
                                ToString(base.live_set)));
}

}  // namespace

void TakeRelocations(const std::vector<std::string>& relocated, plan::GroupSpec& spec) {
  const auto moved = [&relocated](const plan::TableSpec& table) {
    return std::ranges::find(relocated, table.source_uri) != relocated.end();
  };
  // Every pass asks, and hardly ever is one told anew.
  const auto known = [&moved](const plan::TableSpec& table) { return table.source_moved == moved(table); };
  if (std::ranges::all_of(spec.tables, known)) return;
  for (plan::TableSpec& table : spec.tables.Edit()) table.source_moved = moved(table);
}

Task<Status> CheckMovedSources(Call call, const Environment& env, const plan::GroupSpec& spec,
                               std::vector<plan::ManifestTable> moved) {
  for (const plan::ManifestTable& base : moved) {
    const auto table = std::ranges::find(spec.tables, base.name, &plan::TableSpec::name);
    if (table == spec.tables.end()) continue;
    const bool clone = spec.mode == delta::ReplicationMode::kClone;
    const Status checked = co_await CheckTable(call, env, *table, base, clone);
    if (!checked) co_return FailOfTable(checked.error(), table->name, table->source_uri);
    env.log.Write(call, LogLevel::kInfo, "the source was moved, and goes on from its last epoch",
                  {{"group", spec.name}, {"table", table->name}, {"from", base.source_uri}, {"to", table->source_uri}});
  }
  co_return Status{};
}

}  // namespace lakeferry::engine
