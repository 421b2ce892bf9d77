#include "workflow/airflow/ended_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "http/service/page_watch.h"

namespace lakeferry::airflow {
namespace {

// So often the same entries are read that move between their pages.
constexpr int kEntryReadingsMax = 4;
// Such pages in a row come to no end.
constexpr size_t kBarrenPagesMax = 50;
// An end counts from before the scheduler has written it down.
constexpr Millis kWrittenWithin{60'000};
// An end within a millisecond counts as the next, and is asked for by this one.
constexpr Millis kRounding{1};

std::optional<TimeMs> LastEnd(const DagRunsPage& page) {
  std::optional<TimeMs> last;
  for (const DagEntry& entry : page.entries) {
    if (entry.run && entry.run->end) last = entry.run->end;
  }
  return last;
}

}  // namespace

Status EndedRuns::CheckSize(const DagRunsApi& api, const DagRunsPage& page) {
  if (pages_ == 0) total_ = page.total;
  const size_t runs = std::max(static_cast<size_t>(total_), runs_.size());
  if (runs <= kListedRunsMax) return {};
  return Fail(ErrorCode::kRefused,
              fmt::format("DAG '{}' has {} runs to look at, more than {}", dag_, runs, kListedRunsMax), api.where(),
              "let a cut be made sooner: force_sync_after, or a success");
}

Status EndedRuns::Take(const DagRunsApi& api, const DagRunsPage& page) {
  TimeMs last = bound_;
  const size_t before = runs_.size();
  for (const DagEntry& entry : page.entries) {
    if (!entry.run) Forget(entry.id);
    if (!entry.run) continue;
    if (entry.run->end && *entry.run->end < last) {
      return api.WrongAnswer(fmt::format("run '{}' does not stand in the order of ends that was asked for", entry.id));
    }
    last = entry.run->end.value_or(last);
    runs_.insert_or_assign(entry.id, *entry.run);
  }
  barren_ = runs_.size() > before ? 0 : barren_ + 1;
  if (barren_ > kBarrenPagesMax) return api.WrongAnswer("its pages have no end and say nothing new");
  return {};
}

void EndedRuns::Turn(const DagRunsPage& page) {
  const int64_t read = offset_ + static_cast<int64_t>(page.entries.size());
  whole_ = read >= page.total;
  total_of_bound_ = page.total;
  const std::optional<TimeMs> last = LastEnd(page);
  if (!last || *last - kRounding <= bound_) {
    offset_ = read;
    return;
  }
  bound_ = *last - kRounding;
  offset_ = 0;
  total_of_bound_.reset();
  readings_ = 0;
}

Task<Status> EndedRuns::Read(Call call, DagRunsApi& api, size_t pages_max) {
  for (size_t i = 0; i < pages_max && !whole_; ++i) {
    LF_CO_TRY(const DagRunsPage page, co_await api.ListEnded(call, dag_, bound_, offset_));
    LF_CO_TRY_OK(CheckSize(api, page));
    ++pages_;
    const bool moved = offset_ > 0 && total_of_bound_.value_or(page.total) != page.total;
    const bool missing = page.entries.empty() && offset_ < page.total;
    if (!moved && !missing) {
      LF_CO_TRY_OK(Take(api, page));
      Turn(page);
      continue;
    }
    if (++readings_ == kEntryReadingsMax) {
      co_return api.WrongAnswer(
          fmt::format("its pages of runs of '{}' do not fit each other, or the list says of more "
                      "entries than it has",
                      dag_));
    }
    offset_ = 0;
    total_of_bound_.reset();
  }
  co_return Status();
}

EndedRuns EndedRuns::Newest() const { return EndedRuns(dag_, std::max(from_, bound_ - kWrittenWithin)); }

void EndedRuns::Append(const EndedRuns& newest) {
  for (const auto& [id, run] : newest.runs_) runs_.insert_or_assign(id, run);
  bound_ = newest.bound_;
  offset_ = newest.offset_;
  total_of_bound_ = newest.total_of_bound_;
  readings_ = newest.readings_;
  whole_ = newest.whole_;
  pages_ += newest.pages_;
}

}  // namespace lakeferry::airflow
