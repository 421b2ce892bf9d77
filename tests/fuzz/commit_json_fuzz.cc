// Commit texts. What can be read is written again and must read as the same.
#include <algorithm>
#include <optional>
#include <string>

#include "delta/commit_json.h"
#include "delta/line_mender.h"
#include "delta/log_replay.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {
namespace {

using delta::Commit;

std::string Rewritten(const Commit& commit) {
  std::string text;
  const auto put = [&text](const auto& action) { text += ToLine(action) + "\n"; };
  if (commit.protocol) put(*commit.protocol);
  if (commit.metadata) put(*commit.metadata);
  for (const auto& add : commit.adds) put(add);
  for (const auto& remove : commit.removes) put(remove);
  for (const auto& cdc : commit.cdc) put(cdc);
  for (const auto& txn : commit.txns) put(txn);
  for (const auto& domain : commit.domains) put(domain);
  return text;
}

// Without the texts that have no name of ours: those of very long names are left out.
std::optional<delta::CommitInfo> Gist(std::optional<delta::CommitInfo> info) {
  if (info) info->other_strings.clear();
  return info;
}

bool Same(const Commit& a, const Commit& b) {
  return a.adds == b.adds && a.removes == b.removes && a.cdc == b.cdc && a.txns == b.txns && a.domains == b.domains &&
         a.protocol == b.protocol && a.metadata == b.metadata && Gist(a.commit_info) == Gist(b.commit_info);
}

// Each line in pieces through what makes long lines short; absent where it refuses one.
std::optional<std::string> Mended(std::string_view input, size_t piece) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  std::string text;
  while (!input.empty()) {
    std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), line.size() + 1));
    if (line.starts_with(kMark)) line.remove_prefix(kMark.size());
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    delta::LineMender mender;
    for (; !line.empty(); line.remove_prefix(std::min(line.size(), piece))) mender.Read(line.substr(0, piece));
    auto mended = std::move(mender).Finish();
    if (!mended) return std::nullopt;
    text += *mended + "\n";
  }
  return text;
}

// What is read is read the same without what nobody reads.
void TryMended(std::string_view input, const Result<Commit>& commit) {
  for (const size_t piece : {size_t{1}, size_t{5}, input.size() + 1}) {
    const auto text = Mended(input, piece);
    if (!text) {
      LF_CHECK(!commit, "what is read can be mended");
      continue;
    }
    const auto again = delta::ParseCommit(*text, kWhere);
    LF_CHECK(!commit || (again && Same(*again, *commit)), "what was mended reads as the same");
  }
}

}  // namespace

void Try(std::string_view input) {
  const auto commit = delta::ParseCommit(input, kWhere);
  delta::FileTotals files;
  delta::LogReplay replay(files, 1);
  const auto applied = ReadActions(input, kWhere, replay.BeginCommit(std::string(kWhere)));
  // A replay also refuses two live files of one path, which a commit alone may hold.
  LF_CHECK(commit.has_value() || !applied, "both readers of commits agree");
  TryMended(input, commit);
  if (!commit) return;
  const std::string text = Rewritten(*commit);
  if (text.empty()) return;
  const auto again = delta::ParseCommit(text, kWhere);
  LF_CHECK(again.has_value(), "what was written can be read");
  LF_CHECK(again->adds == commit->adds && again->removes == commit->removes && again->cdc == commit->cdc &&
               again->txns == commit->txns && again->domains == commit->domains &&
               again->protocol == commit->protocol && again->metadata == commit->metadata,
           "what was written reads as the same");
}

}  // namespace lakeferry::fuzz
