#include "engine/log/version_at.h"

#include <fmt/format.h>

namespace lakeferry::engine {
namespace {

Task<Result<TimeMs>> OwnTime(Call call, const TableLog& log, Version version) {
  delta::CommitInfoSink info;
  LF_CO_TRY_OK(co_await log.Feed(call, version, info));
  if (info.found && info.found->in_commit_timestamp) {
    co_return FromEpochMs(*info.found->in_commit_timestamp);
  }
  co_return Fail(ErrorCode::kCorruptLog, "the table has in-commit timestamps, but a commit holds none",
                 fmt::format("{}/{}", log.store().uri(), TableLog::CommitPath(version).text()),
                 "ask for a version instead of a time");
}

}  // namespace

Task<Result<delta::CommitTime>> VersionAt(Call call, const TableLog& log, const delta::LogListing& listing, TimeMs at) {
  LF_CO_TRY(const delta::Snapshot latest, co_await log.Load(call, listing, std::nullopt));
  Result<delta::TimeTravel> search = delta::TimeTravel::Make(listing, latest, at);
  if (!search) co_return FailAt(std::move(search).error(), std::string(log.store().uri()));
  while (const auto wanted = search->Wanted()) {
    LF_CO_TRY(const TimeMs time, co_await OwnTime(call, log, *wanted));
    search->Tell(time);
  }
  if (search->Answer()) co_return *search->Answer();
  co_return Fail(ErrorCode::kNotFound, "the table has no version at or before " + FormatUtc(at),
                 std::string(log.store().uri()),
                 "give a later time; versions whose commits were cleaned away are gone");
}

}  // namespace lakeferry::engine
