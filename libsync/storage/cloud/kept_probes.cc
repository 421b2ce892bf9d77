#include "storage/cloud/kept_probes.h"

#include <optional>

namespace lakeferry {
namespace {

// What an endpoint does changes with its version.
constexpr Millis kProbedFor = std::chrono::hours(24);

}  // namespace

std::shared_ptr<StoreProbe> KeptProbes::Of(const std::string& place, StoreRight right, Ask ask) {
  Entry& entry = entries_[place];
  if (entry.probe == nullptr || MayWrite(right)) entry.ask = std::move(ask);
  if (entry.probe != nullptr) return entry.probe;
  entry.probe =
      std::make_shared<StoreProbe>(engine_, clock_, [this, place](Call call) { return Try(std::move(call), place); });
  if (const auto kept = book_.Find(place)) entry.probe->Take(*kept);
  return entry.probe;
}

Task<Result<Probed>> KeptProbes::Try(Call call, std::string place) {
  const std::optional<Probed> kept = book_.Find(place);
  if (kept) co_return *kept;
  // Another may come meanwhile.
  const Ask ask = entries_.at(place).ask;
  auto probed = co_await ask(std::move(call));
  if (!probed) co_return probed;
  probed->ends = clock_.WallTime() + kProbedFor;
  if (probed->safe()) book_.Keep(place, *probed);
  co_return probed;
}

}  // namespace lakeferry
