// PlaceClaims: which groups of this process hold which places. What a group writes to, no other may: where tables are
// told by catalogs, the configuration does not show it, and what was apart yesterday is one place today.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "plan/group/root_overlap.h"

namespace lakeferry::engine {

class HeldPlaces;

// On the engine thread. Outlives everybody who holds places.
class PlaceClaims {
 public:
  PlaceClaims() = default;
  PlaceClaims(const PlaceClaims&) = delete;
  PlaceClaims& operator=(const PlaceClaims&) = delete;

 private:
  friend class HeldPlaces;
  using Index = std::multimap<std::string_view, const plan::Root*>;  // refers to what is held

  // As HeldPlaces::Take has it.
  Status Claim(const HeldPlaces* holder, std::vector<plan::Root> roots);
  void Release(const HeldPlaces* holder);
  [[nodiscard]] std::optional<plan::RootOverlap> FindMeeting(const plan::Root& root) const;

  std::map<const HeldPlaces*, std::vector<plan::Root>> held_;
  Index fronts_;  // by the place that each is
  Index within_;  // by each place that it is or lies in
};

// What one worker of a group holds, until it ends.
class HeldPlaces {
 public:
  // `claims`: null where nobody else works in this process.
  explicit HeldPlaces(PlaceClaims* claims) : claims_(claims) {}
  ~HeldPlaces() {
    if (claims_ != nullptr) claims_->Release(this);
  }
  HeldPlaces(const HeldPlaces&) = delete;
  HeldPlaces& operator=(const HeldPlaces&) = delete;

  // In place of what was held before. Roots without a place are left out. kRefused where another group holds one of
  // them, one that lies in it, or one that it lies in, with both groups and tables and the place; then what was held
  // stays held.
  [[nodiscard]] Status Take(std::vector<plan::Root> roots) {
    return claims_ == nullptr ? Status() : claims_->Claim(this, std::move(roots));
  }

 private:
  PlaceClaims* const claims_;
};

}  // namespace lakeferry::engine
