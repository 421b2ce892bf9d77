#include "daemon/wiring/bucket_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <fstream>

#include "tests/storage/cloud/scripted_services.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"
#include "tests/support/temp_folder.h"

namespace lakeferry {
namespace {

using testing::HasSubstr;

class ConfiguredBucketsTest : public testing::Test {
 protected:
  ConfiguredBucketsTest() { host_.variables["HOME"] = folder_.path(); }

  Result<s3::BucketAccess> Find(const std::string& uri = "s3://b/p", const std::string& credential = {}) {
    return buckets_.Find(Location::Parse(uri).value(), {.credential = credential});
  }
  s3::BucketAddress Address(const std::string& uri = "s3://b/p") { return Find(uri).value().address; }
  void WriteConfig(const std::string& text) const {
    std::filesystem::create_directory(folder_ / ".aws");
    std::ofstream(folder_ / ".aws/config") << text;
  }
  StorePrefix Prefix(const std::string& uri) const {
    return {.prefix = Location::Parse(uri).value(), .where = {}, .endpoint = {}, .region = {}, .path_style = {}};
  }
  // What a request is signed with.
  std::string Signed(const s3::BucketAccess& access) {
    HttpRequest request{.origin = s3::OriginOf(access.address)};
    const auto signed_by = RunTask(access.signer->Sign({}, request, access.address.region, "UNSIGNED-PAYLOAD"));
    return signed_by ? std::string(request.headers.Find("Authorization").value_or("nobody"))
                     : ToString(signed_by.error());
  }

  TempFolder folder_;
  boost::asio::io_context loop_;
  ManualClock clock_;
  ScriptedHost host_;
  ScriptedHttp http_;
  VendedCredentials vended_{loop_.get_executor(), clock_};
  ConfiguredBuckets buckets_{
      loop_.get_executor(), {.http = http_, .metadata = http_, .host = host_, .clock = clock_}, vended_, {}};
};

TEST_F(ConfiguredBucketsTest, WithoutAWordItIsAwsWithTheBucketInTheName) {
  EXPECT_EQ(s3::OriginOf(Address()).host, "b.s3.us-east-1.amazonaws.com");
  EXPECT_TRUE(Address("s3://b.c/p").path_style) << "no certificate of AWS's covers a name with dots";
}

TEST_F(ConfiguredBucketsTest, VariableCountsBeforeTheProfileAndTheConfigurationBeforeBoth) {
  WriteConfig("[default]\nregion = eu-north-1\n");
  host_.variables["AWS_REGION"] = "eu-west-1";
  StorePrefix store = Prefix("s3://b/q");
  store.region = "us-west-2";
  buckets_.Use({.s3_credentials = {}, .gcs_credentials = {}, .prefixes = {store}});
  EXPECT_EQ(Address("s3://b/p").region, "eu-west-1");
  EXPECT_EQ(Address("s3://b/q/r").region, "us-west-2");
  EXPECT_EQ(Address("s3://b/qr").region, "eu-west-1") << "it is another folder";
}

TEST_F(ConfiguredBucketsTest, SharedFilesAreReadOnce) {
  WriteConfig("[default]\nregion = eu-north-1\n");
  EXPECT_EQ(Address().region, "eu-north-1");
  WriteConfig("[default]\nregion = eu-west-1\n");
  EXPECT_EQ(Address().region, "eu-north-1");
}

TEST_F(ConfiguredBucketsTest, EndpointOfOnesOwnHasTheBucketInThePath) {
  host_.variables["AWS_ENDPOINT_URL_S3"] = "https://minio.lan:9000";
  EXPECT_EQ(ToString(s3::OriginOf(Address())), "https://minio.lan:9000");
  StorePrefix store = Prefix("s3://b");
  store.path_style = false;
  buckets_.Use({.s3_credentials = {}, .gcs_credentials = {}, .prefixes = {store}});
  EXPECT_EQ(ToString(s3::OriginOf(Address())), "https://b.minio.lan:9000");
}

TEST_F(ConfiguredBucketsTest, KindOfEndpointIsTheConfigurationsThenTheVariables) {
  EXPECT_EQ(s3::OriginOf(Address()).host, "b.s3.us-east-1.amazonaws.com");
  StorePrefix store = Prefix("s3://b/q");
  store.dual_stack = false;
  store.fips = true;
  store.terms.requester_pays = true;
  buckets_.Use({.s3_credentials = {}, .gcs_credentials = {}, .prefixes = {store}});
  EXPECT_EQ(s3::OriginOf(Address("s3://b/q")).host, "b.s3-fips.us-east-1.amazonaws.com");
  EXPECT_TRUE(Address("s3://b/q").terms.requester_pays);
  EXPECT_FALSE(Address("s3://b/p").terms.requester_pays);
}

TEST_F(ConfiguredBucketsTest, VariableChoosesTheKindOfEndpoint) {
  host_.variables["AWS_USE_DUALSTACK_ENDPOINT"] = "true";
  EXPECT_EQ(s3::OriginOf(Address()).host, "b.s3.dualstack.us-east-1.amazonaws.com");
}

TEST_F(ConfiguredBucketsTest, AccessPointIsInTheRegionOfItsArn) {
  host_.variables["AWS_REGION"] = "us-west-2";
  EXPECT_EQ(s3::OriginOf(Address("s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/dr-lake/p")).host,
            "dr-lake-123456789012.s3-accesspoint.eu-west-1.amazonaws.com");
}

TEST_F(ConfiguredBucketsTest, PlainHttpIsTakenOnLoopbackAndElsewhereWhereItIsAllowed) {
  host_.variables["AWS_ENDPOINT_URL_S3"] = "http://minio.lan:9000";
  const auto refused = Find();
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().remedy, HasSubstr("allow_http: true in stores for prefix \"s3://b/\""));
  StorePrefix store = Prefix("s3://b");
  store.allow_http = true;
  buckets_.Use({.s3_credentials = {}, .gcs_credentials = {}, .prefixes = {store}});
  EXPECT_TRUE(Find().has_value());
  store.allow_http = false;
  store.endpoint = "http://127.0.0.1:9000";
  buckets_.Use({.s3_credentials = {}, .gcs_credentials = {}, .prefixes = {store}});
  EXPECT_TRUE(Find().has_value());
}

TEST_F(ConfiguredBucketsTest, CredentialOfTheCallThenOfTheLocationThenTheChains) {
  host_.variables["AWS_ACCESS_KEY_ID"] = "OFTHECHAIN";
  host_.variables["AWS_SECRET_ACCESS_KEY"] = "secret-of-the-chain";
  StoreSettings settings;
  settings.s3_credentials["open"].anonymous = true;
  std::ofstream(folder_ / "id") << "OFAFILE\n";
  std::ofstream(folder_ / "key") << "secret-of-a-file\n";
  settings.s3_credentials["keys"].access_key_id = SecretRef{SecretRef::Kind::kFile, folder_ / "id"};
  settings.s3_credentials["keys"].secret_access_key = SecretRef{SecretRef::Kind::kFile, folder_ / "key"};
  StorePrefix store = Prefix("s3://b/q");
  store.credential = "keys";
  settings.prefixes = {store};
  buckets_.Use(settings);
  EXPECT_THAT(Signed(Find("s3://b/p").value()), HasSubstr("Credential=OFTHECHAIN/"));
  EXPECT_THAT(Signed(Find("s3://b/q").value()), HasSubstr("Credential=OFAFILE/"));
  EXPECT_EQ(Signed(Find("s3://b/q", "open").value()), "nobody");
  EXPECT_EQ(Find("s3://b/q", "none").error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace lakeferry
