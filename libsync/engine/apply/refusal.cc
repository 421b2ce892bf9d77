#include "engine/apply/refusal.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/rules/start_anew.h"

namespace lakeferry::engine {
namespace {

// A clone takes as many empty versions as its source's rows are ahead of it: more are no table's, and a disk of files.
constexpr int64_t kReservedVersionsMax = 10'000'000;

}  // namespace

bool CallsForRestaging(ErrorCode code) { return code == ErrorCode::kCorruptData; }

Error WithRefusal(Error error) {
  if (error.remedy.empty()) error.remedy = "the epoch is refused; the sender stages the change again with its next cut";
  return error;
}

Error BeyondRefusal(Error error) {
  if (!CallsForRestaging(error.code)) return error;
  error.remedy = fmt::format(
      "a journaled epoch is not refused any more: restore what is named, and it goes on by itself (a data file may be "
      "put at its place at the replica instead); where nobody has it, {}",
      plan::kStartAnew);
  return error;
}

std::unexpected<Error> LostAtTarget(const std::string& table, const ObjectPath& object, std::string_view uri) {
  return Fail(ErrorCode::kCorruptData,
              fmt::format("table '{}': the replica has lost an object that the epoch builds upon", table),
              fmt::format("{}/{}", uri, object.text()),
              "find out who deletes from the replica; the sender stages the whole table with its next cut");
}

std::unexpected<Error> Differs(const plan::ManifestTable& table, const delta::LiveSet& here, Epoch epoch,
                               const ObjectStore& target, Difference difference) {
  if (difference == Difference::kOfTheEpoch) {
    return Fail(ErrorCode::kCorruptData,
                fmt::format("table '{}': the files of epoch {} come to {}, and its manifest says {}", table.name,
                            epoch.value(), ToString(here), ToString(table.live_set)),
                std::string(target.uri()));
  }
  if (difference == Difference::kInDoubt) {
    return Fail(ErrorCode::kCorruptData,
                fmt::format("table '{}': with epoch {} the replica would hold {}, and the source's commits tell of {}",
                            table.name, epoch.value(), ToString(here), ToString(table.live_set)),
                std::string(target.uri()),
                "nothing was committed; the sender replays the log of the source for its next epoch, and where that "
                "comes to the same as the replica, the group goes on");
  }
  if (difference == Difference::kOfTheChange) {
    return Fail(
        ErrorCode::kCorruptData,
        fmt::format("table '{}': what epoch {} changes would come to {} in the replica, and in the source to {}",
                    table.name, epoch.value(), ToString(here), ToString(table.live_set)),
        std::string(target.uri()), "nothing was committed; the sender stages the whole table with its next cut");
  }
  return Fail(
      ErrorCode::kDiverged,
      fmt::format("table '{}': with epoch {} the replica would hold {}, and the source holds {}", table.name,
                  epoch.value(), ToString(here), ToString(table.live_set)),
      std::string(target.uri()),
      fmt::format("nothing of the epoch was committed; `lakeferry verify` tells whether the replica is what was "
                  "sent, `lakeferry verify --source` at the sender whether the source still is: put back the log "
                  "that was changed, or move the target away, and the table is copied anew; or {}",
                  plan::kStartAnew));
}

Status CheckNeeds(const plan::ManifestTable& table, const plan::EpochNeeds& needs, const ReplicaHead& head) {
  const bool whole = needs.protocol && needs.metadata;
  if (!head.version && !whole) {
    return Fail(ErrorCode::kCorruptData, "the manifest of a whole table holds no protocol or no metaData");
  }
  const int64_t row_commit = std::min(needs.newest_row_commit, table.source_version.value());
  const int64_t ahead = row_commit - head.version.value_or(Version(0)).value();
  if (ahead <= kReservedVersionsMax) return {};
  return Fail(ErrorCode::kCorruptData,
              fmt::format("rows of the epoch bear version {}, and the replica would need {} empty commits to have it",
                          row_commit, ahead));
}

}  // namespace lakeferry::engine
