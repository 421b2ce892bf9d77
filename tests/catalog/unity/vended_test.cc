// Credentials that a Unity Catalog hands out, as its REST API answers.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/known_secrets.h"
#include "catalog/unity/unity_catalog.h"
#include "tests/support/run_task.h"
#include "tests/workflow/service_double.h"

namespace lakeferry::unity {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const CatalogTable kOrders{.name = "main.raw.orders", .id = "id-1", .location = "s3://lake/orders"};
const std::string kKeys = R"("aws_temp_credentials":{"access_key_id":"ASIA1","secret_access_key":"secret-of-session",)"
                          R"("session_token":"token-of-session"})";

std::string Answer(const std::string& members) { return "{" + members + R"(,"expiration_time":1700003600000})"; }

class VendedTest : public testing::Test {
 protected:
  void Answers(DoubleAnswer answer) {
    world_.http.asked.clear();
    world_.http.sent.clear();
    world_.http.answer = [answer](const std::string&) { return answer; };
  }
  Result<VendedCredential> Table(DoubleAnswer answer, bool write = false) {
    Answers(std::move(answer));
    return RunTask(catalog_.VendTable({}, kOrders, write));
  }
  Result<VendedCredential> Place(DoubleAnswer answer, bool write = false) {
    Answers(std::move(answer));
    return RunTask(catalog_.VendPlace({}, "s3://lake/new", write));
  }

  DoubleWorld world_;
  UnityCatalog catalog_{world_.context(), ParseUrl("https://host").value(), std::make_shared<NumberedToken>()};
};

TEST_F(VendedTest, ATableIsAskedForByItsIdAndAPlaceByItsAddress) {
  ASSERT_TRUE(Table({.text = Answer(kKeys)}));
  EXPECT_THAT(world_.http.asked, ElementsAre("/api/2.1/unity-catalog/temporary-table-credentials"));
  EXPECT_THAT(world_.http.sent, ElementsAre(R"({"table_id":"id-1","operation":"READ"})"));
  ASSERT_TRUE(Table({.text = Answer(kKeys)}, true));
  EXPECT_THAT(world_.http.sent, ElementsAre(R"({"table_id":"id-1","operation":"READ_WRITE"})"));
  ASSERT_TRUE(Place({.text = Answer(kKeys)}));
  EXPECT_THAT(world_.http.asked, ElementsAre("/api/2.1/unity-catalog/temporary-path-credentials"));
  EXPECT_THAT(world_.http.sent, ElementsAre(R"({"url":"s3://lake/new","operation":"PATH_READ"})"));
  ASSERT_TRUE(Place({.text = Answer(kKeys)}, true));
  EXPECT_THAT(world_.http.sent, ElementsAre(R"({"url":"s3://lake/new","operation":"PATH_CREATE_TABLE"})"));
}

TEST_F(VendedTest, EachServiceHasAKindOfItsOwn) {
  const auto keys = Table({.text = Answer(kKeys + R"(,"url":"s3://lake/orders")")});
  ASSERT_TRUE(keys) << ToString(keys.error());
  EXPECT_EQ(keys->kind, VendedKind::kSessionKeys);
  EXPECT_EQ(keys->access_key_id, "ASIA1");
  EXPECT_EQ(keys->secret.Reveal(), "secret-of-session");
  EXPECT_EQ(keys->session_token.Reveal(), "token-of-session");
  EXPECT_EQ(keys->ends, FromEpochMs(1'700'003'600'000));
  EXPECT_EQ(keys->scope, "s3://lake/orders");
  const auto other = [this](const std::string& members, VendedKind kind) {
    const auto given = Table({.text = Answer(members)});
    ASSERT_TRUE(given) << ToString(given.error());
    EXPECT_EQ(given->kind, kind) << members;
    EXPECT_EQ(given->secret.Reveal(), "s3cret&sig=x");
  };
  other(R"("azure_user_delegation_sas":{"sas_token":"s3cret&sig=x"})", VendedKind::kSharedSignature);
  other(R"("azure_aad":{"aad_token":"s3cret&sig=x"},"aws_temp_credentials":null)", VendedKind::kEntraToken);
  other(R"("gcp_oauth_token":{"oauth_token":"s3cret&sig=x"})", VendedKind::kGoogleToken);
  const auto r2 = Table({.text = Answer(R"("r2_temp_credentials":{"access_key_id":"a","secret_access_key":"b",)"
                                        R"("session_token":"c","access_point":"arn:x"})")});
  ASSERT_TRUE(r2);
  EXPECT_EQ(r2->kind, VendedKind::kSessionKeys);
  EXPECT_EQ(r2->access_point, "arn:x");
}

TEST_F(VendedTest, AnEndMayBeTextOrNothing) {
  EXPECT_EQ(Table({.text = "{" + kKeys + R"(,"expiration_time":"1700003600000"})"})->ends,
            FromEpochMs(1'700'003'600'000));
  for (const char* none : {"", R"(,"expiration_time":0)", R"(,"expiration_time":null)"}) {
    EXPECT_EQ(Table({.text = "{" + kKeys + none + "}"})->ends, std::nullopt) << none;
  }
  const auto local = Table({.text = R"({"url":"file:///lake/orders"})"});
  ASSERT_TRUE(local) << "a folder needs none";
  EXPECT_EQ(local->kind, VendedKind::kNone);
}

TEST_F(VendedTest, WhatIsHandedOutStandsInNoText) {
  const auto given = Table({.text = Answer(kKeys)});
  ASSERT_TRUE(given);
  EXPECT_EQ(WithoutSecrets("secret-of-session token-of-session"), "[secret] [secret]");
}

TEST_F(VendedTest, WhatIsNoneOfItsAnswersIsSaidWithoutWhatItHolds) {
  for (const std::string& wrong :
       {std::string("<html>log in</html>"), std::string(), std::string("[]"), Answer(kKeys).substr(0, 90),
        Answer(R"("aws_temp_credentials":{"access_key_id":"ASIA1","secret_access_key":"s3cret-1"})"),
        Answer(R"("aws_temp_credentials":{"access_key_id":"a/b","secret_access_key":"s3cret-1","session_token":"t"})"),
        Answer(R"("aws_temp_credentials":{"access_key_id":"A","secret_access_key":"s3cret-1 x","session_token":"t"})"),
        Answer(R"("aws_temp_credentials":"s3cret-1")"), Answer(R"("azure_user_delegation_sas":{"sas_token":""})"),
        Answer(R"("azure_user_delegation_sas":{"sas_token":"s3cret-1\r\nHost: evil"})"),
        Answer(R"("gcp_oauth_token":{"oauth_token":7})"),
        Answer(kKeys + R"(,"gcp_oauth_token":{"oauth_token":"s3cret-1"})"), "{" + kKeys + R"(,"expiration_time":-5})",
        "{" + kKeys + R"(,"expiration_time":"soon"})", "{" + kKeys + R"(,"expiration_time":999999999999999999})",
        std::string(kServiceBytesMax + 1, ' ')}) {
    const auto given = Table({.text = wrong});
    ASSERT_FALSE(given) << wrong.substr(0, 90);
    EXPECT_EQ(given.error().code, ErrorCode::kCorruptData) << ToString(given.error());
    EXPECT_THAT(ToString(given.error()), AllOf(HasSubstr("https://host"), Not(HasSubstr("s3cret-1"))));
  }
}

TEST_F(VendedTest, ARefusalNamesTheTableAndThePrivilege) {
  const DoubleAnswer denied{.status = 403,
                            .text = R"({"error_code":"PERMISSION_DENIED","message":"User lacks EXTERNAL USE"})"};
  const auto table = Table(denied);
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(table.error().message, AllOf(HasSubstr("'main.raw.orders'"), HasSubstr("User lacks EXTERNAL USE")));
  EXPECT_THAT(table.error().remedy, AllOf(HasSubstr("EXTERNAL USE SCHEMA"), HasSubstr("/run/token")));
  const auto place = Place(denied, true);
  ASSERT_FALSE(place);
  EXPECT_THAT(place.error().message, HasSubstr("s3://lake/new"));
  EXPECT_THAT(place.error().remedy, HasSubstr("EXTERNAL USE LOCATION"));
  const auto bad = Table({.status = 400, .text = R"({"error_code":"INVALID_PARAMETER_VALUE","message":"no cloud"})"});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(bad.error().message, HasSubstr("no cloud"));
}

TEST_F(VendedTest, ABusyServiceIsAskedAgainAndOneThatIsAwayIsNoRefusal) {
  int asked = 0;
  world_.http.answer = [&](const std::string&) {
    if (++asked < 3) return DoubleAnswer{.status = 429, .headers = {{"Retry-After", "1"}}};
    return DoubleAnswer{.text = Answer(kKeys)};
  };
  EXPECT_TRUE(RunTask(catalog_.VendTable({}, kOrders, false)));
  const auto away = Table({.error = Fail(ErrorCode::kUnavailable, "nothing listens").error()});
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(away.error().remedy, Not(HasSubstr("EXTERNAL USE")));
}

TEST_F(VendedTest, ATableWithoutAnIdIsNotAskedFor) {
  Answers({.text = Answer(kKeys)});
  const auto given = RunTask(catalog_.VendTable({}, {.name = "main.raw.orders"}, false));
  ASSERT_FALSE(given);
  EXPECT_EQ(given.error().code, ErrorCode::kCorruptData);
  EXPECT_THAT(world_.http.asked, IsEmpty());
}

}  // namespace
}  // namespace lakeferry::unity
