// The SQL Statement Execution API: statements run to their end, whatever the service answers on the way.
#include "catalog/databricks/databricks_warehouse.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stop_token>

#include "tests/support/run_task.h"
#include "tests/workflow/service_double.h"

namespace lakeferry::databricks {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kStatements[] = "/api/2.0/sql/statements";

DoubleAnswer InState(const std::string& state) {
  return {.text = fmt::format(R"({{"statement_id":"s1","status":{{"state":"{}"}}}})", state)};
}

DoubleAnswer Failed(const std::string& error, const std::string& more = "") {
  return {.text = fmt::format(R"({{"statement_id":"s1","status":{{"state":"FAILED","error":{}{}}}}})", error, more)};
}

// Of the columns a and b.
DoubleAnswer Succeeded(const std::string& result, int64_t total, const std::string& more = "") {
  return {.text = fmt::format(
              R"({{"statement_id":"s1","status":{{"state":"SUCCEEDED"}},"manifest":{{"format":"JSON_ARRAY","schema":)"
              R"({{"column_count":2,"columns":[{{"name":"b","position":1}},{{"name":"a","position":0}}]}},)"
              R"("total_row_count":{}{}}},"result":{}}})",
              total, more, result)};
}

const std::string kTwoRows = R"({"chunk_index":0,"row_offset":0,"row_count":2,"data_array":[["1","x"],["2",null]]})";

class DatabricksWarehouseTest : public testing::Test {
 protected:
  // Each request is answered by the next of these, and by the last from then on.
  void Answer(std::vector<DoubleAnswer> answers) {
    world_.http.asked.clear();
    world_.http.sent.clear();
    world_.http.answer = [this, answers, at = size_t{0}](const std::string& target) mutable {
      if (on_request_) on_request_(target);
      return answers[std::min(at++, answers.size() - 1)];
    };
  }
  Result<SqlRows> Run(std::vector<DoubleAnswer> answers, Call call = {}) {
    Answer(std::move(answers));
    return RunTask(warehouse_.Run(std::move(call), "SELECT 1", {}));
  }
  Error FailureOf(std::vector<DoubleAnswer> answers) {
    const auto rows = Run(std::move(answers));
    EXPECT_FALSE(rows);
    return rows ? Error() : rows.error();
  }

  std::function<void(const std::string&)> on_request_;
  DoubleWorld world_;
  DatabricksWarehouse warehouse_{world_.context(), ParseUrl("https://host").value(), std::make_shared<NumberedToken>(),
                                 "w-1"};
};

TEST_F(DatabricksWarehouseTest, AStatementIsBegunAskedAfterUntilItEndsAndItsRowsAreByColumn) {
  const auto rows = Run({InState("PENDING"), InState("RUNNING"), InState("RUNNING"), Succeeded(kTwoRows, 2)});
  ASSERT_TRUE(rows) << ToString(rows.error());
  EXPECT_THAT(rows->columns, ElementsAre("a", "b")) << "by their positions";
  EXPECT_THAT(rows->rows, ElementsAre(ElementsAre("1", "x"), ElementsAre("2", std::nullopt)));
  EXPECT_THAT(world_.http.asked, ElementsAre(kStatements, std::string(kStatements) + "/s1",
                                             std::string(kStatements) + "/s1", std::string(kStatements) + "/s1"));
  EXPECT_THAT(world_.http.sent[0], AllOf(HasSubstr(R"("warehouse_id":"w-1")"), HasSubstr(R"("statement":"SELECT 1")"),
                                         HasSubstr(R"("wait_timeout":"0s")"), HasSubstr(R"("format":"JSON_ARRAY")")));
}

TEST_F(DatabricksWarehouseTest, TextsOfAStatementStayTextsInTheDocument) {
  Answer({Succeeded(kTwoRows, 2)});
  ASSERT_TRUE(RunTask(warehouse_.Run({}, "SELECT '\"', `a\\b`\n", {})));
  EXPECT_THAT(world_.http.sent[0], HasSubstr(R"("statement":"SELECT '\"', `a\\b`\n")"));
}

TEST_F(DatabricksWarehouseTest, AStatementThatGivesNothingHasNoRows) {
  const auto rows = Run({{.text = R"({"statement_id":"s1","status":{"state":"SUCCEEDED"}})"}});
  ASSERT_TRUE(rows) << ToString(rows.error());
  EXPECT_EQ(*rows, SqlRows());
  const auto empty = Run({Succeeded(R"({"chunk_index":0,"row_offset":0,"row_count":0})", 0)});
  ASSERT_TRUE(empty) << ToString(empty.error());
  EXPECT_THAT(empty->rows, IsEmpty());
}

TEST_F(DatabricksWarehouseTest, EveryChunkOfAResultIsRead) {
  const auto rows =
      Run({Succeeded(R"({"chunk_index":0,"row_offset":0,"data_array":[["1","x"],["2","y"]],"next_chunk_index":1})", 3),
           {.text = R"({"chunk_index":1,"row_offset":2,"data_array":[["3","z"]]})"}});
  ASSERT_TRUE(rows) << ToString(rows.error());
  EXPECT_THAT(rows->rows, SizeIs(3));
  EXPECT_EQ(world_.http.asked.back(), std::string(kStatements) + "/s1/result/chunks/1");
}

TEST_F(DatabricksWarehouseTest, ChunksInACircleOutOfOrderShortOrWithoutEndAreNoResult) {
  const std::string first = R"({"chunk_index":0,"row_offset":0,"data_array":[["1","x"]],"next_chunk_index":1})";
  const auto second = [](std::string_view text) { return DoubleAnswer{.text = std::string(text)}; };
  for (const std::vector<DoubleAnswer>& wrong : std::vector<std::vector<DoubleAnswer>>{
           {Succeeded(R"({"chunk_index":0,"row_offset":0,"data_array":[["1","x"]],"next_chunk_index":0})", 2)},
           {Succeeded(R"({"chunk_index":1,"row_offset":0,"data_array":[["1","x"]]})", 1)},
           {Succeeded(R"({"chunk_index":0,"row_offset":1,"data_array":[["1","x"]]})", 1)},
           {Succeeded(R"({"chunk_index":0,"row_offset":0,"data_array":[],"next_chunk_index":1})", 2)},
           {Succeeded(first, 2), second(R"({"chunk_index":0,"row_offset":0,"data_array":[["1","x"]]})")},
           {Succeeded(first, 2), second(R"({"chunk_index":1,"row_offset":0,"data_array":[["1","x"]]})")},
           {Succeeded(first, 2), second(R"({"chunk_index":1,"row_offset":1,"data_array":[]})")},
           {Succeeded(first, 2), second("<html></html>")},
           {Succeeded(first, 2), second("{}")},
           {Succeeded(kTwoRows, 3)},
           {Succeeded(kTwoRows, 2, R"(,"truncated":true)")},
           {Succeeded(R"({"chunk_index":0,"row_offset":0,"data_array":[["1"]]})", 1)},
           {Succeeded(R"({"chunk_index":0,"row_offset":0,"data_array":[["1",2]]})", 1)},
           {Succeeded(R"({"chunk_index":0,"row_offset":0,"data_array":"x"})", 1)}}) {
    EXPECT_EQ(FailureOf(wrong).code, ErrorCode::kCorruptData) << wrong[0].text;
  }
  int64_t chunk = 0;
  world_.http.answer = [&](const std::string&) {
    const std::string result = fmt::format(R"("chunk_index":{},"row_offset":{},"data_array":[["1","x"]],)"
                                           R"("next_chunk_index":{})",
                                           chunk, chunk, chunk + 1);
    return chunk++ == 0 ? Succeeded("{" + result + "}", 1'000'000) : DoubleAnswer{.text = "{" + result + "}"};
  };
  const auto endless = RunTask(warehouse_.Run({}, "SELECT 1", {}));
  ASSERT_FALSE(endless);
  EXPECT_THAT(endless.error().message, HasSubstr("more than 10000 rows"));
}

TEST_F(DatabricksWarehouseTest, WhatIsNoAnswerOfTheServiceIsSaidAndNeverAResult) {
  for (const DoubleAnswer& wrong :
       {DoubleAnswer{.text = "<html>log in</html>"}, DoubleAnswer{.text = ""}, DoubleAnswer{.text = "{}"},
        DoubleAnswer{.text = "[]"}, DoubleAnswer{.text = R"({"status":{"state":"SUCCEEDED"}})"},
        DoubleAnswer{.text = R"({"statement_id":"","status":{"state":"SUCCEEDED"}})"},
        DoubleAnswer{.text = R"({"statement_id":"s1","status":{"state":"DONE"}})"},
        DoubleAnswer{.text = R"({"statement_id":"s1","status":"SUCCEEDED"})"},
        DoubleAnswer{.text = R"({"statement_id":"s1"})"},
        DoubleAnswer{.text = R"({"statement_id":"s1","status":{"state":"SUCCEEDED"},"manifest":{"schema":{"columns":)"
                             R"([{"name":"a","position":0},{"name":"b","position":0}]}}})"},
        DoubleAnswer{.status = 302, .headers = {{"Location", "https://evil/"}}},
        DoubleAnswer{.text = std::string(kServiceBytesMax + 1, ' ')}}) {
    const Error error = FailureOf({wrong});
    EXPECT_EQ(error.code, ErrorCode::kCorruptData) << wrong.text.substr(0, 80);
    EXPECT_EQ(error.where, Place("https://host"));
  }
  EXPECT_THAT(
      FailureOf({InState("RUNNING"), {.text = R"({"statement_id":"s2","status":{"state":"SUCCEEDED"}})"}}).message,
      HasSubstr("asked for statement s1, it tells of s2"));
}

TEST_F(DatabricksWarehouseTest, AServerWithoutSqlIsToldFromAWarehouseThatIsNotThere) {
  for (const DoubleAnswer& none :
       {DoubleAnswer{.status = 404, .text = R"({"error_code":"ENDPOINT_NOT_FOUND","message":"No API found"})"},
        DoubleAnswer{.status = 404, .text = "<html>404</html>"}, DoubleAnswer{.status = 404, .text = ""}}) {
    const Error error = FailureOf({none});
    EXPECT_EQ(error.code, ErrorCode::kCorruptData);
    EXPECT_THAT(error.message, HasSubstr("it has no SQL Statement API"));
    EXPECT_THAT(error.remedy, HasSubstr("takes a Databricks workspace"));
  }
  const DoubleAnswer gone{.status = 404,
                          .text = R"({"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no endpoint w-1"})"};
  const Error error = FailureOf({gone});
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument) << "no table that is not there";
  EXPECT_THAT(error.message, AllOf(HasSubstr("warehouse w-1"), HasSubstr("no endpoint w-1")));
  Answer({gone});
  const auto looked = RunTask(warehouse_.Look({}));
  ASSERT_FALSE(looked);
  EXPECT_EQ(looked.error().code, ErrorCode::kNotFound);
}

TEST_F(DatabricksWarehouseTest, AFailedStatementIsWhatItsErrorSays) {
  const auto code = [this](const std::string& error, const std::string& more = "") {
    return FailureOf({InState("RUNNING"), Failed(error, more)}).code;
  };
  const std::string no_table =
      R"({"error_code":"BAD_REQUEST","message":"[TABLE_OR_VIEW_NOT_FOUND] The table or view `a` cannot be found."})";
  EXPECT_EQ(code(no_table), ErrorCode::kNotFound);
  EXPECT_EQ(code(R"({"error_code":"BAD_REQUEST","message":"gone"})", R"(,"sql_state":"42P01")"), ErrorCode::kNotFound);
  EXPECT_EQ(code(R"({"error_code":"BAD_REQUEST","message":"[INSUFFICIENT_PERMISSIONS] no MODIFY"})"),
            ErrorCode::kUnauthorized);
  EXPECT_EQ(code(R"({"error_code":"BAD_REQUEST","message":"no"})", R"(,"sql_state":"42501")"),
            ErrorCode::kUnauthorized);
  EXPECT_EQ(code(R"({"error_code":"BAD_REQUEST","message":"[PARSE_SYNTAX_ERROR]"})"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(R"({"error_code":"RESOURCE_EXHAUSTED","message":"queue is full"})"), ErrorCode::kThrottled);
  EXPECT_EQ(code(R"({"error_code":"WORKSPACE_TEMPORARILY_UNAVAILABLE","message":"later"})"), ErrorCode::kUnavailable);
  EXPECT_EQ(code("{}"), ErrorCode::kUnavailable);
  EXPECT_EQ(code("null"), ErrorCode::kUnavailable);
  EXPECT_THAT(FailureOf({Failed(R"({"error_code":"BAD_REQUEST","message":"line\nbreak"})")}).message,
              AllOf(HasSubstr("BAD_REQUEST"), HasSubstr("line\\nbreak"), Not(HasSubstr("\n"))));
}

TEST_F(DatabricksWarehouseTest, WhatSomebodyElseEndsIsTriedAgainAndSaid) {
  const Error cancelled = FailureOf({InState("RUNNING"), InState("CANCELED")});
  EXPECT_EQ(cancelled.code, ErrorCode::kUnavailable);
  EXPECT_THAT(cancelled.message, HasSubstr("somebody else cancelled"));
  EXPECT_THAT(FailureOf({InState("CLOSED")}).message, HasSubstr("somebody else closed"));
}

TEST_F(DatabricksWarehouseTest, ARunningStatementOutlastsARateLimitABadGatewayAndATokenThatEnds) {
  const DoubleAnswer busy{.status = 429, .text = "{}", .headers = {{"Retry-After", "1"}}};
  const DoubleAnswer broken{.status = 503, .text = "{}"};
  const auto rows = Run({{.status = 429, .text = "{}", .headers = {{"Retry-After", "1"}}},
                         InState("RUNNING"),
                         busy,
                         busy,
                         busy,
                         busy,
                         busy,
                         busy,
                         InState("RUNNING"),
                         broken,
                         broken,
                         broken,
                         broken,
                         broken,
                         InState("RUNNING"),
                         {.status = 401, .text = R"({"error_code":"UNAUTHENTICATED"})"},
                         Succeeded(kTwoRows, 2)});
  ASSERT_TRUE(rows) << ToString(rows.error());
  EXPECT_EQ(world_.http.tokens.back(), "Bearer 2");
  EXPECT_THAT(world_.http.asked, Not(Contains(HasSubstr("/cancel"))));
}

TEST_F(DatabricksWarehouseTest, AServiceThatStaysSilentIsGivenUpAndTheStatementCancelled) {
  const Error silent = FailureOf({InState("RUNNING"), {.status = 500, .text = "{}"}});
  EXPECT_EQ(silent.code, ErrorCode::kUnavailable);
  EXPECT_EQ(world_.http.asked.back(), std::string(kStatements) + "/s1/cancel");
  const Error refused = FailureOf({InState("RUNNING"), {.status = 403, .text = R"({"message":"no"})"}});
  EXPECT_EQ(refused.code, ErrorCode::kUnauthorized);
  EXPECT_EQ(world_.http.asked.back(), std::string(kStatements) + "/s1/cancel");
  const DoubleAnswer forgotten{.status = 404, .text = R"({"error_code":"NOT_FOUND","message":"expired"})"};
  EXPECT_EQ(FailureOf({InState("RUNNING"), forgotten}).code, ErrorCode::kUnavailable) << "no table that is not there";
}

TEST_F(DatabricksWarehouseTest, AStopOrADeadlineCancelsTheStatement) {
  std::stop_source stop;
  int asked = 0;
  on_request_ = [&](const std::string&) {
    if (++asked == 3) stop.request_stop();
  };
  const auto stopped = Run({InState("RUNNING")}, {.stop = stop.get_token()});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
  EXPECT_EQ(world_.http.asked.back(), std::string(kStatements) + "/s1/cancel");
  EXPECT_THAT(world_.http.asked, SizeIs(4));
  on_request_ = nullptr;
  const auto late = Run({InState("RUNNING")}, Call().Within(world_.clock.Monotonic(), std::chrono::minutes(1)));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(world_.http.asked.back(), std::string(kStatements) + "/s1/cancel");
  // What was begun as the stop came is known, and so can be cancelled.
  std::stop_source early;
  on_request_ = [&](const std::string&) { early.request_stop(); };
  EXPECT_EQ(Run({InState("PENDING")}, {.stop = early.get_token()}).error().code, ErrorCode::kCancelled);
  EXPECT_THAT(world_.http.asked, ElementsAre(kStatements, std::string(kStatements) + "/s1/cancel"));
  // Nothing is begun after it.
  EXPECT_EQ(Run({InState("PENDING")}, {.stop = early.get_token()}).error().code, ErrorCode::kCancelled);
  EXPECT_THAT(world_.http.asked, IsEmpty());
}

TEST_F(DatabricksWarehouseTest, WhoeverWaitsIsToldThatItStillRuns) {
  Answer({InState("PENDING"), InState("RUNNING"), InState("RUNNING"), Succeeded(kTwoRows, 2)});
  int told = 0;
  const SqlPulse pulse = [&told]() -> Task<void> {
    ++told;
    co_return;
  };
  ASSERT_TRUE(RunTask(warehouse_.Run({}, "SELECT 1", pulse)));
  EXPECT_EQ(told, 3);
}

TEST_F(DatabricksWarehouseTest, AnIdIsOneSegmentOfThePath) {
  Answer({{.text = R"({"statement_id":"../../x?y","status":{"state":"RUNNING"}})"},
          {.text = R"({"statement_id":"../../x?y","status":{"state":"SUCCEEDED"}})"}});
  ASSERT_TRUE(RunTask(warehouse_.Run({}, "SELECT 1", {})));
  EXPECT_EQ(world_.http.asked.back(), std::string(kStatements) + "/..%2F..%2Fx%3Fy");
}

TEST_F(DatabricksWarehouseTest, AWarehouseHasANameAndAState) {
  Answer({{.text = R"({"id":"w-1","name":"dr\n","state":"STOPPED"})"}});
  const auto info = RunTask(warehouse_.Look({}));
  ASSERT_TRUE(info) << ToString(info.error());
  EXPECT_EQ(*info, (WarehouseInfo{.name = "dr\\n", .state = "STOPPED"}));
  EXPECT_THAT(world_.http.asked, ElementsAre("/api/2.0/sql/warehouses/w-1"));
  EXPECT_EQ(warehouse_.name(), "the SQL warehouse w-1 of https://host");
  for (const char* wrong : {R"({"id":"w-2","name":"dr","state":"RUNNING"})", R"({"id":"w-1","name":"dr"})", "[]",
                            R"({"id":"w-1","state":""})", "<html>"}) {
    Answer({{.text = wrong}});
    const auto none = RunTask(warehouse_.Look({}));
    ASSERT_FALSE(none) << wrong;
    EXPECT_EQ(none.error().code, ErrorCode::kCorruptData) << wrong;
  }
}

}  // namespace
}  // namespace lakeferry::databricks
