#include "engine/log/table_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/offload.h"
#include "base/digest.h"
#include "delta/commit_collector.h"
#include "delta/file_path.h"
#include "engine/log/near_bytes.h"
#include "engine/log/piece_reader.h"
#include "engine/log/read_text.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kDigestBytes = size_t{256} << 10;
constexpr size_t kCheckpointAttemptsMax = 4;

std::vector<delta::LogFile> LogFilesOf(const Listing& listing) {
  std::vector<delta::LogFile> files;
  files.reserve(listing.objects.size());
  for (const ObjectInfo& object : listing.objects) {
    files.push_back({.name = std::string(object.path.name()),
                     .size_bytes = object.size_bytes,
                     .modified = object.modified,
                     .etag = object.etag});
  }
  return files;
}

class SidecarNames : public delta::ActionSink {
 public:
  [[nodiscard]] bool wants_files() const override { return false; }
  Status OnSidecar(delta::Sidecar&& sidecar) override {
    found.push_back(std::move(sidecar));
    return {};
  }
  std::vector<delta::Sidecar> found;
};

std::unexpected<Error> NoTable(const Listing& root, std::string_view uri) {
  const bool has_log =
      std::ranges::any_of(root.folders, [](const ObjectPath& p) { return p.text() == delta::kLogFolder; });
  if (has_log) {
    return Fail(ErrorCode::kNotFound, "the table's log is empty: _delta_log holds no commit and no checkpoint",
                std::string(uri), "if the table was being created, wait for its first commit");
  }
  if (!root.objects.empty() || !root.folders.empty() || !root.links.empty()) {
    return Fail(ErrorCode::kNotFound, "this is not a Delta table: it has no _delta_log", std::string(uri),
                "check the path; CONVERT TO DELTA turns Parquet files into a table");
  }
  return Fail(ErrorCode::kNotFound, "there is no table here", std::string(uri),
              "check the path and that this machine sees the store it lies in");
}

}  // namespace

std::unexpected<Error> FailOfTable(Error error, std::string_view table, std::string_view uri) {
  // In quotes, because a path or a word may hold the name of a table too.
  if (error.message.find(fmt::format("'{}'", table)) == std::string::npos) {
    error.message = fmt::format("table '{}': {}", table, error.message);
  }
  if (error.where.empty()) error.where = uri;
  return std::unexpected(std::move(error));
}

ObjectPath TableLog::CommitPath(Version version) {
  return ObjectPath::Of(delta::kLogFolder) / delta::CommitName(version);
}

Task<Result<delta::LogListing>> TableLog::ListFrom(Call call, Version from) const {
  LF_CO_TRY(const Listing listing,
            co_await lakeferry::ListAll(call, *store_, ObjectPath::Of(delta::kLogFolder), delta::NameBefore(from)));
  co_return delta::SortOut(LogFilesOf(listing));
}

Task<Result<delta::LogListing>> TableLog::ListAll(Call call) const {
  LF_CO_TRY(const Listing listing, co_await lakeferry::ListAll(call, *store_, ObjectPath::Of(delta::kLogFolder)));
  delta::LogListing sorted = delta::SortOut(LogFilesOf(listing));
  if (!sorted.suspicious.empty()) {
    co_return Fail(ErrorCode::kCorruptLog,
                   fmt::format("the log holds '{}', which some engines take for a commit and others do not",
                               sorted.suspicious.front()),
                   std::string(store_->uri()), "find out who wrote it: whoever owns the table knows whether it can go");
  }
  if (!sorted.commits.empty() || !sorted.checkpoints.empty()) co_return sorted;
  LF_CO_TRY(const Listing root, co_await lakeferry::ListAll(call, *store_, ObjectPath()));
  co_return NoTable(root, store_->uri());
}

Task<Result<delta::Snapshot>> TableLog::Load(Call call, const delta::LogListing& listing,
                                             std::optional<Version> version) const {
  delta::NoFiles none;
  co_return co_await Load(call, listing, version, none);
}

Task<Result<delta::Snapshot>> TableLog::Load(Call call, const delta::LogListing& listing,
                                             std::optional<Version> version, delta::FileSink& files) const {
  if (!version) {
    LF_CO_TRY(version, delta::NewestVersion(listing));
    if (!version) co_return Fail(ErrorCode::kNotFound, "the log has no complete version", std::string(store_->uri()));
  }
  Error unreadable;
  for (size_t skip = 0; skip < kCheckpointAttemptsMax; ++skip) {
    Result<delta::LogSegment> segment = delta::LogSegment::Make(listing, *version, static_cast<int>(skip));
    if (!segment) {
      if (skip > 0) co_return std::unexpected(unreadable);
      co_return FailAt(std::move(segment).error(), std::string(store_->uri()));
    }
    const bool has_checkpoint = segment->checkpoint.has_value();
    if (skip > 0) files.Restart();
    Result<delta::Snapshot> snapshot = co_await LoadSegment(call, *std::move(segment), files);
    if (snapshot || !has_checkpoint || snapshot.error().code != ErrorCode::kCorruptLog) co_return snapshot;
    env_.log.Write(call, LogLevel::kWarning, "checkpoint unreadable, trying an older one",
                   {{"table", std::string(store_->uri())}, {"error", ToString(snapshot.error())}});
    unreadable = snapshot.error();
  }
  co_return std::unexpected(unreadable);
}

Task<Result<delta::Snapshot>> TableLog::LoadSegment(Call call, delta::LogSegment segment,
                                                    delta::FileSink& files) const {
  delta::LogReplay replay(files, env_.random.Next());
  const auto open = [this, &call](Version version) { return Open(call, version); };
  LF_CO_TRY_OK(co_await FeedCommits(call, env_, segment.commits, open, replay));
  if (segment.checkpoint) {
    Status loaded = co_await LoadCheckpoint(call, *segment.checkpoint, replay);
    // A checkpoint that is gone or unreadable is one case: another may do.
    if (!loaded && loaded.error().code == ErrorCode::kNotFound) {
      co_return Fail(ErrorCode::kCorruptLog,
                     fmt::format("a file of the checkpoint of version {} is gone", segment.checkpoint->version.value()),
                     loaded.error().where, "restore it, or the commits that the checkpoint stands for");
    }
    LF_CO_TRY_OK(std::move(loaded));
  }
  if (segment.commits.empty()) {
    // A checkpoint alone rebuilds the version; its time may stand in its own commit and nowhere else.
    delta::CommitInfoSink info;
    LF_CO_TRY_OK(co_await Feed(call, segment.version, info));
    replay.SetCommitInfo(std::move(info.found));
  }
  Result<delta::Snapshot> snapshot = std::move(replay).Finish(segment.version, segment.last_commit.modified);
  if (!snapshot) co_return FailAt(std::move(snapshot).error(), std::string(store_->uri()));
  co_return snapshot;
}

std::string TableLog::PlaceOf(Version version) const {
  return fmt::format("{}/{}", store_->uri(), CommitPath(version).text());
}

std::unexpected<Error> TableLog::CommitGone(Version version) const {
  return Fail(ErrorCode::kNotFound, fmt::format("version {} of the table is gone from its log", version.value()),
              PlaceOf(version), "log clean-up has overtaken the reader");
}

void TableLog::KeepCommits(Version after) {
  if (store_->traits().far) kept_ = std::make_shared<KeptCommits>(after);
}

Task<Result<OpenCommit>> TableLog::Open(Call call, Version version) const {
  const auto kept = kept_ ? kept_->Find(version) : std::nullopt;
  if (kept) {
    co_return OpenCommit{.object = std::make_unique<ReadText>(kept->info, kept->text), .where = PlaceOf(version)};
  }
  LF_CO_TRY(OpenCommit commit, co_await OpenInStore(call, version));
  if (!kept_ || !kept_->Wants(version, commit.object->size_bytes())) co_return commit;
  OpenObject& object = *commit.object;
  LF_CO_TRY(std::string text, co_await ReadAll(call, object));
  const auto shared = std::make_shared<const std::string>(std::move(text));
  kept_->Keep(version, {.info = object.info(), .text = shared});
  commit.object = std::make_unique<ReadText>(object.info(), shared);
  co_return commit;
}

Task<Result<OpenCommit>> TableLog::OpenInStore(Call call, Version version) const {
  Result<std::unique_ptr<OpenObject>> object = co_await store_->OpenFront(call, CommitPath(version), kPieceBytes);
  if (!object && object.error().code == ErrorCode::kNotFound) co_return CommitGone(version);
  LF_CO_TRY_OK(object);
  co_return OpenCommit{.object = *std::move(object), .where = PlaceOf(version)};
}

Task<Status> TableLog::LoadCheckpoint(Call call, const delta::CheckpointFiles& checkpoint,
                                      delta::LogReplay& replay) const {
  delta::ActionSink& sink = replay.BeginCheckpoint(checkpoint.version);
  for (const delta::LogFile& file : checkpoint.files) {
    const ObjectPath path = ObjectPath::Of(delta::kLogFolder) / file.name;
    LF_CO_TRY_OK(co_await ReadCheckpointFile(call, path, checkpoint.json, sink));
  }
  if (!sink.wants_files()) co_return Status{};  // a sidecar holds nothing else
  const std::vector<delta::Sidecar> sidecars = replay.sidecars();
  for (const delta::Sidecar& sidecar : sidecars) {
    LF_CO_TRY(const ObjectPath path, SidecarPath(sidecar));
    LF_CO_TRY_OK(co_await ReadCheckpointFile(call, path, false, sink));
  }
  co_return Status{};
}

Result<ObjectPath> TableLog::SidecarPath(const delta::Sidecar& sidecar) const {
  const bool absolute = delta::IsAbsolutePath(sidecar.path);
  Result<ObjectPath> object = delta::ResolveInTable(sidecar.path, store_->uri());
  if (object && absolute) return object;
  if (object) return ObjectPath::Of(delta::kSidecarFolder) / *object;
  Error error = std::move(object).error();
  error.code = ErrorCode::kCorruptLog;  // of this checkpoint: another may do
  return FailAt(std::move(error), std::string(store_->uri()));
}

Task<Result<std::vector<ObjectPath>>> TableLog::CheckpointObjects(Call call, delta::CheckpointFiles checkpoint) const {
  SidecarNames sidecars;
  std::vector<ObjectPath> top;
  for (const delta::LogFile& file : checkpoint.files) {
    const ObjectPath path = ObjectPath::Of(delta::kLogFolder) / file.name;
    LF_CO_TRY_OK(co_await ReadCheckpointFile(call, path, checkpoint.json, sidecars));
    top.push_back(path);
  }
  std::vector<ObjectPath> objects;
  for (const delta::Sidecar& sidecar : sidecars.found) {
    if (delta::IsAbsolutePath(sidecar.path)) {
      co_return Fail(ErrorCode::kUnsupportedTable,
                     fmt::format("the checkpoint of version {} refers to a sidecar by an absolute path: {}",
                                 checkpoint.version.value(), std::string_view(sidecar.path).substr(0, 400)),
                     std::string(store_->uri()), "a copy of it would read this store; write a checkpoint anew");
    }
    LF_CO_TRY(ObjectPath path, SidecarPath(sidecar));
    objects.push_back(std::move(path));
  }
  objects.insert(objects.end(), top.begin(), top.end());
  co_return objects;
}

Task<Status> TableLog::ReadCheckpointFile(Call call, ObjectPath path, bool json, delta::ActionSink& sink) const {
  std::string where = fmt::format("{}/{}", store_->uri(), path.text());
  LF_CO_TRY(std::unique_ptr<OpenObject> object, co_await store_->Open(call, path));
  if (json) co_return co_await FeedCommit(call, env_, {.object = std::move(object), .where = std::move(where)}, sink);
  OpenObject& opened = *object;
  LF_CO_TRY(const NearBytes bytes, co_await NearBytes::Of(call, env_, opened));
  auto read = [this, &sink, &where, &bytes] { return env_.checkpoints.Read(bytes.access(), where, sink); };
  co_return co_await Offload(env_.pool, read);
}

Task<Result<delta::Commit>> TableLog::ReadCommit(Call call, Version version) const {
  return ReadCommit(call, version, nullptr);
}

Task<Result<delta::Commit>> TableLog::ReadCommit(Call call, Version version, delta::ActionShelf* shelf) const {
  LF_CO_TRY(OpenCommit commit, co_await Open(call, version));
  co_return co_await ReadCommit(call, std::move(commit), shelf);
}

Task<Result<delta::Commit>> TableLog::ReadCommit(Call call, OpenCommit commit, delta::ActionShelf* shelf) const {
  const std::string where = commit.where;
  delta::CommitCollector collector(where, shelf);
  LF_CO_TRY_OK(co_await Feed(call, std::move(commit), collector));
  co_return std::move(collector).Finish();
}

Task<Status> TableLog::Feed(Call call, Version version, delta::ActionSink& sink) const {
  LF_CO_TRY(OpenCommit commit, co_await Open(call, version));
  co_return co_await Feed(call, std::move(commit), sink);
}

Task<Status> TableLog::Feed(Call call, OpenCommit commit, delta::ActionSink& sink) const {
  co_return co_await FeedCommit(call, env_, std::move(commit), sink);
}

Task<Result<std::string>> TableLog::CommitDigest(Call call, Version version) const {
  LF_CO_TRY(CommitName name, co_await NameCommit(std::move(call), version));
  co_return std::move(name.sha256);
}

Task<Result<TableLog::CommitName>> TableLog::NameCommit(Call call, Version version) const {
  LF_CO_TRY(const OpenCommit commit, co_await Open(call, version));
  const auto bytes = static_cast<size_t>(std::max<int64_t>(commit.object->size_bytes(), 0));
  std::vector<char> buffer(std::min(std::max<size_t>(bytes, 1), kDigestBytes));
  Sha256 digest;
  size_t have = 0;
  for (size_t read = 1; read > 0 && have < bytes; have += read) {
    LF_CO_TRY(read, co_await commit.object->Read(call, static_cast<int64_t>(have), buffer));
    digest.Update(std::string_view(buffer.data(), read));
  }
  co_return CommitName{.sha256 = digest.FinishHex(), .etag = commit.object->info().etag};
}

}  // namespace lakeferry::engine
