// Credentials that catalogs hand out: when they are asked for, what of them is used, and what each service is sent.
#include "daemon/wiring/vended_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "async/event.h"
#include "async/task_group.h"
#include "daemon/wiring/azure_containers.h"
#include "daemon/wiring/bucket_access.h"
#include "daemon/wiring/google_buckets.h"
#include "tests/engine/catalog_double.h"
#include "tests/storage/cloud/scripted_services.h"
#include "tests/support/manual_clock.h"
#include "tests/support/run_task.h"

namespace lakeferry {
namespace {

using namespace std::chrono_literals;
using engine::CatalogsDouble;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string kTable = "main.raw.orders";
const std::string kPlace = "s3://lake/orders";

VendedCredential Credential(VendedKind kind, const std::string& secret) {
  VendedCredential given{.kind = kind, .secret = Secret(std::string(secret))};
  given.hidden = std::make_shared<const int>(0);
  if (kind != VendedKind::kSessionKeys) return given;
  given.access_key_id = secret;
  given.session_token = Secret("token-" + secret);
  return given;
}

class VendedCredentialsTest : public testing::Test {
 protected:
  VendedCredentialsTest() {
    vended_.Use(catalogs_);
    catalogs_.source.Add(kTable, kPlace);
    catalogs_.target.Add(kTable, "s3://dr/orders");
  }
  static StoreLogin Login(CatalogSide side = CatalogSide::kSource, bool write = false) {
    return {.vending = Vending{.group = "g", .side = side, .table = kTable}, .write = write};
  }
  // What is handed out from now on, each living for an hour.
  void Hand(std::initializer_list<std::string> names, VendedKind kind = VendedKind::kSessionKeys) {
    for (auto* catalog : {&catalogs_.source, &catalogs_.target}) {
      catalog->vending.clear();
      for (const std::string& name : names) {
        VendedCredential given = Credential(kind, name);
        given.ends = clock_.WallTime() + 1h;
        catalog->vending.emplace_back(std::move(given));
      }
    }
  }
  std::shared_ptr<VendedSource> Source(const std::string& place = kPlace, const StoreLogin& login = Login()) {
    return vended_.Of(Location::Parse(place).value(), login).value();
  }
  Result<VendedCredential> Get(const std::shared_ptr<VendedSource>& source) {
    return RunTask(source->Get({}, VendedKind::kSessionKeys, VendedKind::kSessionKeys), loop_);
  }
  std::string KeyOf(const std::shared_ptr<VendedSource>& source) {
    const auto given = Get(source);
    return given ? given->access_key_id : ToString(given.error());
  }
  Error ErrorOf(const std::string& place = kPlace, const StoreLogin& login = Login()) {
    const auto given = Get(Source(place, login));
    EXPECT_FALSE(given);
    return given ? Error() : given.error();
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  ScriptedHost host_;
  ScriptedHttp http_;
  CatalogsDouble catalogs_;
  VendedCredentials vended_{loop_.get_executor(), clock_};
};

TEST_F(VendedCredentialsTest, OneIsAskedForWhenItIsNeededAndAgainBeforeItEnds) {
  Hand({"A", "B"});
  const auto source = Source();
  EXPECT_THAT(catalogs_.source.vended, IsEmpty()) << "nothing was read yet";
  EXPECT_EQ(KeyOf(source), "A");
  EXPECT_EQ(KeyOf(Source()), "A") << "whoever opens the place";
  clock_.Advance(54min);
  EXPECT_EQ(KeyOf(source), "A");
  clock_.Advance(2min);
  EXPECT_EQ(KeyOf(source), "B");
  EXPECT_THAT(catalogs_.source.vended, ElementsAre("read " + kTable, "read " + kTable));
}

TEST_F(VendedCredentialsTest, OneQuestionServesAllWhoWait) {
  Hand({"A"});
  const auto source = Source();
  const auto one = [&](size_t) -> Task<Status> {
    const auto given = co_await source->Get({}, VendedKind::kSessionKeys, VendedKind::kSessionKeys);
    LF_CO_TRY_OK(given);
    co_return Status();
  };
  EXPECT_TRUE(RunTask(ParallelFor(20, 20, one), loop_));
  EXPECT_EQ(catalogs_.source.vended.size(), 1U);
}

TEST_F(VendedCredentialsTest, OneThatAServerRefusesIsReplacedAndNoOther) {
  Hand({"A", "B"});
  const auto source = Source();
  const auto first = Get(source);
  source->Distrust(std::make_shared<const int>(1));
  EXPECT_EQ(KeyOf(source), "A");
  source->Distrust(first->hidden);
  EXPECT_EQ(KeyOf(source), "B");
  source->Distrust(first->hidden);
  EXPECT_EQ(KeyOf(source), "B") << "that one is gone long since";
}

TEST_F(VendedCredentialsTest, ReadingAndWritingAndEachEndAndTableHaveTheirOwn) {
  Hand({"A"});
  catalogs_.source.Add("main.raw.other", "s3://lake/other");
  EXPECT_EQ(KeyOf(Source()), "A");
  EXPECT_EQ(KeyOf(Source("s3://dr/orders", Login(CatalogSide::kTarget))), "A");
  EXPECT_EQ(KeyOf(Source("s3://dr/orders", Login(CatalogSide::kTarget, true))), "A");
  StoreLogin other = Login();
  other.vending->table = "main.raw.other";
  EXPECT_EQ(KeyOf(Source("s3://lake/other", other)), "A");
  EXPECT_THAT(catalogs_.source.vended, ElementsAre("read " + kTable, "read main.raw.other"));
  EXPECT_THAT(catalogs_.target.vended, ElementsAre("read " + kTable, "write " + kTable));
}

TEST_F(VendedCredentialsTest, ANewTargetIsAskedForByItsPlaceAndAMissingSourceNotAtAll) {
  Hand({"A"});
  catalogs_.target.tables.clear();
  catalogs_.source.tables.clear();
  EXPECT_EQ(KeyOf(Source("s3://dr/new", Login(CatalogSide::kTarget, true))), "A");
  EXPECT_THAT(catalogs_.target.vended, ElementsAre("write s3://dr/new"));
  const Error error = ErrorOf();
  EXPECT_EQ(error.code, ErrorCode::kUnauthorized) << "to a store, what is not found is an object";
  EXPECT_THAT(error.message, HasSubstr("has no table '" + kTable + "'"));
  EXPECT_THAT(catalogs_.source.vended, IsEmpty());
}

TEST_F(VendedCredentialsTest, ATableThatLiesElsewhereByNowIsNotOpened) {
  Hand({"A"});
  catalogs_.source.Add(kTable, "s3://lake/moved");
  const Error error = ErrorOf();
  EXPECT_EQ(error.code, ErrorCode::kUnauthorized);
  EXPECT_THAT(error.message, AllOf(HasSubstr(kTable), HasSubstr("s3://lake/moved")));
  EXPECT_EQ(error.where, kPlace);
  EXPECT_THAT(catalogs_.source.vended, IsEmpty());
}

TEST_F(VendedCredentialsTest, WhatIsForAnotherPlaceOrServiceOrHasEndedIsNotUsed) {
  Hand({"A"});
  catalogs_.source.vending.front()->scope = "s3://lake/orders_2";
  EXPECT_THAT(ErrorOf().message, AllOf(HasSubstr(kTable), HasSubstr("for s3://lake/orders_2")));
  catalogs_.source.vending.front()->scope = "s3a://lake/";
  EXPECT_EQ(KeyOf(Source()), "A") << "a place above it";
  vended_.Use(catalogs_);
  catalogs_.source.vending.front()->ends = clock_.WallTime();
  EXPECT_THAT(ErrorOf().message, HasSubstr("have ended at"));
  Hand({"s3cret"}, VendedKind::kGoogleToken);
  const Error other = ErrorOf();
  EXPECT_THAT(other.message, AllOf(HasSubstr("a token of Google"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(other.remedy, HasSubstr("credentials: vended"));
  Hand({""}, VendedKind::kNone);
  vended_.Use(catalogs_);
  EXPECT_THAT(ErrorOf().message, HasSubstr("hands out nothing"));
}

TEST_F(VendedCredentialsTest, ErrorsOfTheCatalogAreThoseOfCredentials) {
  const std::map<ErrorCode, ErrorCode> codes{
      {ErrorCode::kUnavailable, ErrorCode::kUnavailable},   {ErrorCode::kThrottled, ErrorCode::kThrottled},
      {ErrorCode::kUnauthorized, ErrorCode::kUnauthorized}, {ErrorCode::kInvalidArgument, ErrorCode::kInvalidArgument},
      {ErrorCode::kCorruptData, ErrorCode::kUnauthorized},  {ErrorCode::kNotFound, ErrorCode::kUnauthorized}};
  for (const auto& [said, told] : codes) {
    catalogs_.source.vending.clear();
    catalogs_.source.vending.emplace_back(Fail(said, "the catalog's word"));
    vended_.Use(catalogs_);
    const Error error = ErrorOf();
    EXPECT_EQ(error.code, told) << ToString(error);
    EXPECT_THAT(error.message, HasSubstr("the catalog's word"));
  }
}

TEST_F(VendedCredentialsTest, RequestsToS3AreSignedWithThem) {
  Hand({"ASIA1", "ASIA2"});
  host_.variables["AWS_ACCESS_KEY_ID"] = "OWN";
  host_.variables["AWS_SECRET_ACCESS_KEY"] = "own";
  ConfiguredBuckets buckets(loop_.get_executor(), {.http = http_, .metadata = http_, .host = host_, .clock = clock_},
                            vended_, {});
  const auto access = buckets.Find(Location::Parse(kPlace).value(), Login());
  ASSERT_TRUE(access) << ToString(access.error());
  EXPECT_TRUE(access->options.closed);
  HttpRequest request{.origin = s3::OriginOf(access->address)};
  const auto distrust = RunTask(access->signer->Sign({}, request, "us-east-1", "UNSIGNED-PAYLOAD"), loop_);
  ASSERT_TRUE(distrust);
  EXPECT_THAT(std::string(request.headers.Find("Authorization").value_or("")), HasSubstr("Credential=ASIA1/"));
  EXPECT_EQ(request.headers.Find("x-amz-security-token"), "token-ASIA1");
  (*distrust)();
  HttpRequest second{.origin = s3::OriginOf(access->address)};
  ASSERT_TRUE(RunTask(access->signer->Sign({}, second, "us-east-1", "UNSIGNED-PAYLOAD"), loop_));
  EXPECT_EQ(second.headers.Find("x-amz-security-token"), "token-ASIA2");
}

TEST_F(VendedCredentialsTest, KeysOfAnAccessPointAreRefusedForTheBucket) {
  Hand({"ASIA1"});
  catalogs_.source.vending.front()->access_point = "arn:aws:s3:eu-west-1:1:accesspoint/p";
  VendedKeys keys(Source(), "lake");
  const auto refused = RunTask(keys.Get({}), loop_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(refused.error().message, HasSubstr("accesspoint/p"));
  VendedKeys same(Source(), "arn:aws:s3:eu-west-1:1:accesspoint/p");
  EXPECT_TRUE(RunTask(same.Get({}), loop_));
}

TEST_F(VendedCredentialsTest, RequestsToAzureCarryTheSignatureOrTheTokenAndTheVariablesNothing) {
  const std::string place = "abfss://c@acct.dfs.core.windows.net/orders";
  catalogs_.source.Add(kTable, place);
  host_.variables["AZURE_STORAGE_ACCOUNT"] = "another";
  host_.variables["AZURE_STORAGE_KEY"] = "a2V5";
  AzureContainers containers(loop_.get_executor(), {.http = http_, .metadata = http_, .host = host_, .clock = clock_},
                             vended_, Status());
  const auto access = containers.Find(Location::Parse(place).value(), Login());
  ASSERT_TRUE(access) << ToString(access.error());
  Hand({"sv=1&sig=abc"}, VendedKind::kSharedSignature);
  HttpRequest request{.target = "/c/orders?x=1"};
  ASSERT_TRUE(RunTask(access->signer->Sign({}, request), loop_));
  EXPECT_EQ(request.target, "/c/orders?x=1&sv=1&sig=abc");
  EXPECT_EQ(request.headers.Find("Authorization"), std::nullopt);
  ASSERT_TRUE(RunTask(access->signer->SignSource({}, request, "https://h/c/s", "/c/s"), loop_));
  EXPECT_EQ(request.headers.Find("x-ms-copy-source"), "https://h/c/s?sv=1&sig=abc");
  vended_.Use(catalogs_);
  Hand({"entra"}, VendedKind::kEntraToken);
  const auto again = containers.Find(Location::Parse(place).value(), Login());
  HttpRequest bearer{.target = "/c/orders"};
  ASSERT_TRUE(RunTask(again->signer->Sign({}, bearer), loop_));
  EXPECT_EQ(bearer.headers.Find("Authorization"), "Bearer entra");
}

TEST_F(VendedCredentialsTest, RequestsToGoogleCarryTheToken) {
  catalogs_.source.Add(kTable, "gs://b/orders");
  Hand({"of-google"}, VendedKind::kGoogleToken);
  host_.variables["STORAGE_EMULATOR_HOST"] = "127.0.0.1:1";
  GoogleBuckets buckets(loop_.get_executor(), {.http = http_, .metadata = http_, .host = host_, .clock = clock_},
                        vended_, Status());
  const auto access = buckets.Find(Location::Parse("gs://b/orders").value(), Login());
  ASSERT_TRUE(access) << ToString(access.error());
  HttpRequest request;
  ASSERT_TRUE(RunTask(access->signer->Sign({}, request), loop_));
  EXPECT_EQ(request.headers.Find("Authorization"), "Bearer of-google");
}

TEST_F(VendedCredentialsTest, WithoutACatalogThereIsNobodyToAsk) {
  VendedCredentials nobody(loop_.get_executor(), clock_);
  const auto source = nobody.Of(Location::Parse(kPlace).value(), Login());
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace lakeferry
