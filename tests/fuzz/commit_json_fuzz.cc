// Commit texts. What can be read is written again and must read as the same.
#include "delta/commit_json.h"
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

}  // namespace

void Try(std::string_view input) {
  const auto commit = delta::ParseCommit(input, kWhere);
  delta::FileTotals files;
  delta::LogReplay replay(files, 1);
  const auto applied = ReadActions(input, kWhere, replay.BeginCommit(std::string(kWhere)));
  // A replay also refuses two live files of one path, which a commit alone may hold.
  LF_CHECK(commit.has_value() || !applied, "both readers of commits agree");
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
