#include "storage/azure/azure_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/storage/cloud/scripted_services.h"

namespace lakeferry::azure {
namespace {

using testing::HasSubstr;

Location At(std::string_view uri) { return Location::Parse(uri).value(); }

// At the endpoint of the settings, where it serves the location.
Result<ContainerAddress> Reached(const Location& location, const AzureSettings& settings) {
  const auto endpoint = EndpointFor(location, settings);
  return AddressOf(location, settings, endpoint ? std::optional(ParseUrl(*endpoint).value()) : std::nullopt);
}

TEST(AzureSettings, VariablesCountBeforeTheConnectionString) {
  ScriptedHost host;
  host.variables = {{"AZURE_STORAGE_CONNECTION_STRING", "AccountName=one;AccountKey=a2V5;EndpointSuffix=core.cn"},
                    {"AZURE_TENANT_ID", "t"},
                    {"AZURE_AUTHORITY_HOST", "login.cn/"}};
  const AzureSettings said = ReadVariables(host).value();
  EXPECT_EQ(said.account, "one");
  EXPECT_EQ(said.account_key.Reveal(), "a2V5");
  EXPECT_EQ(said.endpoint, "https://one.blob.core.cn");
  EXPECT_EQ(said.identity.tenant, "t");
  EXPECT_EQ(said.identity.authority, "https://login.cn");
  host.variables["AZURE_STORAGE_KEY"] = "b3RoZXI=";
  EXPECT_EQ(ReadVariables(host)->account_key.Reveal(), "b3RoZXI=");
  host.variables["AZURE_STORAGE_ACCOUNT"] = "two";
  const AzureSettings other = ReadVariables(host).value();
  EXPECT_EQ(other.account, "two");
  EXPECT_FALSE(other.endpoint) << "that of the other account";
}

TEST(AzureSettings, EmulatorIsReachedWithItsAccountAsPath) {
  ScriptedHost host;
  host.variables = {{"AZURE_STORAGE_USE_EMULATOR", "true"}};
  const ContainerAddress address = Reached(At("az://c/p"), ReadVariables(host).value()).value();
  EXPECT_EQ(address.account, "devstoreaccount1");
  EXPECT_EQ(ToString(address.endpoint), "http://127.0.0.1:10000");
  EXPECT_EQ(address.base, "/devstoreaccount1");
  EXPECT_EQ(ServiceOf(address), "azure http://127.0.0.1:10000/devstoreaccount1");
}

TEST(AzureSettings, BothEndpointsOfAnAccountAreReachedAtOne) {
  for (const char* uri : {"abfss://c@acct.dfs.core.windows.net/p", "wasbs://c@acct.blob.core.windows.net/p"}) {
    const ContainerAddress address = Reached(At(uri), {}).value();
    EXPECT_EQ(address.account, "acct");
    EXPECT_EQ(address.container, "c");
    EXPECT_EQ(ToString(address.endpoint), "https://acct.blob.core.windows.net");
    EXPECT_EQ(address.base, "");
  }
}

TEST(AzureSettings, LocationWithoutAnAccountNeedsOneThatIsTold) {
  EXPECT_THAT(Reached(At("az://c/p"), {}).error().remedy, HasSubstr("AZURE_STORAGE_ACCOUNT"));
  const AzureSettings settings{.account = "acct"};
  EXPECT_EQ(ToString(Reached(At("az://c/p"), settings)->endpoint), "https://acct.blob.core.windows.net");
}

TEST(AzureSettings, KeyOfAnotherAccountIsRefused) {
  const Location location = At("abfss://c@acct.dfs.core.windows.net/p");
  AzureSettings settings{.account = "other", .bound = true};
  EXPECT_THAT(Reached(location, settings).error().message, HasSubstr("of the account other"));
  settings.bound = false;
  settings.endpoint = "https://private.example";
  EXPECT_EQ(Reached(location, settings)->endpoint.host, "acct.blob.core.windows.net") << "an identity has no account";
  settings.account = "acct";
  EXPECT_EQ(Reached(location, settings)->endpoint.host, "private.example");
}

TEST(AzureSettings, AccountIsToldByTheEndpointWhereNothingElseTellsIt) {
  const Location location = At("az://c/p");
  const ContainerAddress label = AddressOf(location, {}, ParseUrl("https://acct.blob.core.cn/").value()).value();
  EXPECT_EQ(label.account, "acct");
  EXPECT_EQ(label.base, "");
  const ContainerAddress path = AddressOf(location, {}, ParseUrl("http://127.0.0.1:1/acct/").value()).value();
  EXPECT_EQ(path.account, "acct");
  EXPECT_EQ(path.base, "/acct");
  const Location named = At("abfss://c@two.dfs.core.windows.net/p");
  EXPECT_EQ(AddressOf(named, {}, ParseUrl("https://private.example").value())->account, "two");
}

TEST(AzureSettings, WhatIsBoundToItsAccountIsKnown) {
  ScriptedHost host;
  host.variables = {{"AZURE_STORAGE_ACCOUNT", "one"}};
  EXPECT_FALSE(ReadVariables(host)->bound);
  host.variables["AZURE_STORAGE_SAS_TOKEN"] = "sig=x";
  EXPECT_TRUE(ReadVariables(host)->bound);
}

}  // namespace
}  // namespace lakeferry::azure
