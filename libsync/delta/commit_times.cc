#include "delta/commit_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace lakeferry::delta {
namespace {

// Delta lists that many commits at a time, and makes times monotonic within each such list only.
constexpr int64_t kCommitsAListing = 1000;

constexpr std::string_view kEnabled = "delta.enableInCommitTimestamps";
constexpr std::string_view kSinceVersion = "delta.inCommitTimestampEnablementVersion";
constexpr std::string_view kSinceTime = "delta.inCommitTimestampEnablementTimestamp";

std::optional<int64_t> ReadInt(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<CommitTime> LastAtOrBefore(const std::vector<CommitTime>& commits, TimeMs at) {
  const auto after = std::ranges::upper_bound(commits, at, {}, &CommitTime::time);
  if (after == commits.begin()) return std::nullopt;
  return *std::prev(after);
}

// The best commit of each listing, as Delta keeps them: the last one at or before `at`, else the first.
std::vector<CommitTime> BestOfEachListing(const std::vector<CommitTime>& commits, int64_t start, TimeMs at) {
  std::vector<CommitTime> best;
  for (auto first = commits.begin(); first != commits.end();) {
    const int64_t listing = (first->version.value() - start) / kCommitsAListing;
    const auto last = std::find_if(first, commits.end(), [&](const CommitTime& commit) {
      return (commit.version.value() - start) / kCommitsAListing != listing;
    });
    std::vector<CommitTime> chunk(first, last);
    MakeMonotonic(chunk);
    best.push_back(LastAtOrBefore(chunk, at).value_or(chunk.front()));
    first = last;
  }
  return best;
}

}  // namespace

void MakeMonotonic(std::vector<CommitTime>& commits) {
  for (size_t i = 1; i < commits.size(); ++i) {
    const TimeMs before = commits[i - 1].time;
    if (commits[i].time <= before) commits[i].time = before + Millis(1);
  }
}

bool InCommitTimestampsOn(const Protocol& protocol, const Metadata& metadata) {
  const auto& features = protocol.writer_features;
  const bool supported = features && std::ranges::find(*features, "inCommitTimestamp") != features->end();
  return supported && metadata.IsOn(kEnabled);
}

Result<std::optional<InCommitEra>> InCommitEraOf(const Protocol& protocol, const Metadata& latest, Version earliest) {
  if (!InCommitTimestampsOn(protocol, latest)) return std::optional<InCommitEra>();
  const auto version = latest.Property(kSinceVersion);
  const auto time = latest.Property(kSinceTime);
  if (!version && !time) return std::optional(InCommitEra{.from_version = earliest, .from_time = FromEpochMs(-1)});
  const auto version_number = version ? ReadInt(*version) : std::nullopt;
  const auto time_number = time ? ReadInt(*time) : std::nullopt;
  if (!version_number || !time_number) {
    return Fail(ErrorCode::kCorruptLog,
                fmt::format("of the table properties {} and {} one is missing or no number", kSinceVersion, kSinceTime),
                latest.id, "turn delta.enableInCommitTimestamps off and on again");
  }
  return std::optional(InCommitEra{.from_version = Version(*version_number), .from_time = FromEpochMs(*time_number)});
}

std::optional<CommitTime> NewestAtOrBefore(std::vector<CommitTime> commits, TimeMs at) {
  if (commits.empty()) return std::nullopt;
  const Version from = commits.front().version;
  const Version to = commits.back().version.Next();
  return NewestInRange(std::move(commits), from, to, at);
}

std::optional<CommitTime> NewestInRange(std::vector<CommitTime> commits, Version from, Version to, TimeMs at) {
  if (to.value() - from.value() > 2 * kCommitsAListing) commits = BestOfEachListing(commits, from.value(), at);
  MakeMonotonic(commits);
  return LastAtOrBefore(commits, at);
}

}  // namespace lakeferry::delta
