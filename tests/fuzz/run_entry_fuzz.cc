// What `runs add` is given, one option a line: workflow, run id, start, end, state. A run that is taken has a name, and
// times that can be told.
#include <algorithm>

#include "daemon/config/run_entry.h"
#include "daemon/config/text_bytes.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {
namespace {

std::string NextLine(std::string_view& input) {
  const size_t end = std::min(input.find('\n'), input.size());
  const std::string line(input.substr(0, end));
  input.remove_prefix(std::min(end + 1, input.size()));
  return line;
}

}  // namespace

void Try(std::string_view input) {
  const TimeMs now = FromEpochMs(1'795'000'000'000);
  RunEntry entry;
  for (std::string* field : {&entry.workflow, &entry.run_id, &entry.start, &entry.end, &entry.state}) {
    *field = NextLine(input);
  }
  const Result<Run> run = ReadRunEntry(entry, now);
  if (!run) return;
  LF_CHECK(!run->workflow.empty() && !run->run_id.empty(), "a run has a name");
  if (!CheckRunTimes(*run, now, Millis(1'000))) return;
  LF_CHECK(!run->end || *run->end >= run->start, "a run ends after it began");
  static_cast<void>(FormatUtc(run->start));
}

}  // namespace lakeferry::fuzz
