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

Result<int64_t> Number(std::string_view word) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error == std::errc() && end == word.data() + word.size()) return value;
  return Fail(ErrorCode::kCorruptData, "the journal of the epoch under way cannot be read", {},
              "move the metadata store away: it is rebuilt from staging, receipts and tables, but for runs entered by "
              "hand: keep it until those are entered again");
}

}  // namespace

std::string WriteJournal(const ApplyJournal& journal) {
  return fmt::format("{} {} {}", journal.epoch.value(), journal.manifest_sha256, ToEpochMs(journal.timestamp));
}

Result<ApplyJournal> ReadJournal(std::string_view text) {
  ApplyJournal journal;
  LF_TRY(const int64_t epoch, Number(TakeWord(text)));
  journal.epoch = Epoch(epoch);
  journal.manifest_sha256 = TakeWord(text);
  LF_TRY(const int64_t timestamp, Number(TakeWord(text)));
  journal.timestamp = FromEpochMs(timestamp);
  return journal;
}

}  // namespace lakeferry::plan
