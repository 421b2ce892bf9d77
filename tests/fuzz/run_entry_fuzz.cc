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
  const Result<Run> read = ReadRunEntry(entry, now);
  if (!read) return;
  LF_CHECK(!read->workflow.empty() && !read->run_id.empty(), "a run has a name");
  const Result<Run> run = WithCheckedTimes(*read, now, Millis(1'000));
  if (!run) return;
  LF_CHECK(run->latest_end() == read->latest_end(), "it may have ended as late as was told");
  LF_CHECK(!run->end || *run->end >= run->start, "a run ends after it began");
  static_cast<void>(FormatUtc(run->start));
}

}  // namespace lakeferry::fuzz
