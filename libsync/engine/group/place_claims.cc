#include "engine/group/place_claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace lakeferry::engine {
namespace {

const HeldPlaces* FirstOf(const std::pair<const HeldPlaces*, size_t>& entry) { return entry.first; }

Error TakenBy(const plan::RootOverlap& meeting) {
  const bool same = meeting.inner.place.front() == meeting.outer.place.front();
  return {
      .code = ErrorCode::kRefused,
      .message = fmt::format("{} {} {}, {}: two groups may not write to one place", plan::NameOf(meeting.inner),
                             same ? "is the same place as" : "lies in", plan::NameOf(meeting.outer), meeting.outer.uri),
      .where = meeting.inner.uri,
      .remedy =
          "leave the table to one of the two groups, or give one of them another place, in the catalog or in "
          "the configuration"};
}

}  // namespace

bool PlaceClaims::IsSame(const Holding& held, const std::vector<plan::Root>& roots) {
  const auto same = [&held](const HeldRoot& one, const plan::Root& other) {
    const auto name = [](const Places::value_type* place) -> const std::string& { return place->first; };
    return one.kind == other.kind && held.group == other.group && one.table == other.table && one.uri == other.uri &&
           std::ranges::equal(one.place, other.place, {}, name);
  };
  return std::ranges::equal(held.roots, roots, same);
}

plan::Root PlaceClaims::RootOf(const Holding& holding, const HeldRoot& held) {
  plan::Root root{.kind = held.kind, .group = holding.group, .table = held.table, .uri = held.uri};
  for (const Places::value_type* place : held.place) root.place.push_back(place->first);
  return root;
}

std::optional<plan::Root> PlaceClaims::FindOuter(const plan::Root& root, const Places::value_type& place) const {
  if (place.second.fronts == 0) return std::nullopt;
  for (const auto& [holder, count] : place.second.within) {
    const Holding& holding = held_.at(holder);
    if (holding.group == root.group) continue;
    for (const HeldRoot& held : holding.roots) {
      if (held.place.front() != &place) continue;
      plan::Root outer = RootOf(holding, held);
      if (plan::MustBeApart(root, outer)) return outer;
    }
  }
  return std::nullopt;
}

std::optional<plan::Root> PlaceClaims::FindInner(const plan::Root& root, const Places::value_type& place) const {
  for (const auto& [holder, count] : place.second.within) {
    const Holding& holding = held_.at(holder);
    if (holding.group == root.group) continue;
    for (const HeldRoot& held : holding.roots) {
      if (std::ranges::find(held.place, &place) == held.place.end()) continue;
      plan::Root inner = RootOf(holding, held);
      if (plan::MustBeApart(inner, root)) return inner;
    }
  }
  return std::nullopt;
}

// Roots of one group are compared by whoever makes them.
std::optional<plan::RootOverlap> PlaceClaims::FindMeeting(const plan::Root& root) const {
  for (const std::string& name : root.place) {
    const auto place = places_.find(name);
    if (place == places_.end()) continue;
    if (auto outer = FindOuter(root, *place)) return plan::RootOverlap{.inner = root, .outer = *std::move(outer)};
  }
  const auto place = places_.find(root.place.front());
  if (place == places_.end()) return std::nullopt;
  if (auto inner = FindInner(root, *place)) return plan::RootOverlap{.inner = *std::move(inner), .outer = root};
  return std::nullopt;
}

Status PlaceClaims::Claim(const HeldPlaces* holder, std::vector<plan::Root> roots) {
  std::erase_if(roots, [](const plan::Root& root) { return root.place.empty(); });
  const auto before = held_.find(holder);
  if (before != held_.end() && IsSame(before->second, roots)) return {};
  for (const plan::Root& root : roots) {
    if (const auto meeting = FindMeeting(root)) return std::unexpected(TakenBy(*meeting));
  }
  Release(holder);
  Hold(holder, std::move(roots));
  return {};
}

void PlaceClaims::Hold(const HeldPlaces* holder, std::vector<plan::Root> roots) {
  if (roots.empty()) return;
  Holding& holding = held_[holder];
  holding.group = roots.front().group;
  holding.roots.reserve(roots.size());
  for (plan::Root& root : roots) {
    HeldRoot held{.kind = root.kind, .table = std::move(root.table), .uri = std::move(root.uri), .place = {}};
    held.place.reserve(root.place.size());
    for (const std::string& name : root.place) {
      Places::value_type& place = *places_.try_emplace(name).first;
      held.place.push_back(&place);
      auto& within = place.second.within;
      const auto own = std::ranges::lower_bound(within, holder, std::less<>(), FirstOf);
      if (own != within.end() && own->first == holder) {
        ++own->second;
      } else {
        within.emplace(own, holder, size_t{1});
      }
    }
    ++held.place.front()->second.fronts;
    holding.roots.push_back(std::move(held));
  }
}

void PlaceClaims::Release(const HeldPlaces* holder) {
  const auto holding = held_.find(holder);
  if (holding == held_.end()) return;
  for (const HeldRoot& held : holding->second.roots) {
    --held.place.front()->second.fronts;
    for (Places::value_type* const place : held.place) {
      auto& within = place->second.within;
      const auto own = std::ranges::lower_bound(within, holder, std::less<>(), FirstOf);
      if (--own->second == 0) within.erase(own);
      if (within.empty()) places_.erase(places_.find(place->first));
    }
  }
  held_.erase(holding);
}

}  // namespace lakeferry::engine
