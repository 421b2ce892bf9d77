// GroupSender, as far as it tells what it would do.
#include "engine/change/read_change.h"
#include "engine/send/group_sender.h"

namespace lakeferry::engine {

Task<Result<PlanReport>> GroupSender::Plan(Call call) {
  LF_CO_TRY_OK(co_await Prepare(call, StoreRight::kReadStaging));
  LF_CO_TRY_OK(co_await FindPosition(call));
  LF_CO_TRY(CutMaker::Candidates seen, co_await Candidates(call));
  LF_CO_TRY(const CutOutcome found, co_await FindCut(call, std::move(seen)));
  PlanReport report{
      .group = spec_.name, .time = env_.clock.WallTime(), .cut = {}, .reason = found.reason, .tables = {}};
  if (!found.cut) co_return report;
  report.cut = CutSummary{.time = found.cut->cut.time,
                          .run_ids = found.cut->cut.run_ids,
                          .atomic = found.cut->cut.atomic,
                          .evidence = found.cut->evidence};
  for (const TableCut& table : found.cut->tables) {
    LF_CO_TRY(const TableChange change, co_await ReadChange(call, env_, table, spec_.mode));
    TablePlan line{.table = table.scan.spec.name,
                   .from_version = change.table.base_version,
                   .to_version = table.version,
                   .files = change.files.files(),
                   .bytes = change.files.bytes()};
    if (const auto& forecast = change.files.forecast()) {
      line.files_may_vanish = forecast->from;
      line.vanishing_files = forecast->files;
    }
    report.tables.push_back(std::move(line));
  }
  co_return report;
}

}  // namespace lakeferry::engine
