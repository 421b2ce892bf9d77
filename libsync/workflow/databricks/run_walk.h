// RunWalk: the runs of one job, read page by page. What was read before the time was over is kept, and the next look
// goes on from there, so that a job with any number of runs is read to its end sometime. Of a job with very many runs
// all that was read is kept from look to look: each then reads the newest runs and those that are active, and some
// pages of the others anew, so that a repair that fell between two looks is seen some looks later.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "http/service/page_watch.h"
#include "workflow/databricks/jobs_api.h"

namespace lakeferry::databricks {

using RunsById = std::map<int64_t, JobRun>;

class RunWalk {
 public:
  // `api` and `clock` outlive it.
  RunWalk(JobsApi& api, const Clock& clock) : api_(api), clock_(clock) {}

  // Every run of the job that started at or after `from` (absent: all), and those that are active whenever they
  // started. One that ended while this was read is there as active. One call at a time. What was read in an earlier
  // call is read anew from `overlap` before the last call on.
  //   errors of JobsApi::ListRuns; those that are transient say how many runs were read, and the same question goes on
  //   kCorruptData, kRefused   as PageWatch finds them
  Task<Result<RunsById>> Read(Call call, int64_t job, std::optional<TimeMs> from, Millis overlap);
  // Those that started up to `to`, the newest of them: as many as some pages hold. Errors as above.
  Task<Result<RunsById>> ReadOlder(Call call, int64_t job, TimeMs to);

 private:
  struct Begun {
    RunsQuery query;  // with the page that comes next
    RunsById runs = {};
    PageWatch watch = {};
    TimeMs at = {};  // when the last call began, which had all that was new
    size_t pages = 0;
    bool ended = false;    // there is no page left
    bool resumed = false;  // it goes on from an earlier call
  };
  // What is kept from call to call.
  struct Kept {
    Begun begun;
    std::optional<Begun> anew = {};  // takes its place once it has come to the end
  };
  Task<Status> ReadPages(Call call, Begun& begun, size_t pages_max);
  Task<Status> ReadAll(Call call, Begun& begun, Millis overlap);
  Task<Status> AskForStale(Call call, std::vector<int64_t> stale, Begun& begun);
  Task<Result<bool>> Renew(Call call, Kept& kept);

  JobsApi& api_;
  const Clock& clock_;
  std::optional<Kept> kept_;
};

}  // namespace lakeferry::databricks
