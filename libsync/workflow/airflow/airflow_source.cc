#include "workflow/airflow/airflow_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "http/service/page_watch.h"

namespace lakeferry::airflow {
namespace {

// So often a list is read whose entries move between its pages.
constexpr int kActiveReadingsMax = 4;
// So many pages are read anew at each look; what fits into them is not kept from look to look.
constexpr size_t kPagesALook = 50;

bool GoesOn(const Error& error) { return IsTransient(error.code) || error.code == ErrorCode::kCancelled; }

// Of a list that was read in part: how far it came says whether there is too much of it.
std::unexpected<Error> Broken(Error error, const std::string& dag, const EndedRuns& ended) {
  error.message = fmt::format("{} of {} runs of DAG '{}' are read so far, and the next look goes on: {}",
                              ended.runs().size(), ended.total(), dag, error.message);
  return std::unexpected(std::move(error));
}

}  // namespace

// Pages are counted by entries: one that joins or leaves the list in between moves all others.
Task<Result<AirflowSource::Active>> AirflowSource::ListActiveOnce(Call call, std::string dag) {
  Active active;
  std::optional<int64_t> total;
  int64_t offset = 0;
  bool still = true;
  for (;;) {
    LF_CO_TRY(const DagRunsPage page, co_await api_.ListActive(call, dag, offset));
    if (std::cmp_greater(page.total, kListedRunsMax)) {
      co_return Fail(
          ErrorCode::kRefused,
          fmt::format("DAG '{}' has {} runs that are active or queued, more than {}", dag, page.total, kListedRunsMax),
          api_.where(), "see why they do not end");
    }
    still = still && total.value_or(page.total) == page.total;
    total = page.total;
    for (const DagEntry& entry : page.entries) active.entries.insert_or_assign(entry.id, entry.run);
    offset += static_cast<int64_t>(page.entries.size());
    if (page.entries.empty() || offset >= page.total) break;
  }
  active.whole = still && std::cmp_equal(active.entries.size(), *total);
  co_return active;
}

Task<Result<AirflowSource::Active>> AirflowSource::ListActive(Call call, std::string dag) {
  for (int reading = 0; reading < kActiveReadingsMax; ++reading) {
    LF_CO_TRY(Active active, co_await ListActiveOnce(call, dag));
    if (active.whole) co_return active;
  }
  co_return api_.WrongAnswer(
      fmt::format("its pages of runs of '{}' do not fit each other, or the list says of more "
                  "entries than it has",
                  dag));
}

// Those that are active first: one that ends meanwhile is in both lists, and none is in neither.
Task<Result<RunsById>> AirflowSource::Look(Call call, std::string dag, Kept& kept) {
  if (kept.resumed) co_return co_await LookOn(std::move(call), std::move(dag), kept);
  LF_CO_TRY(const Active active, co_await ListActive(call, dag));
  LF_CO_TRY_OK(co_await kept.ended.Read(call, api_));
  RunsById runs = kept.ended.runs();
  for (const auto& [id, run] : active.entries) {
    if (run) runs.emplace(id, *run);
  }
  co_return runs;
}

// What was read in an earlier look is old: what is active now, and what has ended since, counts in its place.
Task<Result<RunsById>> AirflowSource::LookOn(Call call, std::string dag, Kept& kept) {
  LF_CO_TRY_OK(co_await kept.ended.Read(call, api_));
  LF_CO_TRY(const Active active, co_await ListActive(call, dag));
  EndedRuns newest = kept.ended.Newest();
  const Status read = co_await newest.Read(call, api_);
  for (const auto& [id, run] : active.entries) kept.ended.Forget(id);
  if (newest.pages() > 0) kept.ended.Append(newest);
  LF_CO_TRY_OK(read);
  RunsById runs = kept.ended.runs();
  for (const auto& [id, run] : active.entries) {
    if (run) runs.emplace(id, *run);
  }
  co_return runs;
}

// Reads some of what is kept anew. Returns whether all of it was read in this look.
Task<Result<bool>> AirflowSource::Renew(Call call, std::string dag, Kept& kept) {
  if (!kept.anew) kept.anew.emplace(dag, kept.ended.from());
  const bool begins = kept.anew->pages() == 0;
  const Status read = co_await kept.anew->Read(std::move(call), api_, kPagesALook);
  if (!read && !GoesOn(read.error())) co_return std::unexpected(read.error());
  if (!read || !kept.anew->whole()) co_return false;
  kept.ended = *std::exchange(kept.anew, std::nullopt);
  co_return begins;
}

Task<Result<std::vector<Run>>> AirflowSource::RunsSince(Call call, std::string workflow, TimeMs since) {
  LF_CO_TRY_OK(co_await api_.Find(call));
  LF_CO_TRY_OK(co_await api_.CheckDag(call, workflow));
  // An end within a millisecond counts as the next, and is asked for by this one.
  const TimeMs from = std::max(TimeMs(), since - Millis(1));
  Kept kept{.ended = EndedRuns(workflow, from)};
  auto known = kept_.extract(workflow);
  if (!known.empty() && known.mapped().ended.from() == from) kept = std::move(known.mapped());
  const Result<RunsById> runs = co_await Look(call, workflow, kept);
  if (!runs && (!GoesOn(runs.error()) || kept.ended.pages() == 0)) co_return std::unexpected(runs.error());
  bool to_keep = !runs || kept.resumed || kept.ended.pages() > kPagesALook;
  if (runs && kept.resumed) {
    LF_CO_TRY(const bool all_anew, co_await Renew(call, workflow, kept));
    to_keep = !all_anew;
  }
  const auto broken = runs ? std::nullopt : std::optional(Broken(runs.error(), workflow, kept.ended));
  kept.resumed = true;
  if (to_keep) kept_.insert_or_assign(workflow, std::move(kept));
  if (broken) co_return *broken;
  std::vector<Run> all;
  for (const auto& [id, run] : *runs) {
    if (!run.end || *run.end >= since) all.push_back(run);
  }
  co_return all;
}

Task<Result<std::optional<TimeMs>>> AirflowSource::PresentTime(Call call) {
  LF_CO_TRY_OK(co_await api_.Find(call));
  LF_CO_TRY(const TimeMs time, co_await api_.PresentTime(std::move(call)));
  co_return std::optional(time);
}

std::string AirflowSource::HowToCorrect(const Run& run) const {
  if (!run.end) return fmt::format("if it is dead, mark run '{}' as failed in Airflow at {}", run.run_id, api_.where());
  return fmt::format("clear run '{}' in Airflow at {}, or let another one succeed", run.run_id, api_.where());
}

std::string AirflowSource::HowToEnter(const std::string& workflow) const {
  return fmt::format("let the DAG '{}' run once: its runs are asked for at {}", workflow, api_.where());
}

}  // namespace lakeferry::airflow
