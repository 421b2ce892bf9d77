// PlaceClaims: which groups of this process hold which places. What a group writes to, no other may: where tables are
// told by catalogs, the configuration does not show it, and what was apart yesterday is one place today.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
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

  // How many roots are it, and how many of each holder, in the order of holders, are it or lie in it. The folders above
  // tables are those of thousands of them: each is there once.
  struct Users {
    size_t fronts = 0;
    std::vector<std::pair<const HeldPlaces*, size_t>> within;
  };
  using Places = std::map<std::string, Users, std::less<>>;
  // A root, with its place as entries of places_.
  struct HeldRoot {
    plan::RootKind kind;
    std::string table;
    std::string uri;
    std::vector<Places::value_type*> place;
  };
  struct Holding {
    std::string group;
    std::vector<HeldRoot> roots;
  };

  // As HeldPlaces::Take has it.
  Status Claim(const HeldPlaces* holder, std::vector<plan::Root> roots);
  void Hold(const HeldPlaces* holder, std::vector<plan::Root> roots);
  void Release(const HeldPlaces* holder);
  [[nodiscard]] static bool IsSame(const Holding& held, const std::vector<plan::Root>& roots);
  [[nodiscard]] static plan::Root RootOf(const Holding& holding, const HeldRoot& held);
  [[nodiscard]] std::optional<plan::RootOverlap> FindMeeting(const plan::Root& root) const;
  // The first root of another group that `place` is, or lies around, and that the root must be apart from.
  [[nodiscard]] std::optional<plan::Root> FindOuter(const plan::Root& root, const Places::value_type& place) const;
  [[nodiscard]] std::optional<plan::Root> FindInner(const plan::Root& root, const Places::value_type& place) const;

  std::map<const HeldPlaces*, Holding> held_;
  Places places_;  // what somebody holds, and all that it lies in
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

  // In place of what was held before. All are of one group. Roots without a place are left out. kRefused where another
  // group holds one of them, one that lies in it, or one that it lies in, with both groups and tables and the place;
  // then what was held stays held.
  [[nodiscard]] Status Take(std::vector<plan::Root> roots) {
    return claims_ == nullptr ? Status() : claims_->Claim(this, std::move(roots));
  }

 private:
  PlaceClaims* const claims_;
};

}  // namespace lakeferry::engine
