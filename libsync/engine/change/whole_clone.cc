#include "engine/change/whole_clone.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/offload.h"
#include "delta/commit_json.h"
#include "delta/file_path.h"
#include "delta/seen_files.h"
#include "delta/table_features.h"
#include "plan/change/clone_files.h"

namespace lakeferry::engine {
namespace {

// Takes the live files of the replay into the change, as the clone will have them.
class WholeClone final : public delta::FileSink {
 public:
  WholeClone(const plan::TableSpec& spec, uint64_t seed, TableChange* change)
      : change_(change),
        names_(spec, seed, [change](plan::FileToSend file) { return change->files.Append(std::move(file)); }) {}

  Status OnLive(delta::AddFile&& add) override {
    has_absolute_ = has_absolute_ || delta::IsAbsolutePath(add.path);
    LF_TRY_OK(names_.Send(add));
    LF_TRY_OK(change_->table.live_set.Add(add));
    ++change_->table.adds;
    newest_ms_ = std::max(newest_ms_, add.modification_time);
    add.data_change = true;
    return change_->adds.Append(delta::ToLine(add) + '\n');
  }
  void Restart() override {
    change_->adds.Clear();
    change_->files.Clear();
    change_->table.live_set = {};
    change_->table.adds = 0;
    names_.Clear();
    newest_ms_ = 0;
    has_absolute_ = false;
  }

  [[nodiscard]] int64_t newest_ms() const { return newest_ms_; }
  [[nodiscard]] bool has_absolute() const { return has_absolute_; }

 private:
  TableChange* change_;
  plan::CloneFiles names_;
  int64_t newest_ms_ = 0;
  bool has_absolute_ = false;
};

// Looks whether a file comes twice.
class TwiceLook final : public delta::ActionSink {
 public:
  TwiceLook(uint64_t seed, Version version) : seed_(seed), version_(version) {}

  Status OnAdd(delta::AddFile&& add) override {
    LF_TRY(const delta::FileHash file, delta::HashFile(add.path, add.deletion_vector, seed_));
    if (seen_.Meet(file) == delta::SeenFiles::Met::kFirst) return {};
    return HeldTwice(version_, add.path);
  }

 private:
  uint64_t seed_;
  Version version_;
  delta::SeenFiles seen_;
};

// The log may name one object in two ways, relative and absolute, which are two files to an engine and one in the
// clone: kUnsupportedTable where both are live, for the rows count twice.
Task<Status> CheckOnce(const Environment& env, const SpilledBytes& adds, Version version) {
  TwiceLook look(env.random.Next(), version);
  SpilledLines lines(adds, env.limits.copy_buffer_bytes);
  while (true) {
    LF_CO_TRY(const std::string piece, co_await lines.Next());
    if (piece.empty()) co_return Status{};
    auto read = [&piece, &look] { return delta::ReadActions(piece, "a temporary file", look); };
    LF_CO_TRY_OK(co_await Offload(env.pool, read));
  }
}

}  // namespace

std::unexpected<Error> HeldTwice(Version version, const std::string& path) {
  return Fail(
      ErrorCode::kUnsupportedTable,
      fmt::format("version {} holds the file {} twice, by a relative and by an absolute path", version.value(), path),
      "", "rewrite it, with OPTIMIZE or with REORG TABLE … APPLY (PURGE)");
}

Task<Result<TableChange>> ReadWholeClone(Call call, const Environment& env, const TableCut& cut) {
  TableChange change(env, cut.scan);
  WholeClone files(cut.scan.spec, env.random.Next(), &change);
  LF_CO_TRY(const delta::Snapshot snapshot, co_await cut.scan.log->Load(call, cut.scan.listing, cut.version, files));
  LF_CO_TRY_OK(delta::CheckSupported(snapshot.protocol, snapshot.metadata, delta::ReplicationMode::kClone));
  if (files.has_absolute()) LF_CO_TRY_OK(co_await CheckOnce(env, change.adds, cut.version));
  change.protocol = snapshot.protocol;
  change.metadata = snapshot.metadata;
  for (const auto& [name, domain] : snapshot.domains) {
    if (!domain.removed) change.domains.push_back(domain);
  }
  for (const auto& [app, txn] : snapshot.txns) change.txns.push_back(txn);
  change.table.newest_file_ms = files.newest_ms();
  change.table.table_id = snapshot.metadata.id;
  change.table.in_commit_timestamps = delta::InCommitTimestampsOn(snapshot.protocol, snapshot.metadata);
  change.table.removes_change_data = !snapshot.metadata.IsOn(delta::kAppendOnly);
  co_return change;
}

}  // namespace lakeferry::engine
