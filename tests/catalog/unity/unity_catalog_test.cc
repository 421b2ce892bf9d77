#include "catalog/unity/unity_catalog.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/service/page_watch.h"
#include "tests/support/run_task.h"
#include "tests/workflow/service_double.h"

namespace lakeferry::unity {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string TableText(const std::string& name, const std::string& more = "") {
  return fmt::format(
      R"({{"catalog_name":"main","schema_name":"raw","name":"{}","table_type":"EXTERNAL","data_source_format":"DELTA",)"
      R"("storage_location":"s3://lake/{}","table_id":"id-{}"{}}})",
      name, name, name, more);
}

class UnityCatalogTest : public testing::Test {
 protected:
  // Each request is answered by the next of these, and by the last from then on.
  void Answer(std::vector<DoubleAnswer> answers) {
    world_.http.asked.clear();
    world_.http.answer = [answers, at = size_t{0}](const std::string&) mutable {
      return answers[std::min(at++, answers.size() - 1)];
    };
  }
  Result<CatalogTable> Find(DoubleAnswer answer, const std::string& name = "main.raw.orders") {
    Answer({std::move(answer)});
    return RunTask(catalog_.Find({}, name));
  }
  Result<std::vector<std::string>> Names(std::vector<DoubleAnswer> answers) {
    Answer(std::move(answers));
    const auto tables = RunTask(catalog_.TablesOf({}, "main.raw"));
    if (!tables) return std::unexpected(tables.error());
    std::vector<std::string> names;
    for (const CatalogTable& table : *tables) names.push_back(table.name);
    return names;
  }

  DoubleWorld world_;
  UnityCatalog catalog_{world_.context(), ParseUrl("https://host").value(), std::make_shared<NumberedToken>()};
};

TEST_F(UnityCatalogTest, ATableIsWhatTheCatalogSaysOfIt) {
  const auto table = Find({.text = TableText("orders")});
  ASSERT_TRUE(table) << ToString(table.error());
  EXPECT_EQ(table->name, "main.raw.orders");
  EXPECT_EQ(table->kind, CatalogTableKind::kExternal);
  EXPECT_EQ(table->format, "DELTA");
  EXPECT_EQ(table->location, "s3://lake/orders");
  EXPECT_EQ(table->id, "id-orders");
  EXPECT_FALSE(table->catalog_managed);
  EXPECT_THAT(world_.http.asked, ElementsAre("/api/2.1/unity-catalog/tables/main.raw.orders"));
  EXPECT_THAT(world_.http.tokens, ElementsAre("Bearer 1"));
}

TEST_F(UnityCatalogTest, AManagedTableAViewAndATableOfTheCatalogsCommitsAreToldApart) {
  const auto managed = Find({.text = R"({"catalog_name":"main","schema_name":"raw","name":"orders",)"
                                     R"("table_type":"MANAGED","storage_location":"s3://m/1",)"
                                     R"("properties":{"delta.feature.catalogManaged":"supported"}})"});
  ASSERT_TRUE(managed);
  EXPECT_EQ(managed->kind, CatalogTableKind::kManaged);
  EXPECT_TRUE(managed->catalog_managed);
  EXPECT_EQ(managed->format, "");
  const auto view = Find({.text = R"({"catalog_name":"main","schema_name":"raw","name":"orders",)"
                                  R"("table_type":"MATERIALIZED_VIEW","properties":null})"});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->kind, CatalogTableKind::kOther);
  EXPECT_EQ(view->kind_name, "MATERIALIZED_VIEW");
  EXPECT_FALSE(view->catalog_managed);
}

TEST_F(UnityCatalogTest, NamesAreOneInEitherCaseAndEncodedInThePath) {
  EXPECT_TRUE(Find({.text = TableText("orders")}, "Main.RAW.Orders"));
  Answer({{.text = "{}"}});
  (void)RunTask(catalog_.Find({}, "main.raw.a b?c"));
  EXPECT_THAT(world_.http.asked, ElementsAre("/api/2.1/unity-catalog/tables/main.raw.a%20b%3Fc"));
}

TEST_F(UnityCatalogTest, ANameThatNoCatalogHasIsNotAskedFor) {
  for (const char* name :
       {"", "orders", "raw.orders", "a.b.c.d", "a..c", "a.b.", ".b.c", "a.b/../x.c", "a.`b`.c", "a.b.c\n"}) {
    const auto found = Find({.text = TableText("orders")}, name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error().code, ErrorCode::kInvalidArgument) << name;
    EXPECT_THAT(world_.http.asked, IsEmpty()) << name;
  }
}

TEST_F(UnityCatalogTest, OnlyTheCatalogsOwnWordSaysThatATableIsNotThere) {
  const auto gone = Find(
      {.status = 404, .text = R"({"error_code":"TABLE_DOES_NOT_EXIST","message":"Table 'orders' does not exist."})"});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(gone.error().message, AllOf(HasSubstr("'main.raw.orders'"), HasSubstr("does not exist")));
  const auto other_spelling = Find({.status = 404, .text = R"({"errorCode":"RESOURCE_NOT_FOUND","message":"none"})"});
  ASSERT_FALSE(other_spelling);
  EXPECT_EQ(other_spelling.error().code, ErrorCode::kNotFound) << "as olai-uc-server has it";
  for (const DoubleAnswer& other :
       {DoubleAnswer{.status = 404, .text = "<html>404 Not Found</html>"}, DoubleAnswer{.status = 404, .text = ""},
        DoubleAnswer{.status = 404, .text = R"({"detail":"Not Found"})"},
        DoubleAnswer{.status = 404, .text = R"({"error_code":"ENDPOINT_NOT_FOUND","message":"No API found"})"},
        DoubleAnswer{.status = 400, .text = R"({"error_code":"INVALID_PARAMETER_VALUE","message":"bad"})"}}) {
    const auto found = Find(other);
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().code, ErrorCode::kNotFound) << other.text;
  }
}

TEST_F(UnityCatalogTest, WhatIsNoAnswerOfACatalogIsSaidAndNeverATable) {
  for (const DoubleAnswer& wrong :
       {DoubleAnswer{.text = "<html>log in</html>"}, DoubleAnswer{.text = ""}, DoubleAnswer{.text = "{}"},
        DoubleAnswer{.text = "[]"}, DoubleAnswer{.text = TableText("orders").substr(0, 60)},
        DoubleAnswer{.text = TableText("customers")},  // another table than was asked for
        DoubleAnswer{.text = R"({"catalog_name":"main","schema_name":"raw","name":7,"table_type":"EXTERNAL"})"},
        DoubleAnswer{.text = R"({"catalog_name":"main","schema_name":"raw","name":"orders"})"},
        DoubleAnswer{.text = R"({"catalog_name":"main","schema_name":"raw","name":"orders",)"
                             R"("table_type":"EXTERNAL","storage_location":["s3://a"]})"},
        DoubleAnswer{.status = 302, .headers = {{"Location", "https://evil/"}}},
        DoubleAnswer{.text = std::string(kServiceBytesMax + 1, ' ')}}) {
    const auto found = Find(wrong);
    ASSERT_FALSE(found) << wrong.text.substr(0, 80);
    EXPECT_EQ(found.error().code, ErrorCode::kCorruptData) << wrong.text.substr(0, 80);
    EXPECT_EQ(found.error().where, Place("https://host"));
  }
}

TEST_F(UnityCatalogTest, ATokenThatEndsInTheNightIsReplacedAndOneThatMayNotSeeTheTableIsSaid) {
  Answer({{.status = 401, .text = R"({"error_code":"UNAUTHENTICATED"})"}, {.text = TableText("orders")}});
  EXPECT_TRUE(RunTask(catalog_.Find({}, "main.raw.orders")));
  EXPECT_THAT(world_.http.tokens, ElementsAre("Bearer 1", "Bearer 2"));
  const auto refused = Find({.status = 403, .text = R"({"error_code":"PERMISSION_DENIED","message":"no SELECT"})"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnauthorized);
  EXPECT_THAT(refused.error().message, HasSubstr("no SELECT"));
  EXPECT_THAT(refused.error().remedy, AllOf(HasSubstr("the file /run/token"), HasSubstr("the table")));
}

TEST_F(UnityCatalogTest, EveryPageOfASchemaIsRead) {
  const auto names =
      Names({{.text = fmt::format(R"({{"tables":[{},{}],"next_page_token":"p 2"}})", TableText("d"), TableText("a"))},
             {.text = R"({"tables":[],"next_page_token":"p3"})"},
             {.text = fmt::format(R"({{"tables":[{}],"next_page_token":null}})", TableText("c"))}});
  ASSERT_TRUE(names) << ToString(names.error());
  EXPECT_THAT(*names, ElementsAre("main.raw.a", "main.raw.c", "main.raw.d"));
  const std::string first =
      "/api/2.1/unity-catalog/tables?catalog_name=main&schema_name=raw&max_results=50&omit_columns=true";
  EXPECT_THAT(world_.http.asked, ElementsAre(first, first + "&page_token=p%202", first + "&page_token=p3"));
}

TEST_F(UnityCatalogTest, ASchemaWithoutTablesIsNoSchemaThatIsNotThere) {
  EXPECT_THAT(Names({{.text = "{}"}}).value(), IsEmpty());
  const auto gone = Names({{.status = 404, .text = R"({"error_code":"SCHEMA_DOES_NOT_EXIST","message":"no raw"})"}});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(gone.error().message, HasSubstr("schema 'main.raw'"));
}

TEST_F(UnityCatalogTest, PagesInACircleWithoutEndOrOfAnotherSchemaAreNoList) {
  const std::string page = fmt::format(R"({{"tables":[{}],"next_page_token":"again"}})", TableText("a"));
  const auto circle = Names({{.text = page}});
  ASSERT_FALSE(circle);
  EXPECT_EQ(circle.error().code, ErrorCode::kCorruptData);
  EXPECT_THAT(circle.error().message, HasSubstr("circle"));
  world_.http.answer = [number = 0](const std::string&) mutable {
    return DoubleAnswer{.text = fmt::format(R"({{"tables":[],"next_page_token":"p{}"}})", number++)};
  };
  const auto endless = RunTask(catalog_.TablesOf({}, "main.raw"));
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, ErrorCode::kCorruptData);
  const auto other = Names({{.text = R"({"tables":[{"catalog_name":"main","schema_name":"rawer","name":"a",)"
                                     R"("table_type":"EXTERNAL"}]})"}});
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, AllOf(HasSubstr("main.rawer.a"), HasSubstr("schema 'main.raw'")));
  for (const char* wrong :
       {R"({"tables":{}})", R"({"tables":[7]})", R"({"tables":[],"next_page_token":3})", "", "[]"}) {
    EXPECT_EQ(Names({{.text = wrong}}).error().code, ErrorCode::kCorruptData) << wrong;
  }
}

TEST_F(UnityCatalogTest, AListIsNotCutOffAtAPageThatFailed) {
  const DoubleAnswer page{.text = fmt::format(R"({{"tables":[{}],"next_page_token":"2"}})", TableText("a"))};
  const auto names = Names({page, {.status = 500, .text = "{}"}});
  ASSERT_FALSE(names);
  EXPECT_EQ(names.error().code, ErrorCode::kUnavailable);
}

TEST_F(UnityCatalogTest, ARateLimitIsWaitedFor) {
  const TimeMs before = world_.clock.WallTime();
  Answer({{.status = 429, .headers = {{"Retry-After", "4"}}}, {.text = TableText("orders")}});
  EXPECT_TRUE(RunTask(catalog_.Find({}, "main.raw.orders")));
  EXPECT_GE(world_.clock.WallTime() - before, Millis(4'000));
}

NewCatalogTable NewOrders() {
  return {.name = "main.raw.orders",
          .location = "s3://west/orders",
          .columns = {{.name = "id",
                       .type_text = "bigint",
                       .type_name = "LONG",
                       .type_json = R"({"name":"id","type":"long","nullable":false,"metadata":{}})",
                       .comment = "the \"key\"",
                       .nullable = false,
                       .partition_index = 0}},
          .comment = "orders",
          .properties = {{"owner", "me"}}};
}

TEST_F(UnityCatalogTest, ANewTableIsRegisteredWithColumnsCommentsAndProperties) {
  Answer({{.text = TableText("orders")}});
  world_.http.sent.clear();
  EXPECT_TRUE(RunTask(catalog_.Register({}, NewOrders())).value());
  EXPECT_THAT(world_.http.asked, ElementsAre("/api/2.1/unity-catalog/tables"));
  EXPECT_THAT(
      world_.http.sent,
      ElementsAre(
          R"({"name":"orders","catalog_name":"main","schema_name":"raw","table_type":"EXTERNAL",)"
          R"("data_source_format":"DELTA","storage_location":"s3://west/orders","columns":[{"name":"id",)"
          R"("type_text":"bigint","type_name":"LONG",)"
          R"("type_json":"{\"name\":\"id\",\"type\":\"long\",\"nullable\":false,\"metadata\":{}}","position":0,)"
          R"("nullable":false,"comment":"the \"key\"","partition_index":0}],"comment":"orders",)"
          R"("properties":{"owner":"me"}})"));
}

TEST_F(UnityCatalogTest, ATableThatIsThereAlreadyIsLeftAsItIsAndARefusalIsSaid) {
  Answer({{.status = 409, .text = R"({"error_code":"TABLE_ALREADY_EXISTS","message":"there"})"}});
  EXPECT_FALSE(RunTask(catalog_.Register({}, NewOrders())).value());
  Answer({{.status = 400, .text = R"({"error_code":"RESOURCE_ALREADY_EXISTS","message":"there"})"}});
  EXPECT_FALSE(RunTask(catalog_.Register({}, NewOrders())).value());
  Answer({{.status = 400, .text = R"({"error_code":"INVALID_PARAMETER_VALUE","message":"no such location"})"}});
  const auto refused = RunTask(catalog_.Register({}, NewOrders()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("no such location"));
  Answer({{.text = "{}"}});  // says nothing of a table that was made
  EXPECT_EQ(RunTask(catalog_.Register({}, NewOrders())).error().code, ErrorCode::kCorruptData);
}

}  // namespace
}  // namespace lakeferry::unity
