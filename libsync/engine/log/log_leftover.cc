#include "engine/log/log_leftover.h"

#include <fmt/format.h>

#include <algorithm>

#include "delta/log_path.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kNamesMax = 5;

// The newest version that a file other than a commit tells readers of; absent for one they give no meaning.
std::optional<Version> NewestToldBy(const std::string& name) {
  const delta::ParsedLogName parsed = delta::ParseLogName(name);
  switch (parsed.kind) {
    case delta::LogFileKind::kChecksum:
    case delta::LogFileKind::kCheckpoint:
    case delta::LogFileKind::kCheckpointPart:
    case delta::LogFileKind::kCheckpointV2: return parsed.version;
    case delta::LogFileKind::kCompacted: {
      // "N.M.compacted.json" stands for N to M; without "N." its name begins as that of commit M.
      const size_t second = name.find('.') + 1;
      return delta::ParseLogName(name.substr(second, name.find('.', second) - second) + ".json").version;
    }
    default: return std::nullopt;
  }
}

}  // namespace

std::vector<std::string> FilesBeyond(const delta::LogListing& listing, std::optional<Version> version) {
  std::vector<std::string> found;
  const auto look_at = [&](const std::string& name) {
    const std::optional<Version> newest = NewestToldBy(name);
    if (newest && (!version || *newest > *version)) found.push_back(name);
  };
  for (const auto& checksum : listing.checksums) look_at(checksum.second.name);
  for (const delta::CheckpointFiles& checkpoint : listing.checkpoints) {
    for (const delta::LogFile& file : checkpoint.files) look_at(file.name);
  }
  for (const std::string& name : listing.ignored) look_at(name);
  std::ranges::sort(found);
  return found;
}

std::string NamesOf(const std::vector<std::string>& files) {
  std::string names;
  for (size_t i = 0; i < std::min(files.size(), kNamesMax); ++i) {
    names += fmt::format("{}'{}'", i == 0 ? "" : ", ", files[i]);
  }
  if (files.size() > kNamesMax) names += fmt::format(" and {} more", files.size() - kNamesMax);
  return names;
}

std::string HowToDeleteFrom(Version version) {
  return fmt::format(
      "if nothing was built upon what was written, delete every log file of version {} and later (N.json, N.crc, "
      "N.checkpoint*, M.N.compacted.json, with the .NAME.crc that Hadoop keeps of each), and _last_checkpoint if it "
      "names one of them",
      version.value());
}

Status CheckNoneLeft(const std::vector<std::string>& files, std::optional<Version> head, std::string_view uri) {
  if (files.empty()) return {};
  if (!head) {
    return Fail(ErrorCode::kRefused,
                fmt::format("the target is not empty: its log holds {}, which is not ours", NamesOf(files)),
                std::string(uri), "name an empty target: what is there is not of this group");
  }
  return Fail(ErrorCode::kDiverged, fmt::format("somebody else has left {} in the replica's log", NamesOf(files)),
              std::string(uri),
              "readers would take that for ours: delete it, whatever else is left of the same versions (what Hadoop "
              "keeps of each, .NAME.crc, too), and _last_checkpoint if it names one of them");
}

Task<Result<std::optional<std::string>>> FindHadoopChecksum(Call call, ObjectStore& store, Version version) {
  // Hadoop keeps such beside files of this machine alone.
  if (store.traits().far) co_return std::nullopt;
  std::string name = fmt::format(".{}.crc", delta::CommitName(version));
  const Result<ObjectInfo> there = co_await store.Head(call, ObjectPath::Of(delta::kLogFolder) / name);
  if (there) co_return std::optional(std::move(name));
  if (there.error().code == ErrorCode::kNotFound) co_return std::nullopt;
  co_return std::unexpected(there.error());
}

}  // namespace lakeferry::engine
