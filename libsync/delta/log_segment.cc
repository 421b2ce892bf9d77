#include "delta/log_segment.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace lakeferry::delta {
namespace {

using Commits = std::vector<std::pair<Version, LogFile>>;

std::unexpected<Error> BrokenLog(int invariant, std::string what, std::string where) {
  return Fail(ErrorCode::kCorruptLog, fmt::format("{} (log rule {})", what, invariant), std::move(where),
              "list the log again; if it stays so, restore the missing objects of _delta_log");
}

std::unexpected<Error> NoSuchVersion(Version version, std::string_view why) {
  return Fail(ErrorCode::kNotFound, fmt::format("the table has no version {}: {}", version.value(), why),
              CommitName(version), "ask for a version that its log holds; without one the newest is taken");
}

// The order in which checkpoints are preferred, best last.
auto Rank(const CheckpointFiles& checkpoint) {
  const int kind = checkpoint.kind == LogFileKind::kCheckpoint       ? 0
                   : checkpoint.kind == LogFileKind::kCheckpointPart ? 1
                                                                     : 2;
  return std::make_tuple(checkpoint.version, kind, checkpoint.files.size(),
                         std::string_view(checkpoint.files.front().name));
}

// Parts by (version, number of parts), each set in the order of its parts.
using PartSets = std::map<std::pair<Version, int32_t>, std::map<int32_t, LogFile>>;

void KeepComplete(PartSets sets, LogListing& listing) {
  for (auto& [key, files] : sets) {
    const bool complete = std::cmp_equal(files.size(), key.second);
    CheckpointFiles checkpoint{.version = key.first, .kind = LogFileKind::kCheckpointPart};
    for (auto& [part, file] : files) {
      if (complete) {
        checkpoint.files.push_back(std::move(file));
      } else {
        listing.ignored.push_back(std::move(file.name));
      }
    }
    if (complete) listing.checkpoints.push_back(std::move(checkpoint));
  }
}

// Where the run of commits without a gap that ends with `last` begins.
Commits::const_iterator RunBegin(Commits::const_iterator first, Commits::const_iterator last) {
  while (last != first && std::prev(last)->first.Next() == last->first) --last;
  return last;
}

Commits::const_iterator FindCommit(const Commits& commits, Version version) {
  const auto at = std::ranges::lower_bound(commits, version, {}, [](const auto& commit) { return commit.first; });
  return at != commits.end() && at->first == version ? at : commits.end();
}

// Why `version`, whose own commit is not listed, cannot be rebuilt.
std::unexpected<Error> MissingCommit(const LogListing& listing, Version version) {
  const auto at = [&](const CheckpointFiles& checkpoint) { return checkpoint.version == version; };
  const auto later = [&](const CheckpointFiles& checkpoint) { return checkpoint.version > version; };
  if (version < Version(0)) return Fail(ErrorCode::kNotFound, "a table has no negative versions");
  if (std::ranges::any_of(listing.checkpoints, at)) {
    return BrokenLog(2, "the log holds a checkpoint but not the commit of its version", CommitName(version));
  }
  if (std::ranges::any_of(listing.checkpoints, later)) return NoSuchVersion(version, "its log was cleaned up");
  if (listing.commits.empty() || version > listing.commits.back().first) {
    return NoSuchVersion(version, "it is not written yet");
  }
  return BrokenLog(1, "a commit is missing between others", CommitName(version));
}

// Why there is no base for the run of commits that begins with `first` and should lead to `version`.
std::unexpected<Error> MissingBase(const LogListing& listing, Version version, Commits::const_iterator first,
                                   int skip) {
  const auto later = [&](const CheckpointFiles& checkpoint) { return checkpoint.version > version; };
  if (skip > 0) return NoSuchVersion(version, "no readable checkpoint is left to rebuild it from");
  if (std::ranges::any_of(listing.checkpoints, later)) return NoSuchVersion(version, "its log was cleaned up");
  const std::string missing = CommitName(first->first.Previous());
  if (first != listing.commits.begin()) return BrokenLog(1, "a commit is missing between others", missing);
  return BrokenLog(3, "the log begins after version 0 and has no checkpoint to begin from", missing);
}

}  // namespace

LogListing SortOut(std::vector<LogFile> files) {
  std::ranges::sort(files, {}, &LogFile::name);
  const auto repeated = std::ranges::unique(files, {}, &LogFile::name);
  files.erase(repeated.begin(), repeated.end());
  LogListing listing;
  PartSets sets;
  for (LogFile& file : files) {
    const ParsedLogName name = ParseLogName(file.name);
    const bool empty = file.size_bytes <= 0;
    switch (name.kind) {
      case LogFileKind::kCommit: listing.commits.emplace_back(name.version, std::move(file)); break;
      case LogFileKind::kChecksum: listing.checksums.emplace_back(name.version, std::move(file)); break;
      case LogFileKind::kSuspicious: listing.suspicious.push_back(std::move(file.name)); break;
      case LogFileKind::kLastCheckpoint: break;
      case LogFileKind::kCheckpoint:
      case LogFileKind::kCheckpointV2:
        if (empty) {
          listing.ignored.push_back(std::move(file.name));
        } else {
          listing.checkpoints.push_back(
              {.version = name.version, .kind = name.kind, .files = {std::move(file)}, .json = name.json});
        }
        break;
      case LogFileKind::kCheckpointPart:
        if (empty) {
          listing.ignored.push_back(std::move(file.name));
        } else {
          sets[{name.version, name.parts}].emplace(name.part, std::move(file));
        }
        break;
      case LogFileKind::kCompacted:
      case LogFileKind::kIgnored: listing.ignored.push_back(std::move(file.name)); break;
    }
  }
  KeepComplete(std::move(sets), listing);
  std::ranges::sort(listing.checkpoints, [](const auto& a, const auto& b) { return Rank(a) < Rank(b); });
  return listing;
}

Result<std::optional<Version>> NewestVersion(const LogListing& listing) {
  if (listing.commits.empty() && listing.checkpoints.empty()) return std::optional<Version>();
  if (!listing.checkpoints.empty()) {
    const Version newest = listing.checkpoints.back().version;
    if (listing.commits.empty() || listing.commits.back().first < newest) return MissingCommit(listing, newest);
  }
  const Version version = listing.commits.back().first;
  LF_TRY_OK(LogSegment::Make(listing, version));
  return std::optional<Version>(version);
}

Result<LogSegment> LogSegment::Make(const LogListing& listing, Version version, int skip) {
  const auto last = FindCommit(listing.commits, version);
  if (last == listing.commits.end()) return MissingCommit(listing, version);
  LogSegment segment{.version = version, .last_commit = last->second};

  const auto after = std::ranges::upper_bound(listing.checkpoints, version, {}, &CheckpointFiles::version);
  const auto candidates = after - listing.checkpoints.begin();
  if (skip > candidates) return NoSuchVersion(version, "no readable checkpoint is left to rebuild it from");
  if (skip < candidates) segment.checkpoint = *(after - 1 - skip);

  const auto run = RunBegin(listing.commits.begin(), last);
  const Version first_needed = segment.checkpoint ? segment.checkpoint->version.Next() : Version(0);
  if (run->first > first_needed) return MissingBase(listing, version, run, skip);
  const auto first = run + (first_needed.value() - run->first.value());
  segment.commits.assign(first, last + 1);
  for (const auto& [number, file] : segment.commits) {
    if (file.size_bytes <= 0) return BrokenLog(5, "a commit is empty", file.name);
  }
  return segment;
}

}  // namespace lakeferry::delta
