// EndedRuns: the runs of one DAG that ended at or after an instant, read page by page in the order of their ends. A
// page begins where the last one ended, so that what joins or leaves the list meanwhile moves nothing, and a reading
// that was broken off goes on from there.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include "workflow/airflow/dag_runs_api.h"

namespace lakeferry::airflow {

using RunsById = std::map<std::string, Run>;

class EndedRuns {
 public:
  EndedRuns(std::string dag, TimeMs from) : dag_(std::move(dag)), from_(from), bound_(from) {}

  // On to the end, of no more than that many pages; those before it stay whatever comes of it. One call at a time.
  //   errors of DagRunsApi::ListEnded
  //   kCorruptData   its pages do not fit each other however often they are read, or are not what was asked for
  //   kRefused       for more than kListedRunsMax
  Task<Status> Read(Call call, DagRunsApi& api, size_t pages_max = std::numeric_limits<size_t>::max());

  // Another reading of the end of the list, from somewhat before where this one has come to: an end is known a little
  // later than it was.
  [[nodiscard]] EndedRuns Newest() const;
  // Takes over what `newest` has read, and goes on from there.
  void Append(const EndedRuns& newest);
  // One that is active again.
  void Forget(const std::string& id) { runs_.erase(id); }

  [[nodiscard]] const RunsById& runs() const { return runs_; }
  [[nodiscard]] TimeMs from() const { return from_; }
  [[nodiscard]] bool whole() const { return whole_; }  // up to the end of the list, as it was then
  [[nodiscard]] size_t pages() const { return pages_; }
  [[nodiscard]] int64_t total() const { return total_; }  // as the first page told it

 private:
  [[nodiscard]] Status CheckSize(const DagRunsApi& api, const DagRunsPage& page);
  [[nodiscard]] Status Take(const DagRunsApi& api, const DagRunsPage& page);
  void Turn(const DagRunsPage& page);

  std::string dag_;
  TimeMs from_;
  TimeMs bound_;                           // from where the next page is asked for
  int64_t offset_ = 0;                     // so many entries on, where more ended in that millisecond than a page has
  std::optional<int64_t> total_of_bound_;  // of entries from there on, where a page of them was read
  int readings_ = 0;                       // of the same entries
  size_t barren_ = 0;                      // pages in a row without a run that is new
  RunsById runs_;
  bool whole_ = false;
  size_t pages_ = 0;
  int64_t total_ = 0;
};

}  // namespace lakeferry::airflow
