#include "storage/gcs/gcs_store_factory.h"

#include <fmt/format.h>

#include <utility>

#include "base/trial_name.h"
#include "storage/cloud/key_space.h"
#include "storage/gcs/gcs_probe.h"

namespace lakeferry::gcs {

StorePromises GcsStoreFactory::PromisesOf(const std::shared_ptr<GcsClient>& client, const Location& location,
                                          StoreRight right) {
  const BucketAddress& address = client->address();
  if (IsGoogle(address)) return {};
  const std::string root = location.path().empty() ? std::string() : location.path() + "/";
  const std::string place = fmt::format("{} {}", ServiceOf(address), address.bucket);
  return StorePromises(probes_.Of(place, right, [this, client, root](Call call) {
    return ProbeBucket(std::move(call), client, fmt::format("{}{}/{:016x}", root, kProbeFolder, random_.Next()));
  }));
}

Result<std::shared_ptr<ObjectStore>> GcsStoreFactory::Make(const Location& location, const StoreRef& ref) {
  LF_TRY(BucketAccess access, directory_.Find(location, LoginOf(ref)));
  auto client = std::make_shared<GcsClient>(
      std::move(access.address),
      GcsClient::Parts{.http = http_, .signer = std::move(access.signer), .clock = clock_, .random = random_});
  auto promises = PromisesOf(client, location, ref.right);
  return std::make_shared<GcsStore>(location.Print(), location.path(), std::move(client), access.options,
                                    std::move(promises), &uploads_);
}

Task<std::vector<Result<StorePlace>>> GcsStoreFactory::Locate(Call, std::vector<Location> locations) {
  co_return PlacesOf(locations);
}

Task<Result<bool>> GcsStoreFactory::ShareClock(Call, Location location, Location other) {
  LF_CO_TRY(const BucketAccess one, directory_.Find(location, {}));
  LF_CO_TRY(const BucketAccess two, directory_.Find(other, {}));
  co_return ServiceOf(one.address) == ServiceOf(two.address);
}

}  // namespace lakeferry::gcs
