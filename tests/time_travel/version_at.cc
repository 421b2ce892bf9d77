// Answers which version of a table on this machine was the current one at given instants. Reads lines "FOLDER INSTANT…"
// (instants in epoch milliseconds, separated by tabs) and prints a line of answers for each: "VERSION@TIME", "none" for
// an instant before the first commit, "error" with the message where there is no answer.
#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "base/bytes_access.h"
#include "delta/time_travel.h"
#include "parquet/arrow_checkpoint_reader.h"
#include "tests/support/snapshot_builder.h"

namespace lakeferry::delta {
namespace {

using std::filesystem::path;

Result<std::string> ReadFile(const path& name) {
  std::ifstream file(name, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return Fail(ErrorCode::kNotFound, "cannot read a file", name.string());
  return text;
}

LogListing List(const path& log) {
  std::vector<LogFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(log)) {
    struct ::stat status{};
    if (!entry.is_regular_file() || ::stat(entry.path().c_str(), &status) != 0) continue;
    const int64_t ms = status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1'000'000;
    files.push_back({.name = entry.path().filename(), .size_bytes = status.st_size, .modified = FromEpochMs(ms)});
  }
  return SortOut(std::move(files));
}

Result<Snapshot> LoadNewest(const path& log, const LogListing& listing) {
  LF_TRY(const auto version, NewestVersion(listing));
  if (!version) return Fail(ErrorCode::kNotFound, "no table", log.string());
  LF_TRY(const LogSegment segment, LogSegment::Make(listing, *version));
  SnapshotBuilder builder;
  if (segment.checkpoint) {
    for (const LogFile& file : segment.checkpoint->files) {
      LF_TRY(std::string bytes, ReadFile(log / file.name));
      LF_TRY_OK(segment.checkpoint->json ? builder.AddCheckpointFile(bytes, file.name)
                                         : parquet::ArrowCheckpointReader().Read(BytesAccess(std::move(bytes)),
                                                                                 file.name, builder.checkpoint_sink()));
    }
  }
  if (segment.commits.empty()) {
    LF_TRY(const std::string text, ReadFile(log / CommitName(*version)));
    LF_TRY_OK(builder.ReadCommitInfo(text, CommitName(*version)));
  }
  for (const auto& [number, file] : segment.commits) {
    LF_TRY(const std::string text, ReadFile(log / file.name));
    LF_TRY_OK(builder.ApplyCommit(number, text, file.name));
  }
  return std::move(builder).Finish(*version, segment.last_commit.modified);
}

Result<TimeMs> OwnTime(const path& log, Version version) {
  LF_TRY(const std::string text, ReadFile(log / CommitName(version)));
  LF_TRY(const Commit commit, ParseCommit(text, CommitName(version)));
  if (commit.commit_info && commit.commit_info->in_commit_timestamp)
    return FromEpochMs(*commit.commit_info->in_commit_timestamp);
  return Fail(ErrorCode::kCorruptLog, "a commit lacks its in-commit timestamp", CommitName(version));
}

Result<std::string> Answer(const path& log, const LogListing& listing, const Snapshot& latest, int64_t at) {
  LF_TRY(TimeTravel search, TimeTravel::Make(listing, latest, FromEpochMs(at)));
  while (const auto wanted = search.Wanted()) {
    LF_TRY(const TimeMs time, OwnTime(log, *wanted));
    search.Tell(time);
  }
  const auto& found = search.Answer();
  if (!found) return "none";
  return fmt::format("{}@{}", found->version.value(), ToEpochMs(found->time));
}

void AnswerLine(const std::string& line) {
  std::istringstream words(line);
  std::string folder;
  std::getline(words, folder, '\t');
  const path log = path(folder) / kLogFolder;
  const LogListing listing = List(log);
  const auto latest = LoadNewest(log, listing);
  for (std::string instant; std::getline(words, instant, '\t');) {
    const auto answer = latest ? Answer(log, listing, *latest, std::stoll(instant))
                               : Result<std::string>(std::unexpected(latest.error()));
    std::cout << (answer ? *answer : "error " + ToString(answer.error())) << '\t';
  }
  std::cout << '\n';
}

}  // namespace
}  // namespace lakeferry::delta

int main() {
  for (std::string line; std::getline(std::cin, line);) lakeferry::delta::AnswerLine(line);
  return 0;
}
