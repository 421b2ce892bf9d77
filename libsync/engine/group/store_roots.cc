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

Task<Status> CheckApart(Call call, const Environment& env, std::vector<plan::Root> roots) {
  const std::vector<plan::Root> located = co_await LocateRoots(call, env, std::move(roots));
  const std::optional<plan::RootOverlap> overlap = plan::FindRootOverlap(located);
  if (!overlap) co_return Status{};
  const bool same = overlap->inner.place.front() == overlap->outer.place.front();
  co_return Fail(ErrorCode::kRefused,
                 fmt::format("{} {} {}, {}", plan::NameOf(overlap->inner), same ? "is the same folder as" : "lies in",
                             plan::NameOf(overlap->outer), overlap->outer.uri),
                 overlap->inner.uri,
                 "a link or a mount makes two names of one place: take it away, or name a folder of its own");
}

Task<Status> CheckRoots(Call call, const Environment& env, const plan::GroupSpec& spec) {
  return CheckApart(call, env, plan::RootsOf(spec));
}

}  // namespace lakeferry::engine
