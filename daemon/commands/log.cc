#include <fmt/format.h>

#include "daemon/commands/commands.h"
#include "daemon/commands/table_uri.h"
#include "daemon/output/snapshot_output.h"
#include "daemon/wiring/log_sink.h"
#include "engine/log/table_log.h"
#include "engine/log/version_at.h"

namespace lakeferry {
namespace {

// No version is counted from the newest back.
Status CheckVersion(std::optional<int64_t> version) {
  if (!version || *version >= 0) return {};
  return Fail(ErrorCode::kInvalidArgument, fmt::format("no table has a version {}: the first is 0", *version),
              "--version", "leave --version away for the newest version, which is told with what the table holds");
}

Task<Result<delta::Snapshot>> LoadSnapshot(Call call, const engine::Environment& env, std::string uri,
                                           LogOptions options, std::optional<TimeMs> at, FileTally& files) {
  std::optional<Version> version = options.version ? std::optional(Version(*options.version)) : std::nullopt;
  LF_CO_TRY(std::shared_ptr<ObjectStore> store, env.stores.Open({.uri = uri, .right = StoreRight::kReadSource}));
  const engine::TableLog log(std::move(store), env);
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll(call));
  if (at) {
    LF_CO_TRY(const delta::CommitTime commit, co_await engine::VersionAt(call, log, listing, *at));
    version = commit.version;
  }
  LF_CO_TRY(delta::Snapshot snapshot, co_await log.Load(call, listing, version, files));
  co_return snapshot;
}

}  // namespace

Result<int> RunLog(Invocation& invocation, const LogOptions& options) {
  LF_TRY_OK(CheckVersion(options.version));
  LF_TRY(const std::string uri, TableUri(options.table_uri));
  std::optional<TimeMs> at;
  if (!options.timestamp.empty()) {
    const auto time = ParseTime(options.timestamp);
    if (!time) return FailAt(time.error(), "--timestamp");
    at = *time;
  }
  LogSink log(CommandLog(invocation, Config{}));
  const std::unique_ptr<Wiring> wiring = Wiring::WithoutState(log);
  FileTally files(options.files);
  LF_TRY(const delta::Snapshot snapshot, wiring->Run(LoadSnapshot({}, wiring->env(), uri, options, at, files)));
  const SnapshotReport report{.table_uri = uri, .snapshot = &snapshot, .files = &files, .with_files = options.files};
  invocation.options.json ? WriteJson(invocation.out, report) : WriteText(invocation.out, report);
  return kExitDone;
}

}  // namespace lakeferry
