#include "engine/group/store_roots.h"

#include <fmt/format.h>

#include <utility>

namespace lakeferry::engine {

Task<std::vector<plan::Root>> LocateRoots(Call call, const Environment& env, std::vector<plan::Root> roots) {
  std::vector<plan::Root*> unknown;
  std::vector<std::string> uris;
  for (plan::Root& root : roots) {
    if (!root.place.empty()) continue;
    unknown.push_back(&root);
    uris.push_back(root.uri);
  }
  std::vector<Result<StorePlace>> places = co_await env.stores.Locate(call, std::move(uris));
  for (size_t i = 0; i < unknown.size(); ++i) {
    if (places[i]) unknown[i]->place = std::move(places[i]->root_first);
  }
  co_return roots;
}

namespace {

Status Apart(const std::vector<plan::Root>& located) {
  const std::optional<plan::RootOverlap> overlap = plan::FindRootOverlap(located);
  if (!overlap) return {};
  const bool same = overlap->inner.place.front() == overlap->outer.place.front();
  return Fail(ErrorCode::kRefused,
              fmt::format("{} {} {}, {}", plan::NameOf(overlap->inner), same ? "is the same folder as" : "lies in",
                          plan::NameOf(overlap->outer), overlap->outer.uri),
              overlap->inner.uri,
              "a link or a mount makes two names of one place: take it away, or name a folder of its own");
}

}  // namespace

Task<Status> CheckApart(Call call, const Environment& env, std::vector<plan::Root> roots) {
  const std::vector<plan::Root> located = co_await LocateRoots(std::move(call), env, std::move(roots));
  co_return Apart(located);
}

Task<Status> CheckRoots(Call call, const Environment& env, const plan::GroupSpec& spec) {
  return CheckApart(call, env, plan::RootsOf(spec));
}

Task<Status> ClaimRoots(Call call, const Environment& env, const plan::GroupSpec& spec, Role role, HeldPlaces& held) {
  const bool at_targets = role == Role::kReceiver || spec.direct;
  std::vector<plan::Root> located = co_await LocateRoots(std::move(call), env, plan::RootsOf(spec));
  LF_CO_TRY_OK(Apart(located));
  std::erase_if(located, [&](const plan::Root& root) {
    return root.kind != plan::RootKind::kStaging && !(at_targets && root.kind == plan::RootKind::kTarget);
  });
  co_return held.Take(std::move(located));
}

}  // namespace lakeferry::engine
