// The ten storage rules of the design, each as one function over the facts and the event that has just happened. An
// answer is a violation, in words.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "tests/sim/world/facts.h"

namespace lakeferry::sim {

using Finding = std::optional<std::string>;

Finding CheckAtomicGroup(const Facts& facts, const Event& event);       // 1
Finding CheckOnlyFinishedWork(const Facts& facts, const Event& event);  // 2
Finding CheckNeverBackwards(const Facts& facts, const Event& event);    // 3
Finding CheckReadable(const Facts& facts, const Event& event);          // 4
Finding CheckNothingLost(const Facts& facts, const Event& event);       // 5
Finding CheckOneWriter(const Facts& facts, const Event& event);         // 6
Finding CheckIdempotent(const Facts& facts, const Event& event);        // 7
Finding CheckArrivedWhole(const Facts& facts, const Event& event);      // 8
Finding CheckWalls(const Facts& facts, const Event& event);             // 9
Finding CheckNoSilentGap(const Facts& facts, const Event& event);       // 10

// Of rule 8: what a new manifest says of each table's live files.
Finding CheckLiveSets(const Facts& facts, const Event& event);

struct StorageRule {
  int number;
  std::string_view name;
  Finding (*check)(const Facts&, const Event&);
};

inline constexpr std::array<StorageRule, 10> kStorageRules{{
    {1, "atomic group", CheckAtomicGroup},
    {2, "only finished work", CheckOnlyFinishedWork},
    {3, "never backwards", CheckNeverBackwards},
    {4, "readable at every instant", CheckReadable},
    {5, "nothing lost", CheckNothingLost},
    {6, "one writer", CheckOneWriter},
    {7, "idempotent", CheckIdempotent},
    {8, "what arrives is what left", CheckArrivedWhole},
    {9, "walls", CheckWalls},
    {10, "no silent gap", CheckNoSilentGap},
}};

}  // namespace lakeferry::sim
