#include "storage/s3/s3_store_factory.h"

#include <fmt/format.h>

#include "base/trial_name.h"
#include "storage/cloud/key_space.h"

namespace lakeferry::s3 {
namespace {

// What an endpoint does changes with its version.
constexpr Millis kProbedFor = std::chrono::hours(24);

}  // namespace

// What a store does not keep apart may be put right at any time, and is not remembered.
Task<Result<Probed>> S3StoreFactory::Probe(Call call, std::shared_ptr<S3Client> client, std::string place,
                                           std::string folder) {
  const std::optional<Probed> kept = book_.Find(place);
  if (kept) co_return *kept;
  auto probed = co_await ProbeBucket(call, std::move(client), std::move(folder));
  if (!probed) co_return probed;
  probed->ends = clock_.WallTime() + kProbedFor;
  if (probed->safe()) book_.Keep(place, *probed);
  co_return probed;
}

std::shared_ptr<BucketProbe> S3StoreFactory::ProbeOf(const std::shared_ptr<S3Client>& client,
                                                     const Location& location) {
  const std::string name = fmt::format("{} {}", ServiceOf(client->address()), location.bucket());
  std::shared_ptr<BucketProbe>& probe = probes_[name];
  if (probe != nullptr) return probe;
  const std::string root = location.path().empty() ? std::string() : location.path() + "/";
  // What is only tried is to be deleted again.
  BucketAddress address = client->address();
  address.terms.lock.reset();
  probe = std::make_shared<BucketProbe>(engine_, clock_, [this, trying = client->At(address), name, root](Call call) {
    return Probe(std::move(call), trying, name, fmt::format("{}{}/{:016x}-", root, kProbeFolder, random_.Next()));
  });
  if (auto kept = book_.Find(name)) probe->Take(*kept);
  return probe;
}

std::shared_ptr<S3Client> S3StoreFactory::ClientOf(const BucketAccess& access) {
  return std::make_shared<S3Client>(
      access.address, S3Client::Parts{.http = http_, .signer = access.signer, .clock = clock_, .random = random_});
}

Result<std::shared_ptr<ObjectStore>> S3StoreFactory::Make(const Location& location, const StoreRef& ref) {
  LF_TRY(const BucketAccess access, directory_.Find(location, ref.credential));
  auto client = ClientOf(access);
  auto probe = ProbeOf(client, location);
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

Task<Result<std::vector<LifecycleRule>>> S3StoreFactory::RulesAt(Call call, Location location, std::string credential) {
  LF_CO_TRY(const BucketAccess access, directory_.Find(location, credential));
  const auto client = ClientOf(access);
  ReplyBody body;
  const auto reply = co_await client->Send(call, {.query = {{"lifecycle", ""}}}, body);
  if (!reply) co_return FailAt(reply.error(), location.Print());
  if (!reply->ok()) co_return std::vector<LifecycleRule>();
  auto rules = ReadLifecycle(body.text);
  if (!rules) co_return FailAt(rules.error(), location.Print());
  const std::string prefix = location.path().empty() ? std::string() : location.path() + "/";
  std::erase_if(*rules, [&](const LifecycleRule& rule) { return !rule.Concerns(prefix); });
  co_return rules;
}

}  // namespace lakeferry::s3
