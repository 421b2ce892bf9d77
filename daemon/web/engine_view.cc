#include "daemon/web/engine_view.h"

#include <fmt/format.h>

#include "daemon/output/lines.h"

namespace lakeferry::web {
namespace {

// A thread that takes up no work for so long hangs.
constexpr Millis kEngineSilentMax{15'000};
constexpr int kNamedMax = 5;

bool LookedAt(const engine::ReplicatorSnapshot& snapshot, const GroupRecord& record) {
  const bool at_work = record.progress.files_total + record.progress.bytes_total > 0;
  return at_work || snapshot.counters.contains(record.group);
}

}  // namespace

QueueDepths QueuesOf(const EngineView& view) {
  return {.copies = view.snapshot.copies_waiting,
          .passes = view.snapshot.passes_waiting,
          .requests = view.requests_waiting};
}

std::string WhyNotReady(const EngineView& view, Millis now) {
  if (!view.known) return "the engine has not answered yet";
  if (now - view.taken > kEngineSilentMax) {
    return fmt::format("the engine has not answered for {}", FormatDuration(now - view.taken));
  }
  std::string names;
  int missing = 0;
  for (const GroupRecord& record : view.snapshot.groups) {
    if (LookedAt(view.snapshot, record)) continue;
    if (++missing <= kNamedMax) names += (names.empty() ? "" : ", ") + LineOf(record.group);
  }
  if (missing == 0) return {};
  return fmt::format("{} of {} groups not looked at yet: {}{}", missing, view.snapshot.groups.size(), names,
                     missing > kNamedMax ? ", …" : "");
}

}  // namespace lakeferry::web
