#include "plan/document/apply_journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace lakeferry::plan {
namespace {

// Takes the text up to the next space.
std::string_view TakeWord(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word;
}

std::unexpected<Error> Unreadable() {
  return Fail(ErrorCode::kCorruptData, "the journal of the epoch under way cannot be read", {},
              "move the metadata store away: it is rebuilt from staging, receipts and tables, but for runs entered by "
              "hand: keep it until those are entered again");
}

Result<int64_t> Number(std::string_view word) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error == std::errc() && end == word.data() + word.size()) return value;
  return Unreadable();
}

// What stands behind the numbers: a line each.
Result<std::vector<JournaledTarget>> Targets(std::string_view text) {
  std::vector<JournaledTarget> targets;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    const size_t tab = line.find('\t');
    if (end == std::string_view::npos || tab == 0 || tab == std::string_view::npos || tab + 1 == line.size()) {
      return Unreadable();
    }
    targets.push_back({.table = std::string(line.substr(0, tab)), .uri = std::string(line.substr(tab + 1))});
    text.remove_prefix(end + 1);
  }
  return targets;
}

}  // namespace

std::string WriteJournal(const ApplyJournal& journal) {
  std::string text =
      fmt::format("{} {} {}", journal.epoch.value(), journal.manifest_sha256, ToEpochMs(journal.timestamp));
  if (!journal.targets.empty()) text += ' ';
  for (const JournaledTarget& target : journal.targets) text += fmt::format("{}\t{}\n", target.table, target.uri);
  return text;
}

Result<ApplyJournal> ReadJournal(std::string_view text) {
  ApplyJournal journal;
  LF_TRY(const int64_t epoch, Number(TakeWord(text)));
  journal.epoch = Epoch(epoch);
  journal.manifest_sha256 = TakeWord(text);
  LF_TRY(const int64_t timestamp, Number(TakeWord(text)));
  journal.timestamp = FromEpochMs(timestamp);
  LF_TRY(journal.targets, Targets(text));
  return journal;
}

}  // namespace lakeferry::plan
