// What a probe finds of what stands in for Google's storage, which overlooks the conditions of a rewrite and takes any
// token, as it is and with a lie put into every request: run by tests/servers, which names it in STORAGE_EMULATOR_HOST.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "env/store_calls.h"
#include "http/http_client.h"
#include "storage/gcs/gcs_probe.h"
#include "storage/gcs/gcs_store.h"
#include "tests/support/real_time.h"
#include "tests/support/run_task.h"

namespace lakeferry::gcs {
namespace {

std::string Said(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

// Takes a part of the query away, as a service would do that overlooks it.
class Overlooking final : public RequestSigner {
 public:
  explicit Overlooking(std::string part) : part_(std::move(part)) {}

  Task<Result<Distrust>> Sign(Call, HttpRequest& request) override {
    const size_t at = part_.empty() ? std::string::npos : request.target.find(part_);
    if (at != std::string::npos) request.target.erase(at, part_.size());
    co_return Distrust([] {});
  }

 private:
  const std::string part_;
};

class GcsProbe : public testing::Test {
 protected:
  Probed Probe(const std::string& overlooked = {}) {
    const std::string folder = fmt::format("probe{}-{}", ::getpid(), next_++);
    const auto client = client_->As(std::make_shared<Overlooking>(overlooked));
    const auto probed = RunTask(ProbeBucket({}, client, folder));
    EXPECT_TRUE(probed.has_value()) << ToString(probed.error());
    GcsStore store("gs://b", folder, client_);
    EXPECT_TRUE(RunTask(ListAll({}, store, ObjectPath())).value().objects.empty()) << "nothing is left";
    return probed.value_or(Probed());
  }

  static inline int next_ = 0;
  RealClock clock_;
  RealRandom random_;
  HttpClient http_{{.threads = 1}, clock_};
  std::shared_ptr<GcsClient> client_ = std::make_shared<GcsClient>(
      BucketAddress{.bucket = Said("LAKEFERRY_TEST_BUCKET"),
                    .endpoint = ParseUrl(Said("STORAGE_EMULATOR_HOST")).value().origin},
      GcsClient::Parts{
          .http = http_, .signer = std::make_shared<AnonymousSigner>(), .clock = clock_, .random = random_});
};

TEST_F(GcsProbe, ServiceIsSafeAndWhatItOverlooksIsSeen) {
  const Probed probed = Probe();
  EXPECT_TRUE(probed.safe()) << Describe(probed);
  EXPECT_TRUE(probed.checks_checksums) << Describe(probed);
  EXPECT_FALSE(probed.refuses_second_copy || probed.checks_signatures) << Describe(probed);
}

TEST_F(GcsProbe, ServiceThatOverlooksConditionsIsNotSafe) {
  const Probed probed = Probe("&ifGenerationMatch=0");
  EXPECT_FALSE(probed.safe());
  EXPECT_FALSE(probed.refuses_second_put || probed.one_of_two_puts || probed.refuses_second_completion)
      << Describe(probed);
  EXPECT_TRUE(probed.shows_what_it_took && probed.checks_checksums) << Describe(probed);
}

}  // namespace
}  // namespace lakeferry::gcs
