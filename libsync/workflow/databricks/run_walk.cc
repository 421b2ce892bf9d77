#include "workflow/databricks/run_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace lakeferry::databricks {
namespace {

constexpr size_t kAllPages = std::numeric_limits<size_t>::max();
// So many pages are read anew at each call; what fits into them is not kept from call to call.
constexpr size_t kPagesACall = 50;
// So many are read of those that began long ago.
constexpr size_t kOlderPages = 20;
// The clocks of this machine and of the workspace differ by less.
constexpr Millis kOverlapMin = std::chrono::hours(1);

// Of the list, not of an answer: what it says names the job.
Error OfList(Error error, int64_t job, const std::string& where) {
  error.message = fmt::format("the runs of job {} cannot be read: {}", job, error.message);
  if (error.where.empty()) error.where = where;
  if (error.code == ErrorCode::kRefused) error.remedy = "let a cut be made sooner: force_sync_after, or a success";
  if (error.remedy.empty()) error.remedy = "see what answers at this address";
  return error;
}

bool GoesOn(const Error& error) { return IsTransient(error.code) || error.code == ErrorCode::kCancelled; }

bool IsOpen(const JobRun& run) { return run.phase == Phase::kActive || run.phase == Phase::kQueued; }

// Of runs that began anew after the list `anew` had told of them: what is known of them since.
void CarryOver(const RunsById& known, RunsById& anew) {
  for (const auto& [id, run] : known) {
    const auto told = anew.find(id);
    const bool later = told != anew.end() && told->second.end && run.end > told->second.end;
    if (IsOpen(run) || later) anew.insert_or_assign(id, run);
  }
}

}  // namespace

Task<Status> RunWalk::ReadPages(Call call, Begun& begun, size_t pages_max) {
  for (size_t i = 0; i < pages_max && !begun.ended; ++i) {
    LF_CO_TRY(const RunsPage page, co_await api_.ListRuns(call, begun.query));
    size_t fresh = 0;
    for (const JobRun& run : page.runs) fresh += begun.runs.insert_or_assign(run.id, run).second ? 1 : 0;
    ++begun.pages;
    begun.query.page = page.next;
    begun.ended = page.next.empty();
    const Status turned = begun.watch.Turn(fresh, page.next);
    if (!turned) co_return std::unexpected(OfList(turned.error(), begun.query.job, api_.where()));
  }
  co_return Status();
}

// Runs that had not ended when they were read, and are neither new nor active now.
Task<Status> RunWalk::AskForStale(Call call, std::vector<int64_t> stale, Begun& begun) {
  for (const int64_t id : stale) {
    LF_CO_TRY(const std::optional<JobRun> found, co_await api_.FindRun(call, id));
    if (found) begun.runs.insert_or_assign(id, *found);
    if (!found) begun.runs.erase(id);
  }
  co_return Status();
}

Task<Status> RunWalk::ReadAll(Call call, Begun& begun, Millis overlap) {
  const TimeMs now = clock_.WallTime();
  LF_CO_TRY_OK(co_await ReadPages(call, begun, kAllPages));
  RunsById newer;
  if (begun.resumed) {  // what the first pages said is old
    Begun newest{.query = {.job = begun.query.job, .from = begun.at - std::max(overlap, kOverlapMin)}};
    LF_CO_TRY_OK(co_await ReadPages(call, newest, kAllPages));
    newer = std::move(newest.runs);
  }
  // Last, so that a run that ends meanwhile is taken for one that goes on, and none that begins anew is missed.
  Begun active{.query = {.job = begun.query.job, .active_only = true}};
  LF_CO_TRY_OK(co_await ReadPages(call, active, kAllPages));
  for (const auto& [id, run] : active.runs) newer.insert_or_assign(id, run);
  std::vector<int64_t> stale;
  for (const auto& [id, run] : begun.runs) {
    if (begun.resumed && IsOpen(run) && !newer.contains(id)) stale.push_back(id);
  }
  LF_CO_TRY_OK(co_await AskForStale(call, std::move(stale), begun));
  for (const auto& [id, run] : newer) begun.runs.insert_or_assign(id, run);
  if (begun.resumed) begun.at = now;
  co_return Status();
}

// Reads some of what is kept anew. Returns whether all of it was read in this call.
Task<Result<bool>> RunWalk::Renew(Call call, Kept& kept) {
  const RunsQuery& query = kept.begun.query;
  if (!kept.anew) {
    kept.anew = Begun{.query = {.job = query.job, .from = query.from}, .at = clock_.WallTime(), .resumed = true};
  }
  const bool begins = kept.anew->pages == 0;
  const Status read = co_await ReadPages(std::move(call), *kept.anew, kPagesACall);
  const bool forgotten = !read && read.error().code == ErrorCode::kInvalidArgument;  // where this stood in the list
  if (forgotten) kept.anew.reset();
  if (!read && !forgotten && !GoesOn(read.error())) co_return std::unexpected(read.error());
  if (!read || !kept.anew->ended) co_return false;
  CarryOver(kept.begun.runs, kept.anew->runs);
  kept.begun = *std::exchange(kept.anew, std::nullopt);
  co_return begins;
}

Task<Result<RunsById>> RunWalk::Read(Call call, int64_t job, std::optional<TimeMs> from, Millis overlap) {
  std::optional<Kept> kept = std::exchange(kept_, std::nullopt);
  if (!kept || kept->begun.query.job != job || kept->begun.query.from != from) {
    kept = Kept{.begun = {.query = {.job = job, .from = from}, .at = clock_.WallTime()}};
  }
  Begun& begun = kept->begun;
  Status read = co_await ReadAll(call, begun, overlap);
  if (read) {
    RunsById runs = begun.runs;
    bool to_keep = begun.resumed || begun.pages > kPagesACall;
    if (begun.resumed) {
      LF_CO_TRY(const bool all_anew, co_await Renew(call, *kept));
      to_keep = !all_anew;
    }
    kept->begun.resumed = true;
    if (to_keep) kept_ = std::move(kept);
    co_return runs;
  }
  Error error = std::move(read).error();
  // A page may be asked for again; what is wrong with a list is so from its beginning.
  if (!GoesOn(error) || begun.runs.empty()) co_return std::unexpected(std::move(error));
  error.message = fmt::format("{} runs of job {} are read so far, and the next look goes on: {}", begun.runs.size(),
                              job, error.message);
  begun.resumed = true;
  kept_ = std::move(kept);
  co_return std::unexpected(std::move(error));
}

Task<Result<RunsById>> RunWalk::ReadOlder(Call call, int64_t job, TimeMs to) {
  Begun older{.query = {.job = job, .to = to}};
  LF_CO_TRY_OK(co_await ReadPages(std::move(call), older, kOlderPages));
  co_return std::move(older.runs);
}

}  // namespace lakeferry::databricks
