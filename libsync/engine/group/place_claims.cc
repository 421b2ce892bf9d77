#include "engine/group/place_claims.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lakeferry::engine {
namespace {

void TakeOut(std::string_view place, const plan::Root* root,
             std::multimap<std::string_view, const plan::Root*>& index) {
  const auto [first, last] = index.equal_range(place);
  const auto found = std::find_if(first, last, [root](const auto& entry) { return entry.second == root; });
  if (found != last) index.erase(found);
}

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

// Roots of one group are compared by whoever makes them.
std::optional<plan::RootOverlap> PlaceClaims::FindMeeting(const plan::Root& root) const {
  for (const std::string& place : root.place) {
    const auto [first, last] = fronts_.equal_range(place);
    const auto outer = std::find_if(first, last, [&](const auto& entry) {
      return entry.second->group != root.group && plan::MustBeApart(root, *entry.second);
    });
    if (outer != last) return plan::RootOverlap{.inner = root, .outer = *outer->second};
  }
  const auto [first, last] = within_.equal_range(root.place.front());
  const auto inner = std::find_if(first, last, [&](const auto& entry) {
    return entry.second->group != root.group && plan::MustBeApart(*entry.second, root);
  });
  if (inner != last) return plan::RootOverlap{.inner = *inner->second, .outer = root};
  return std::nullopt;
}

Status PlaceClaims::Claim(const HeldPlaces* holder, std::vector<plan::Root> roots) {
  std::erase_if(roots, [](const plan::Root& root) { return root.place.empty(); });
  const auto before = held_.find(holder);
  if (before != held_.end() && before->second == roots) return {};
  for (const plan::Root& root : roots) {
    if (const auto meeting = FindMeeting(root)) return std::unexpected(TakenBy(*meeting));
  }
  Release(holder);
  for (const plan::Root& root : held_[holder] = std::move(roots)) {
    fronts_.emplace(root.place.front(), &root);
    for (const std::string& place : root.place) within_.emplace(place, &root);
  }
  return {};
}

void PlaceClaims::Release(const HeldPlaces* holder) {
  const auto held = held_.find(holder);
  if (held == held_.end()) return;
  for (const plan::Root& root : held->second) {
    TakeOut(root.place.front(), &root, fronts_);
    for (const std::string& place : root.place) TakeOut(place, &root, within_);
  }
  held_.erase(held);
}

}  // namespace lakeferry::engine
