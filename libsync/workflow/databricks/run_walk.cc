#include "workflow/databricks/run_walk.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry::databricks {
namespace {

// Of the list, not of an answer: what it says names the job.
Error OfList(Error error, int64_t job, const std::string& where) {
  error.message = fmt::format("the runs of job {} cannot be read: {}", job, error.message);
  if (error.where.empty()) error.where = where;
  if (error.code == ErrorCode::kRefused) error.remedy = "let a cut be made sooner: force_sync_after, or a success";
  if (error.remedy.empty()) error.remedy = "see what answers at this address";
  return error;
}

}  // namespace

Task<Status> RunWalk::ReadPages(Call call, Begun& begun) {
  while (!begun.ended) {
    LF_CO_TRY(const RunsPage page, co_await api_.ListRuns(call, begun.query));
    size_t fresh = 0;
    for (const JobRun& run : page.runs) fresh += begun.runs.insert_or_assign(run.id, run).second ? 1 : 0;
    begun.query.page = page.next;
    begun.ended = page.next.empty();
    const Status turned = begun.watch.Turn(fresh, page.next);
    if (!turned) co_return std::unexpected(OfList(turned.error(), begun.query.job, api_.where()));
  }
  co_return Status();
}

Task<Status> RunWalk::ReadAll(Call call, Begun& begun, Millis overlap) {
  LF_CO_TRY_OK(co_await ReadPages(call, begun));
  if (begun.resumed) {  // what the first pages said is old
    Begun newest{.query = {.job = begun.query.job, .from = begun.at - overlap}};
    LF_CO_TRY_OK(co_await ReadPages(call, newest));
    for (const auto& [id, run] : newest.runs) begun.runs.insert_or_assign(id, run);
  }
  // Last, so that a run that ends meanwhile is taken for one that goes on, and none that begins anew is missed.
  Begun active{.query = {.job = begun.query.job, .active_only = true}};
  LF_CO_TRY_OK(co_await ReadPages(call, active));
  for (const auto& [id, run] : active.runs) begun.runs.insert_or_assign(id, run);
  co_return Status();
}

Task<Result<RunsById>> RunWalk::Read(Call call, int64_t job, std::optional<TimeMs> from, Millis overlap) {
  std::optional<Begun> begun = std::exchange(kept_, std::nullopt);
  if (!begun || begun->query.job != job || begun->query.from != from) {
    begun = Begun{.query = {.job = job, .from = from}, .at = clock_.WallTime()};
  }
  Status read = co_await ReadAll(std::move(call), *begun, overlap);
  if (read) co_return std::move(begun->runs);
  Error error = std::move(read).error();
  // A page may be asked for again; what is wrong with a list is so from its beginning.
  const bool goes_on = IsTransient(error.code) || error.code == ErrorCode::kCancelled;
  if (!goes_on || begun->runs.empty()) co_return std::unexpected(std::move(error));
  error.message = fmt::format("{} runs of job {} are read so far, and the next look goes on: {}", begun->runs.size(),
                              job, error.message);
  begun->resumed = true;
  kept_ = std::move(begun);
  co_return std::unexpected(std::move(error));
}

}  // namespace lakeferry::databricks
