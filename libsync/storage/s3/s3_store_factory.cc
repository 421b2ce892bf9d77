#include "storage/s3/s3_store_factory.h"

#include <fmt/format.h>

#include "base/trial_name.h"
#include "storage/cloud/key_space.h"
#include "storage/s3/probe.h"

namespace lakeferry::s3 {

std::shared_ptr<StoreProbe> S3StoreFactory::ProbeOf(const std::shared_ptr<S3Client>& client, const Location& location,
                                                    StoreRight right) {
  const std::string root = location.path().empty() ? std::string() : location.path() + "/";
  // What is only tried is to be deleted again.
  BucketAddress address = client->address();
  address.terms.lock.reset();
  const std::string place = fmt::format("{} {}", ServiceOf(address), location.bucket());
  return probes_.Of(place, right, [this, trying = client->At(address), root](Call call) {
    return ProbeBucket(std::move(call), trying, fmt::format("{}{}/{:016x}-", root, kProbeFolder, random_.Next()));
  });
}

std::shared_ptr<S3Client> S3StoreFactory::ClientOf(const BucketAccess& access) {
  return std::make_shared<S3Client>(
      access.address, S3Client::Parts{.http = http_, .signer = access.signer, .clock = clock_, .random = random_});
}

Result<std::shared_ptr<ObjectStore>> S3StoreFactory::Make(const Location& location, const StoreRef& ref) {
  LF_TRY(const BucketAccess access, directory_.Find(location, LoginOf(ref)));
  auto client = ClientOf(access);
  auto probe = ProbeOf(client, location, ref.right);
  return std::make_shared<S3Store>(location.Print(), location.path(), std::move(client), std::move(probe),
                                   access.options);
}

Task<std::vector<Result<StorePlace>>> S3StoreFactory::Locate(Call, std::vector<Location> locations) {
  co_return PlacesOf(locations);
}

Task<Result<bool>> S3StoreFactory::ShareClock(Call, Location location, Location other) {
  LF_CO_TRY(const BucketAccess one, directory_.Find(location, {}));
  LF_CO_TRY(const BucketAccess two, directory_.Find(other, {}));
  co_return ServiceOf(one.address) == ServiceOf(two.address);
}

Task<Result<std::vector<LifecycleRule>>> S3StoreFactory::RulesOf(Call call, Location location, std::string credential) {
  LF_CO_TRY(const BucketAccess access, directory_.Find(location, {.credential = std::move(credential)}));
  const auto client = ClientOf(access);
  ReplyBody body;
  const auto reply = co_await client->Send(call, {.query = {{"lifecycle", ""}}}, body);
  if (!reply) co_return FailAt(reply.error(), location.Print());
  if (!reply->ok()) co_return std::vector<LifecycleRule>();
  auto rules = ReadLifecycle(body.text);
  if (!rules) co_return FailAt(rules.error(), location.Print());
  co_return rules;
}

}  // namespace lakeferry::s3
