// What a probe finds of what stands in for Azure's Blob service, as it is and with a lie put into every request: run by
// tests/servers, which names it in the vendors' variables.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "env/store_calls.h"
#include "http/http_client.h"
#include "storage/azure/azure_probe.h"
#include "storage/azure/azure_signers.h"
#include "storage/azure/azure_store.h"
#include "tests/support/real_time.h"
#include "tests/support/run_task.h"

namespace lakeferry::azure {
namespace {

std::string Said(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

// Signs requests of which it has taken a header away, as a service would do that overlooks it.
class Overlooking final : public RequestSigner {
 public:
  Overlooking(std::shared_ptr<RequestSigner> signer, std::string header)
      : signer_(std::move(signer)), header_(std::move(header)) {}

  Task<Result<Distrust>> Sign(Call call, HttpRequest& request) override {
    Headers kept;
    for (const auto& [name, value] : request.headers) {
      if (name != header_) kept.Add(name, value);
    }
    request.headers = std::move(kept);
    co_return co_await signer_->Sign(std::move(call), request);
  }
  Task<Status> SignSource(Call call, HttpRequest& request, std::string url, std::string path) override {
    co_return co_await signer_->SignSource(std::move(call), request, std::move(url), std::move(path));
  }

 private:
  const std::shared_ptr<RequestSigner> signer_;
  const std::string header_;
};

class AzureProbe : public testing::Test {
 protected:
  Probed Probe(const std::string& overlooked = {}) {
    auto client = client_;
    if (!overlooked.empty()) client = client_->As(std::make_shared<Overlooking>(client_->signer(), overlooked));
    const std::string folder = fmt::format("probe{}-{}", ::getpid(), next_++);
    const auto probed = RunTask(ProbeContainer({}, client, folder));
    EXPECT_TRUE(probed.has_value()) << ToString(probed.error());
    AzureStore store("az://c", folder, client_);
    EXPECT_TRUE(RunTask(ListAll({}, store, ObjectPath())).value().objects.empty()) << "nothing is left";
    return probed.value_or(Probed());
  }

  static inline int next_ = 0;
  RealClock clock_;
  RealRandom random_;
  HttpClient http_{{.threads = 1}, clock_};
  const std::string account_ = Said("AZURE_STORAGE_ACCOUNT");
  const Url endpoint_ = ParseUrl(Said("AZURE_STORAGE_BLOB_ENDPOINT")).value();
  std::shared_ptr<AzureClient> client_ = std::make_shared<AzureClient>(
      ContainerAddress{.account = account_,
                       .container = Said("LAKEFERRY_TEST_BUCKET"),
                       .endpoint = endpoint_.origin,
                       .base = endpoint_.target},
      AzureClient::Parts{.http = http_,
                         .signer = KeySigner::Make(account_, Secret(Said("AZURE_STORAGE_KEY")), clock_).value(),
                         .clock = clock_,
                         .random = random_});
};

TEST_F(AzureProbe, ServiceKeepsAllThatIsTried) {
  const Probed probed = Probe();
  EXPECT_TRUE(probed.safe());
  EXPECT_TRUE(probed.refuses_second_completion && probed.refuses_second_copy) << Describe(probed);
  EXPECT_TRUE(probed.checks_checksums && probed.checks_signatures) << Describe(probed);
}

TEST_F(AzureProbe, ServiceThatOverlooksConditionsIsNotSafe) {
  const Probed probed = Probe("If-None-Match");
  EXPECT_FALSE(probed.safe());
  EXPECT_FALSE(probed.refuses_second_put || probed.one_of_two_puts) << Describe(probed);
  // It drops the blocks of all others with the first list that is put: a second upload has nothing to end with.
  EXPECT_TRUE(probed.refuses_second_completion && !probed.refuses_second_copy) << Describe(probed);
  EXPECT_TRUE(probed.shows_what_it_took && probed.checks_checksums) << Describe(probed);
}

TEST_F(AzureProbe, ServiceThatOverlooksChecksumsIsSafeAndVouchesForNothing) {
  const Probed probed = Probe("x-ms-content-crc64");
  EXPECT_TRUE(probed.safe()) << Describe(probed);
  EXPECT_FALSE(probed.checks_checksums);
}

}  // namespace
}  // namespace lakeferry::azure
