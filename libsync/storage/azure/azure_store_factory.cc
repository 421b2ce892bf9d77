#include "storage/azure/azure_store_factory.h"

#include <fmt/format.h>

#include "base/trial_name.h"
#include "storage/azure/azure_probe.h"
#include "storage/cloud/key_space.h"

namespace lakeferry::azure {

StorePromises AzureStoreFactory::PromisesOf(const std::shared_ptr<AzureClient>& client, const Location& location,
                                            StoreRight right) {
  const ContainerAddress& address = client->address();
  if (IsAzure(address)) return {};
  const std::string root = location.path().empty() ? std::string() : location.path() + "/";
  const std::string place = fmt::format("{} {}", ServiceOf(address), address.container);
  return StorePromises(probes_.Of(place, right, [this, client, root](Call call) {
    return ProbeContainer(std::move(call), client, fmt::format("{}{}/{:016x}", root, kProbeFolder, random_.Next()));
  }));
}

Result<std::shared_ptr<ObjectStore>> AzureStoreFactory::Make(const Location& location, const StoreRef& ref) {
  LF_TRY(ContainerAccess access, directory_.Find(location, LoginOf(ref)));
  auto client = std::make_shared<AzureClient>(
      std::move(access.address),
      AzureClient::Parts{.http = http_, .signer = std::move(access.signer), .clock = clock_, .random = random_});
  auto promises = PromisesOf(client, location, ref.right);
  return std::make_shared<AzureStore>(location.Print(), location.path(), std::move(client), access.options,
                                      std::move(promises));
}

Result<StorePlace> AzureStoreFactory::PlaceOf(const Location& location) {
  LF_TRY(const ContainerAccess access, directory_.Find(location, {}));
  return PlaceIn(fmt::format("{}/{}", ServiceOf(access.address), access.address.container), location.path());
}

Task<std::vector<Result<StorePlace>>> AzureStoreFactory::Locate(Call, std::vector<Location> locations) {
  std::vector<Result<StorePlace>> places;
  places.reserve(locations.size());
  for (const Location& location : locations) places.emplace_back(PlaceOf(location));
  co_return places;
}

Task<Result<bool>> AzureStoreFactory::ShareClock(Call, Location location, Location other) {
  LF_CO_TRY(const ContainerAccess one, directory_.Find(location, {}));
  LF_CO_TRY(const ContainerAccess two, directory_.Find(other, {}));
  co_return ServiceOf(one.address) == ServiceOf(two.address);
}

}  // namespace lakeferry::azure
