// Where an Azure location leads, and as whom: by the configuration and by the variables of Azure's own tools.
#include "daemon/wiring/azure_containers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/storage/cloud/scripted_services.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"

namespace lakeferry {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class AzureContainersTest : public testing::Test {
 protected:
  Result<azure::ContainerAccess> Find(const std::string& uri = "az://c/p", const std::string& credential = {}) {
    return containers_.Find(Location::Parse(uri).value(), {.credential = credential});
  }
  // What a request is sent with.
  std::string Sent(const azure::ContainerAccess& access) {
    HttpRequest request{.target = "/c", .headers = {{"x-ms-version", "1"}}};
    const auto signed_by = RunTask(access.signer->Sign({}, request), loop_);
    if (!signed_by) return ToString(signed_by.error());
    return std::string(request.headers.Find("Authorization").value_or("nobody")) + " " + request.target;
  }
  void Use(const std::string& prefix, const std::string& endpoint, const std::string& credential = {},
           bool allow_http = false) {
    StoreSettings settings;
    settings.azure_credentials["nobody"] = {.anonymous = true};
    settings.azure_credentials["key"] = {.account = "kept", .account_key = FileOf("key")};
    settings.azure_credentials["sas"] = {.sas_token = FileOf("sas")};
    settings.azure_credentials["app"] = {.tenant_id = "t", .client_id = "app", .client_secret = FileOf("secret")};
    settings.azure_credentials["pod"] = {.tenant_id = "t", .client_id = "pod", .federated_token_file = "/token"};
    settings.azure_credentials["machine"] = {.client_id = "m", .managed_identity = true};
    settings.prefixes.push_back({.prefix = Location::Parse(prefix).value(),
                                 .endpoint = endpoint.empty() ? std::nullopt : std::optional(endpoint),
                                 .allow_http = allow_http,
                                 .credential = credential});
    containers_.Use(std::move(settings));
  }
  [[nodiscard]] SecretRef FileOf(const std::string& name) const {
    return {.kind = SecretRef::Kind::kFile, .name = (folder_ / name).string()};
  }
  void Keep(const std::string& name, const std::string& text) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / name) << text;
  }
  ~AzureContainersTest() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("azure_containers_" + std::to_string(::getpid()));
  boost::asio::io_context loop_;
  ScriptedHost host_;
  ScriptedHttp http_;
  ScriptedHttp metadata_;
  ManualClock clock_;
  VendedCredentials vended_{loop_.get_executor(), clock_};
  AzureContainers containers_{
      loop_.get_executor(), {.http = http_, .metadata = metadata_, .host = host_, .clock = clock_}, vended_, Status()};
};

TEST_F(AzureContainersTest, VariablesOfAzuresOwnToolsSayItAll) {
  host_.variables = {{"AZURE_STORAGE_ACCOUNT", "acct"}, {"AZURE_STORAGE_KEY", "a2V5"}};
  const auto access = Find().value();
  EXPECT_EQ(ToString(access.address.endpoint), "https://acct.blob.core.windows.net");
  EXPECT_EQ(access.address.container, "c");
  EXPECT_THAT(Sent(access), StartsWith("SharedKey acct:"));
  EXPECT_THAT(Find("abfss://c@other.dfs.core.windows.net/p").error().message, HasSubstr("of the account acct"));
}

TEST_F(AzureContainersTest, ConnectionStringTellsAccountEndpointAndSignature) {
  host_.variables = {
      {"AZURE_STORAGE_CONNECTION_STRING", "BlobEndpoint=https://acct.blob.core.cn/;SharedAccessSignature=sv=1&sig=s"}};
  const auto access = Find().value();
  EXPECT_EQ(ToString(access.address.endpoint), "https://acct.blob.core.cn");
  EXPECT_EQ(Sent(access), "nobody /c?sv=1&sig=s");
}

TEST_F(AzureContainersTest, IdentityOfTheVariablesIsOfEveryAccount) {
  host_.variables = {
      {"AZURE_TENANT_ID", "t"}, {"AZURE_CLIENT_ID", "c"}, {"AZURE_CLIENT_SECRET", "s"}, {"AZURE_STORAGE_ACCOUNT", "a"}};
  http_.On("POST https://login.microsoftonline.com/t/oauth2/v2.0/token", 200,
           R"({"expires_in":3599,"access_token":"tok"})");
  EXPECT_EQ(Sent(Find("abfss://c@one.dfs.core.windows.net/p").value()), "Bearer tok /c");
  EXPECT_EQ(Sent(Find("wasbs://c@two.blob.core.windows.net/p").value()), "Bearer tok /c");
}

TEST_F(AzureContainersTest, ConfiguredCredentialsCountBeforeTheVariables) {
  host_.variables = {{"AZURE_STORAGE_ACCOUNT", "acct"}, {"AZURE_STORAGE_KEY", "a2V5"}};
  Use("az://c", {}, "nobody");
  EXPECT_EQ(Sent(Find().value()), "nobody /c");
  EXPECT_EQ(Find("az://c/p", "key").value().address.account, "kept");
  EXPECT_EQ(Find("az://c/p", "sas").value().address.account, "acct") << "the credential says none";
  EXPECT_THAT(Find("abfss://c@other.dfs.core.windows.net/p", "key").error().message, HasSubstr("of the account kept"));
  EXPECT_THAT(Find("az://c/p", "absent").error().message, HasSubstr("no credential absent of kind azure"));
}

TEST_F(AzureContainersTest, SecretsAreReadWhenTheyAreNeededAndAnewWhenTheyWereRefused) {
  Use("az://c", {});
  const auto key = Find("az://c/p", "key").value();
  EXPECT_THAT(Sent(key), HasSubstr((folder_ / "key").string()));
  Keep("key", "a2V5\n");
  EXPECT_THAT(Sent(key), StartsWith("SharedKey kept:"));
  host_.variables = {};
  Keep("sas", "sv=1&sig=one");
  const auto sas = Find("abfss://c@acct.dfs.core.windows.net/p", "sas").value();
  EXPECT_EQ(Sent(sas), "nobody /c?sv=1&sig=one");
  Keep("sas", "sv=1&sig=two");
  EXPECT_EQ(Sent(sas), "nobody /c?sv=1&sig=one");
  HttpRequest request;
  (RunTask(sas.signer->Sign({}, request)).value())();
  EXPECT_EQ(Sent(sas), "nobody /c?sv=1&sig=two");
}

TEST_F(AzureContainersTest, IdentitiesOfTheConfigurationAreAskedForWhereTheyAre) {
  const std::string tenant = "POST https://login.example/t/oauth2/v2.0/token";
  host_.variables = {{"AZURE_AUTHORITY_HOST", "https://login.example/"}, {"AZURE_CLIENT_SECRET", "of-the-variables"}};
  host_.files["/token"] = "jwt";
  Keep("secret", "of-the-app");
  Use("az://c", {});
  const std::string place = "abfss://c@acct.dfs.core.windows.net/p";
  http_.On(tenant, 200, R"({"expires_in":3599,"access_token":"tok"})");
  EXPECT_EQ(Sent(Find(place, "app").value()), "Bearer tok /c");
  EXPECT_THAT(http_.asked.back().body, HasSubstr("client_id=app&"));
  EXPECT_THAT(http_.asked.back().body, HasSubstr("client_secret=of-the-app"));
  EXPECT_EQ(Sent(Find(place, "pod").value()), "Bearer tok /c");
  EXPECT_THAT(http_.asked.back().body, HasSubstr("client_assertion=jwt"));
  (void)Sent(Find(place, "machine").value());
  EXPECT_THAT(metadata_.asked.back().line, HasSubstr("client_id=m"));
}

TEST_F(AzureContainersTest, EndpointOfTheConfigurationCountsForItsPrefixAlone) {
  host_.variables = {{"AZURE_STORAGE_ACCOUNT", "acct"}, {"AZURE_STORAGE_BLOB_ENDPOINT", "https://variable.example"}};
  Use("az://c/lake", "http://127.0.0.1:1/dev");
  EXPECT_EQ(ToString(Find("az://c/p").value().address.endpoint), "https://variable.example");
  const auto near = Find("az://c/lake/t").value();
  EXPECT_EQ(ToString(near.address.endpoint), "http://127.0.0.1:1");
  EXPECT_EQ(near.address.base, "/dev");
  EXPECT_EQ(ToString(Find("abfss://c@other.dfs.core.windows.net/p").value().address.endpoint),
            "https://other.blob.core.windows.net")
      << "the variable's endpoint is of its own account";
}

TEST_F(AzureContainersTest, NoOneElseIsSpokenToWithoutTlsUnlessItIsAllowed) {
  host_.variables = {{"AZURE_STORAGE_ACCOUNT", "acct"}, {"AZURE_STORAGE_BLOB_ENDPOINT", "http://emulator.lan/acct"}};
  EXPECT_THAT(Find().error().remedy, HasSubstr("allow_http: true in stores"));
  Use("az://c", {}, {}, true);
  EXPECT_EQ(ToString(Find().value().address.endpoint), "http://emulator.lan");
}

}  // namespace
}  // namespace lakeferry
