// What stops an epoch at the receiver, in words, and which of it is answered with a refusal. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "delta/live_set.h"
#include "engine/apply/replica_table.h"
#include "plan/rules/epoch_needs.h"

namespace lakeferry::engine {

// Errors that the receiver answers with a refusal: trying again can do nothing, staging anew can.
[[nodiscard]] bool CallsForRestaging(ErrorCode code);

// Nothing has been committed: the sender can make it good.
[[nodiscard]] Error WithRefusal(Error error);

// A log may hold the epoch already: it can only be completed, and nobody stages what it lacks again.
[[nodiscard]] Error BeyondRefusal(Error error);

// An object that the epoch builds upon is gone from the replica at `uri`: kCorruptData.
[[nodiscard]] std::unexpected<Error> LostAtTarget(const std::string& table, const ObjectPath& object,
                                                  std::string_view uri);

// Whose fault it can be that a replica would come to something else than the epoch says.
enum class Difference : uint8_t {
  kOfTheEpoch,   // it is a whole table: nothing else has a part in it
  kInDoubt,      // what the epoch says was carried: a writer may have told a wrong size
  kOfTheChange,  // by replays both logs were the same before it, and are not with it
  kProven,       // by replays both logs are not the same
};

// The replica would come to `here` with the epoch: kDiverged where the logs are not the same, else kCorruptData.
[[nodiscard]] std::unexpected<Error> Differs(const plan::ManifestTable& table, const delta::LiveSet& here, Epoch epoch,
                                             const ObjectStore& target, Difference difference);

// Whether a clone that stands at `head` can take what the parts hold: kCorruptData where a table is to be made and its
// protocol or metaData is not there, and where rows would take millions of empty commits.
[[nodiscard]] Status CheckNeeds(const plan::ManifestTable& table, const plan::EpochNeeds& needs,
                                const ReplicaHead& head);

}  // namespace lakeferry::engine
