#include "storage/gcs/gcs_store_factory.h"

#include <fmt/format.h>

#include "storage/cloud/key_space.h"

#include <utility>

namespace lakeferry::gcs {
Result<std::shared_ptr<ObjectStore>> GcsStoreFactory::Make(const Location& location, const StoreRef& ref) {
  LF_TRY(BucketAccess access, directory_.Find(location, ref.credential));
  const GcsStoreOptions options{.copies = IsGoogle(access.address)};
  auto client = std::make_shared<GcsClient>(
      std::move(access.address),
      GcsClient::Parts{.http = http_, .signer = std::move(access.signer), .clock = clock_, .random = random_});
  return std::make_shared<GcsStore>(location.Print(), location.path(), std::move(client), options);
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
