#include "engine/group/book_meter.h"

#include "base/saturated.h"

namespace lakeferry::engine {
namespace {

constexpr Millis kSaveEvery{30'000};

}  // namespace

void BookMeter::Begin(int64_t files, int64_t bytes) {
  book_.record().progress = {.files = 0, .files_total = files, .bytes = 0, .bytes_total = bytes};
  book_.record().resumed_bytes = 0;
  saved_ = env_.clock.Monotonic();
}

Task<void> BookMeter::Note(Call call, int64_t files, int64_t bytes) {
  GroupRecord& record = book_.record();
  record.progress.files += files;
  record.progress.bytes += bytes;
  const Millis now = env_.clock.Monotonic();
  if (now - saved_ < kSaveEvery) co_return;
  saved_ = now;
  record.alive = env_.clock.WallTime();
  const Status saved = co_await book_.Save(call);
  if (!saved) env_.log.Write(call, LogLevel::kWarning, "progress not saved", {{"error", ToString(saved.error())}});
}

void BookMeter::NoteResumed(int64_t bytes) {
  int64_t& sum = book_.record().resumed_bytes;
  sum = AddSaturated(sum, bytes);
}

}  // namespace lakeferry::engine
