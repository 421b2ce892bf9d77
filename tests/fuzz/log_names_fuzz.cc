// Listings of a log folder: a name a line, the first byte of a line its size and time.
#include "delta/time_travel.h"
#include "tests/fuzz/fuzz_target.h"

namespace lakeferry::fuzz {
namespace {

using namespace delta;

void CheckSegment(const LogSegment& segment, Version version) {
  LF_CHECK(segment.version == version, "the segment is of the version asked for");
  std::optional<Version> before = segment.checkpoint ? std::optional(segment.checkpoint->version) : std::nullopt;
  for (const auto& [number, file] : segment.commits) {
    LF_CHECK(before ? number == before->Next() : number == Version(0), "commits follow one another");
    LF_CHECK(file.size_bytes > 0, "no commit is empty");
    before = number;
  }
  LF_CHECK(before == version, "the last commit is the version's");
}

void TryVersion(const LogListing& listing, Version version) {
  for (int skip = 0; skip < 3; ++skip) {
    const auto segment = LogSegment::Make(listing, version, skip);
    if (segment) CheckSegment(*segment, version);
  }
}

}  // namespace

void Try(std::string_view input) {
  std::vector<LogFile> files;
  for (size_t begin = 0; begin < input.size();) {
    const size_t end = std::min(input.find('\n', begin), input.size());
    if (end > begin) {
      const int64_t number = static_cast<signed char>(input[begin]);
      files.push_back({.name = std::string(input.substr(begin + 1, end - begin - 1)),
                       .size_bytes = number,
                       .modified = FromEpochMs(number)});
    }
    begin = end + 1;
  }
  for (const LogFile& file : files) {
    const ParsedLogName name = ParseLogName(file.name);
    LF_CHECK(name.version >= Version(0), "no version is negative");
    if (name.kind == LogFileKind::kCommit) LF_CHECK(CommitName(name.version) == file.name, "a commit's name is exact");
  }
  const LogListing listing = SortOut(std::move(files));
  const auto newest = NewestVersion(listing);
  if (newest && *newest) TryVersion(listing, **newest);
  TryVersion(listing, Version(-1));
  TryVersion(listing, Version(3));
  for (const auto& [version, file] : listing.commits) TryVersion(listing, version);
  if (!newest || !*newest) return;
  Snapshot latest;
  latest.version = **newest;
  for (const int64_t at : {-200, 0, 50, 200}) {
    const auto search = TimeTravel::Make(listing, latest, FromEpochMs(at));
    if (search) LF_CHECK(!search->Wanted(), "file times need no reading");
  }
}

}  // namespace lakeferry::fuzz
