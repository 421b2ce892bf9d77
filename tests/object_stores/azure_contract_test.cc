// The contract of every store, over Azure's Blob service or what stands in for it: run by tests/servers, which names it
// in the vendors' variables.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/check.h"
#include "http/http_client.h"
#include "storage/azure/azure_signers.h"
#include "storage/azure/azure_store.h"
#include "tests/storage/store_under_test.h"
#include "tests/support/real_time.h"

namespace lakeferry {
namespace {

std::string AzureVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

// What all tests of the process share.
struct AzureWorld {
  RealClock clock;
  RealRandom random;
  HttpClient http{{.threads = 2}, clock};
  std::string account = AzureVariable("AZURE_STORAGE_ACCOUNT");
  std::shared_ptr<azure::KeySigner> signer =
      azure::KeySigner::Make(account, Secret(AzureVariable("AZURE_STORAGE_KEY")), clock).value();
  int next = 0;

  static AzureWorld& Get() {
    static AzureWorld world;
    return world;
  }
  std::shared_ptr<azure::AzureStore> Store(const std::string& prefix, bool copies_at_once) {
    const auto endpoint = ParseUrl(AzureVariable("AZURE_STORAGE_BLOB_ENDPOINT"));
    LF_CHECK(endpoint.has_value(), "AZURE_STORAGE_BLOB_ENDPOINT names the server");
    const std::string container = AzureVariable("LAKEFERRY_TEST_BUCKET");
    auto client = std::make_shared<azure::AzureClient>(
        azure::ContainerAddress{
            .account = account, .container = container, .endpoint = endpoint->origin, .base = endpoint->target},
        azure::AzureClient::Parts{.http = http, .signer = signer, .clock = clock, .random = random});
    return std::make_shared<azure::AzureStore>(
        fmt::format("az://{}/{}", container, prefix), prefix, client,
        azure::AzureStoreOptions{.part_bytes_min = size_t{1} << 20, .copies_at_once = copies_at_once});
  }
};

class AzureUnderTest final : public StoreUnderTest {
 public:
  explicit AzureUnderTest(bool copies_at_once) {
    AzureWorld& world = AzureWorld::Get();
    const std::string prefix = fmt::format("t{}-{}", ::getpid(), world.next++);
    store_ = world.Store(prefix + "/a", copies_at_once);
    neighbour_ = world.Store(prefix + "/b", copies_at_once);
  }
  ObjectStore& store() override { return *store_; }
  ObjectStore& neighbour() override { return *neighbour_; }
  TimeMs Now() override { return AzureWorld::Get().clock.WallTime() - Millis(1'000); }
  void PassTime() override { std::this_thread::sleep_for(Millis(1'100)); }
  [[nodiscard]] bool resumes() const override { return true; }
  // The service drops blocks by itself, after a week.
  [[nodiscard]] bool drops_unfinished() const override { return false; }

 private:
  std::shared_ptr<azure::AzureStore> store_;
  std::shared_ptr<azure::AzureStore> neighbour_;
};

INSTANTIATE_TEST_SUITE_P(Azure, ObjectStoreContract,
                         testing::Values(StoreKind{"at_once", [] { return std::make_unique<AzureUnderTest>(true); }},
                                         StoreKind{"in_blocks",
                                                   [] { return std::make_unique<AzureUnderTest>(false); }}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace lakeferry
