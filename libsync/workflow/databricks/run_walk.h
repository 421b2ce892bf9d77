// RunWalk: the runs of one job, read page by page. What was read before the time was over is kept, and the next look
// goes on from there, so that a job with any number of runs is read to its end sometime.
#pragma once

#include <map>
#include <optional>
#include <string>

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
  // call is read anew from `overlap` before that call on.
  //   errors of JobsApi::ListRuns; those that are transient say how many runs were read, and the same question goes on
  //   kCorruptData, kRefused   as PageWatch finds them
  Task<Result<RunsById>> Read(Call call, int64_t job, std::optional<TimeMs> from, Millis overlap);

 private:
  struct Begun {
    RunsQuery query;  // with the page that comes next
    RunsById runs = {};
    PageWatch watch = {};
    TimeMs at = {};        // when it began
    bool ended = false;    // there is no page left
    bool resumed = false;  // it goes on from an earlier call
  };
  Task<Status> ReadPages(Call call, Begun& begun);
  Task<Status> ReadAll(Call call, Begun& begun, Millis overlap);

  JobsApi& api_;
  const Clock& clock_;
  std::optional<Begun> kept_;
};

}  // namespace lakeferry::databricks
