#include "engine/tend/status_exporter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/offload.h"
#include "base/trial_name.h"
#include "delta/log_path.h"
#include "engine/log/table_log.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

constexpr int kExportAttemptsMax = 20;
constexpr int kRowFileAttemptsMax = 3;
constexpr Millis kOthersFirst{25};
constexpr uint64_t kSpreadMs = 75;

// Where there is no log yet: only what an export that did not end has left may lie there.
Status CheckNothingElse(const Listing& root, std::string_view uri) {
  std::string found;
  if (!root.links.empty()) found = root.links.front().text();
  for (const ObjectInfo& object : root.objects) {
    // What a trial has left, whose author may not delete here, is nobody's.
    if (!object.path.text().starts_with(kTrialPrefix)) found = object.path.text();
  }
  for (const ObjectPath& folder : root.folders) {
    if (folder.text() != plan::kStatusRowsFolder && folder.text() != delta::kLogFolder) found = folder.text();
  }
  if (found.empty()) return {};
  return Fail(ErrorCode::kRefused,
              fmt::format("there is no Delta table at the place of the status table, but something else ('{}')", found),
              std::string(uri),
              "name a folder for the table alone: whoever tidies it up would delete what else is there");
}

}  // namespace

struct StatusExporter::Found {
  std::optional<delta::Snapshot> table;  // absent: there is none yet
  std::vector<delta::AddFile> live;

  [[nodiscard]] Version next() const { return table ? table->version.Next() : Version(0); }
  [[nodiscard]] plan::RowStanding StandingOf(const plan::StatusRow& row) const {
    return table ? plan::StandingOf(row, *table, live) : plan::RowStanding::kDue;
  }
};

Task<Result<StatusExporter::Found>> StatusExporter::Look(Call call, std::shared_ptr<ObjectStore> store) const {
  const TableLog log(store, env_);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListFrom(call, Version(0)));
  Found found;
  if (listing.commits.empty() && listing.checkpoints.empty()) {
    LF_CO_TRY(const Listing root, co_await ListAll(call, *store, ObjectPath()));
    LF_CO_TRY_OK(CheckNothingElse(root, store->uri()));
    co_return found;
  }
  delta::AllAdds live;
  LF_CO_TRY(found.table, co_await log.Load(call, listing, std::nullopt, live));
  found.live = std::move(live.adds);
  LF_CO_TRY_OK(plan::CheckStatusTable(found.table->protocol, found.table->metadata, store->uri()));
  co_return found;
}

// The name tells the content, so that an attempt whose outcome nobody knows is made again.
Task<Result<plan::StatusUpdate>> StatusExporter::WriteFile(Call call, ObjectStore& store,
                                                           const plan::StatusRow& row) const {
  std::vector<delta::Row> rows{row.cells};
  const delta::RowFileWriter* files = &files_;
  auto write = [files, rows = std::move(rows)] { return files->Write(plan::StatusColumns(), rows); };
  LF_CO_TRY(std::string bytes, co_await Offload(env_.pool, std::move(write)));
  plan::StatusUpdate update{
      .row = &row, .file = plan::StatusFileOf(row, bytes), .size_bytes = static_cast<int64_t>(bytes.size())};
  for (int attempt = 1;; ++attempt) {
    const Result<PutOutcome> put = co_await store.PutIfAbsent(call, update.file, bytes);
    if (put) co_return update;
    const bool again = put.error().code == ErrorCode::kOutcomeUnknown && attempt < kRowFileAttemptsMax;
    if (!again) co_return std::unexpected(put.error());
  }
}

Task<Result<bool>> StatusExporter::Write(Call call, ObjectStore& store, const std::vector<plan::StatusRow>& rows,
                                         const std::vector<size_t>& due, const Found& found) const {
  std::vector<plan::StatusUpdate> updates;
  for (const size_t index : due) {
    LF_CO_TRY(plan::StatusUpdate update, co_await WriteFile(call, store, rows[index]));
    updates.push_back(std::move(update));
  }
  const TimeMs now = env_.clock.WallTime();
  std::optional<delta::Metadata> first;
  if (!found.table) first = plan::StatusTableMetadata(fmt::format("{}/{}", store.uri(), env_.random.Next()), now);
  std::string text = plan::StatusCommit(updates, found.live, now, first);
  const Result<PutOutcome> put = co_await store.PutIfAbsent(call, TableLog::CommitPath(found.next()), std::move(text));
  if (put) co_return *put == PutOutcome::kCreated;
  if (put.error().code == ErrorCode::kOutcomeUnknown) co_return false;
  co_return std::unexpected(put.error());
}

Task<Result<StatusExport>> StatusExporter::Export(Call call, std::vector<plan::StatusRow> rows) {
  LF_CO_TRY(const std::shared_ptr<ObjectStore> store, env_.stores.Open(table_));
  StatusExport done{.table_uri = std::string(store->uri()), .version = {}, .rows = {}};
  for (const plan::StatusRow& row : rows) done.rows.push_back({.key = row.key, .standing = plan::RowStanding::kSame});
  for (int attempt = 0; attempt < kExportAttemptsMax; ++attempt) {
    LF_CO_TRY_OK(CheckWanted(call, env_.clock.Monotonic()));
    LF_CO_TRY(const Found found, co_await Look(call, store));
    std::vector<size_t> due;
    for (size_t i = 0; i < rows.size(); ++i) {
      const plan::RowStanding standing = found.StandingOf(rows[i]);
      if (standing == plan::RowStanding::kDue) due.push_back(i);
      // What is there now, and was due before, was put there by an attempt of this export whose outcome was not known.
      if (standing != plan::RowStanding::kSame) done.rows[i].standing = standing;
    }
    if (found.table) done.version = found.table->version;
    if (due.empty()) co_return done;
    LF_CO_TRY(const bool written, co_await Write(call, *store, rows, due, found));
    if (written) {
      done.version = found.next();
      co_await checkpoints_.Keep(call, "status", store, found.next());
      co_return done;
    }
    co_await env_.clock.SleepFor(call, kOthersFirst * (attempt + 1) + Millis(env_.random.Next() % kSpreadMs));
  }
  co_return Fail(ErrorCode::kUnavailable, "others write to the status table without a break", std::string(store->uri()),
                 "give fewer processes the same table, or try again");
}

Task<Result<bool>> StatusExporter::Check(Call call) const {
  LF_CO_TRY(const std::shared_ptr<ObjectStore> store, env_.stores.Open(table_));
  LF_CO_TRY(const Found found, co_await Look(call, store));
  co_return found.table.has_value();
}

Task<Result<std::vector<plan::StatusRow>>> StatusRowsOf(Call call, const Environment& env,
                                                        std::vector<GroupRecord> records) {
  std::vector<plan::StatusRow> rows;
  for (const GroupRecord& record : records) {
    LF_CO_TRY(const std::vector<EpochRecord> epochs,
              co_await env.state.Epochs(call, record.role, record.group, plan::kEpochsOfStatusRow));
    rows.push_back(plan::StatusRowOf(record, epochs, env.region));
  }
  co_return rows;
}

}  // namespace lakeferry::engine
