// Where a gs:// location leads, and as whom: by the configuration and by Google's variables.
#include "daemon/wiring/google_buckets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "tests/storage/cloud/scripted_services.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"

namespace lakeferry {
namespace {

class GoogleBucketsTest : public testing::Test {
 protected:
  Result<gcs::BucketAccess> Find(const std::string& credential = {}) {
    return buckets_.Find(Location::Parse("gs://b/p").value(), {.credential = credential});
  }
  // What a request is sent with.
  std::string Sent(const gcs::BucketAccess& access) {
    HttpRequest request;
    const auto signed_by = RunTask(access.signer->Sign({}, request));
    return signed_by ? std::string(request.headers.Find("Authorization").value_or("nobody"))
                     : ToString(signed_by.error());
  }
  void Use(const std::string& endpoint, bool allow_http, const std::string& credential) {
    StoreSettings settings;
    settings.gcs_credentials["public"] = {.service_account_key = {}, .anonymous = true};
    settings.gcs_credentials["key"] = {.service_account_key = SecretRef{.kind = SecretRef::Kind::kFile, .name = "/k"}};
    settings.gcs_credentials["unit"] = {.service_account_key =
                                            SecretRef{.kind = SecretRef::Kind::kCredential, .name = "c"}};
    settings.prefixes.push_back({.prefix = Location::Parse("gs://b").value(),
                                 .endpoint = endpoint.empty() ? std::nullopt : std::optional(endpoint),
                                 .allow_http = allow_http,
                                 .credential = credential});
    buckets_.Use(std::move(settings));
  }

  boost::asio::io_context loop_;
  ScriptedHost host_;
  ScriptedHttp http_;
  ManualClock clock_;
  VendedCredentials vended_{loop_.get_executor(), clock_};
  GoogleBuckets buckets_{
      loop_.get_executor(), {.http = http_, .metadata = http_, .host = host_, .clock = clock_}, vended_, Status()};
};

TEST_F(GoogleBucketsTest, WithoutAnythingItIsGooglesOwnByWhatItsToolsFind) {
  host_.variables["GOOGLE_APPLICATION_CREDENTIALS"] = "/adc.json";
  const auto access = Find().value();
  EXPECT_FALSE(access.address.endpoint.has_value());
  EXPECT_EQ(access.address.bucket, "b");
  EXPECT_THAT(Sent(access), testing::HasSubstr("GOOGLE_APPLICATION_CREDENTIALS"));
  EXPECT_THAT(host_.read, testing::ElementsAre("/adc.json"));
}

TEST_F(GoogleBucketsTest, AnEmulatorIsReachedInNobodysName) {
  for (const auto* text : {"localhost:4443", "http://localhost:4443", "http://localhost:4443/storage/v1/"}) {
    host_.variables["STORAGE_EMULATOR_HOST"] = text;
    const auto access = Find();
    ASSERT_TRUE(access.has_value()) << ToString(access.error());
    EXPECT_EQ(ToString(*access->address.endpoint), "http://localhost:4443");
    EXPECT_EQ(Sent(*access), "nobody");
  }
}

TEST_F(GoogleBucketsTest, NoOneElseIsSpokenToWithoutTlsUnlessItIsAllowed) {
  host_.variables["STORAGE_EMULATOR_HOST"] = "emulator.lan:4443";
  EXPECT_EQ(Find().error().code, ErrorCode::kInvalidArgument);
  Use({}, true, {});
  EXPECT_EQ(ToString(*Find().value().address.endpoint), "http://emulator.lan:4443");
}

TEST_F(GoogleBucketsTest, TheConfigurationComesBeforeTheVariable) {
  host_.variables["STORAGE_EMULATOR_HOST"] = "localhost:4443";
  Use("https://storage-x.p.googleapis.com", false, "public");
  const auto access = Find().value();
  EXPECT_EQ(ToString(*access.address.endpoint), "https://storage-x.p.googleapis.com");
  EXPECT_EQ(Sent(access), "nobody");
}

TEST_F(GoogleBucketsTest, AKeyIsReadFromItsFileOrFromThatOfTheUnit) {
  Use({}, false, "key");
  (void)Sent(Find().value());
  EXPECT_EQ(Find("unit").error().code, ErrorCode::kInvalidArgument);
  host_.variables["CREDENTIALS_DIRECTORY"] = "/run/credentials/u";
  (void)Sent(Find("unit").value());
  EXPECT_THAT(host_.read, testing::ElementsAre("/k", "/run/credentials/u/c"));
}

TEST_F(GoogleBucketsTest, ACredentialThatIsNotOfItsKindIsNamed) {
  EXPECT_THAT(Find("absent").error().message, testing::HasSubstr("no credential absent of kind gcs"));
}

}  // namespace
}  // namespace lakeferry
