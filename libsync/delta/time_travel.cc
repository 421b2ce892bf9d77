#include "delta/time_travel.h"

#include <algorithm>

#include "base/check.h"

namespace lakeferry::delta {

Result<Version> EarliestRebuildable(const LogListing& listing) {
  const auto nothing = [](const char* why) {
    return Fail(ErrorCode::kNotFound, why, std::string(kLogFolder),
                "restore the missing objects of _delta_log, or have the table's engine write a checkpoint");
  };
  if (listing.commits.empty()) return nothing("the log holds no commit, and so no time of any");
  const Version first = listing.commits.front().first;
  if (first == Version(0)) return first;
  // Delta takes the newest checkpoint it met when it meets a commit, so the first commit that has one behind it.
  auto checkpoint = listing.checkpoints.begin();
  std::optional<Version> newest;
  for (const auto& [version, file] : listing.commits) {
    for (; checkpoint != listing.checkpoints.end() && checkpoint->version <= version; ++checkpoint)
      newest = checkpoint->version;
    if (newest && *newest >= first.Previous()) return *newest;
  }
  if (checkpoint != listing.checkpoints.end()) return listing.checkpoints.back().version;
  return nothing("the log begins after version 0 and has no checkpoint to begin from");
}

Result<TimeTravel> TimeTravel::Make(const LogListing& listing, const Snapshot& latest, TimeMs at) {
  LF_TRY(const Version earliest, EarliestRebuildable(listing));
  LF_TRY(const auto era, InCommitEraOf(latest.protocol, latest.metadata, earliest));
  TimeTravel search(at);
  if (!era) {
    search.SearchFileTimes(listing, earliest, latest.version.Next());
  } else if (era->from_time > at) {
    // Before the first of them that is left, nothing can be told.
    if (era->from_version > earliest) search.SearchFileTimes(listing, earliest, era->from_version);
  } else if (latest.timestamp <= at) {
    search.best_ = CommitTime{.version = latest.version, .time = latest.timestamp};
  } else {
    const Version from = std::max(earliest, era->from_version);
    for (const auto& [version, file] : listing.commits) {
      if (version >= from && version < latest.version) search.candidates_.push_back(version);
    }
    search.high_ = search.candidates_.size();
  }
  return search;
}

void TimeTravel::SearchFileTimes(const LogListing& listing, Version from, Version to) {
  std::vector<CommitTime> commits;
  for (const auto& [version, file] : listing.commits) {
    if (version >= from && version < to) commits.push_back({.version = version, .time = file.modified});
  }
  best_ = NewestInRange(std::move(commits), from, to, at_);
}

std::optional<Version> TimeTravel::Wanted() const {
  if (low_ == high_) return std::nullopt;
  return candidates_[low_ + (high_ - low_) / 2];
}

void TimeTravel::Tell(TimeMs in_commit_time) {
  LF_CHECK(low_ < high_, "a time is told only where one is wanted");
  const size_t middle = low_ + (high_ - low_) / 2;
  if (in_commit_time <= at_) {
    best_ = CommitTime{.version = candidates_[middle], .time = in_commit_time};
    low_ = middle + 1;
  } else {
    high_ = middle;
  }
}

const std::optional<CommitTime>& TimeTravel::Answer() const {
  LF_CHECK(low_ == high_, "the answer is asked for once it is known");
  return best_;
}

}  // namespace lakeferry::delta
