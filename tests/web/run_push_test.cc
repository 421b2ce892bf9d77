// Runs that are pushed: what is taken, and what is refused with which words.
#include "daemon/web/run_push.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::web {
namespace {

using testing::HasSubstr;

const TimeMs kPushNow = *ParseTime("2026-11-21T12:00:00Z");

Config PushConfig() {
  Config config;
  for (const char* name : {"orders", "stock"}) {
    plan::GroupSpec group;
    group.name = name;
    group.workflows = {std::string("nightly_") + name};
    config.groups.push_back(group);
  }
  config.workflow_sources["orders"] = {.kind = WorkflowKind::kPush, .url = {}, .login = {}};
  return config;
}

Result<std::vector<PushedRun>> Read(const std::string& body) { return ReadPushedRuns(body, PushConfig(), kPushNow); }

// With the fields that are given in place of good ones.
std::string Body(const std::string& fields) { return R"({"workflow":"nightly_orders","run_id":"r1",)" + fields + "}"; }

TEST(PushedRuns, OneOrManyAreReadWithTimesInEitherForm) {
  const auto one = Read(Body(R"("state":"success","start":"2026-11-21T10:00:00.000Z","end_ms":1795258800001)"));
  ASSERT_TRUE(one) << ToString(one.error());
  ASSERT_EQ(one->size(), 1U);
  EXPECT_EQ(one->front().run.start, *ParseTime("2026-11-21T10:00:00Z"));
  EXPECT_EQ(one->front().run.end, *ParseTime("2026-11-21T11:00:00.001Z"));
  EXPECT_FALSE(one->front().no_start);
  const auto two = Read(R"({"runs":[)" + Body(R"("state":"running","start":"now")") + "," +
                        Body(R"("state":"failed","end":"now")") + "]}");
  ASSERT_TRUE(two) << ToString(two.error());
  EXPECT_EQ(two->size(), 2U);
  EXPECT_TRUE((*two)[1].no_start);
}

struct BadPush {
  std::string body;
  std::string words;
};

TEST(PushedRuns, WhatIsWrongIsSaidByTheNamesOfFields) {
  std::string many;
  for (size_t i = 0; i <= kRunsMax; ++i) many += (i == 0 ? "" : ",") + Body(R"("state":"running","start":"now")");
  for (const BadPush& bad : std::vector<BadPush>{
           {"", "is not a JSON object"},
           {"<html></html>", "is not a JSON object"},
           {"[]", "is not a JSON object"},
           {R"({"runs":[]})", "no run in it"},
           {R"({"runs":[)" + many + "]}", "1001 runs in it; 1000 are the most"},
           {R"({"run_id":"r1","state":"success"})", "'workflow' is missing"},
           {Body(R"("state":7)"), "'state' is missing or is no"},
           {Body(R"("state":"queued","start":"now")"), "'queued' is no state"},
           {Body(R"("state":"success","start":"now")"), "needs its end"},
           {Body(R"("state":"running","start":"now","end":"now")"), "a running run has no end"},
           {Body(R"("state":"success","start":"now","end":"yesterday")"), "yesterday"},
           {Body(R"("state":"success","start":"now","end":"2026-11-21T10:00:00")"), "of which time zone"},
           {Body(R"("state":"success","start":"now","end_ms":1795258800)"), "epoch milliseconds"},
           {R"({"workflow":"nightly_order","run_id":"r1","state":"running","start":"now"})",
            "did you mean nightly_orders?"},
           {R"({"workflow":"nightly_stock","run_id":"r1","state":"running","start":"now"})", "are not pushed"},
           {R"({"workflow":"nightly_orders","run_id":"","state":"running","start":"now"})", "empty"},
       }) {
    const auto read = Read(bad.body);
    ASSERT_FALSE(read) << bad.body.substr(0, 200);
    EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(ToString(read.error()), HasSubstr(bad.words)) << bad.body.substr(0, 200);
    EXPECT_THAT(ToString(read.error()), testing::Not(HasSubstr("--"))) << "options are the command's";
  }
}

class MergedRuns : public testing::Test {
 protected:
  Result<lakeferry::Run> Merge(const std::string& fields, std::vector<lakeferry::Run> known = {}) {
    const auto read = Read(Body(fields));
    EXPECT_TRUE(read) << ToString(read.error());
    return MergeRun(read->front(), known, kPushNow, Millis(1'000));
  }
  static lakeferry::Run Known(const char* end) {
    lakeferry::Run run{
        .workflow = "nightly_orders", .run_id = "r1", .start = *ParseTime("2026-11-21T09:00:00Z"), .end = {}};
    if (end != nullptr) {
      run.end = *ParseTime(end);
      run.state = RunState::kFailed;
    }
    return run;
  }
};

TEST_F(MergedRuns, TheStartOfARunIsKept) {
  const auto run = Merge(R"("state":"success","end":"2026-11-21T10:00:00.000Z")", {Known(nullptr)});
  ASSERT_TRUE(run) << ToString(run.error());
  EXPECT_EQ(run->start, *ParseTime("2026-11-21T09:00:00Z"));
  const auto unknown = Merge(R"("state":"success","end":"now")");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(ToString(unknown.error()), HasSubstr("add start"));
}

TEST_F(MergedRuns, TimesInTheFutureAndInTheWrongOrderAreRefused) {
  for (const char* fields : {R"("state":"success","start":"2026-11-21T11:00:00.000Z","end":"2026-11-21T12:00:01.001Z")",
                             R"("state":"running","start":"2026-11-21T12:00:01.001Z")"}) {
    const auto run = Merge(fields);
    ASSERT_FALSE(run);
    EXPECT_THAT(ToString(run.error()), HasSubstr("lies in the future"));
  }
  EXPECT_TRUE(Merge(R"("state":"running","start":"2026-11-21T12:00:01.000Z")")) << "clocks differ a little";
  const auto backwards =
      Merge(R"("state":"success","start":"2026-11-21T11:00:00.000Z","end":"2026-11-21T10:59:59.999Z")");
  ASSERT_FALSE(backwards);
  EXPECT_THAT(ToString(backwards.error()), HasSubstr("ends before it starts"));
  EXPECT_EQ(backwards.error().where.text(), "end");
}

TEST_F(MergedRuns, WhatCameTooLateTakesTheLedgerNotBack) {
  const lakeferry::Run ended = Known("2026-11-21T10:00:00Z");
  EXPECT_EQ(Merge(R"("state":"running","start":"2026-11-21T09:00:00.000Z")", {ended}).error().code,
            ErrorCode::kRefused);
  EXPECT_EQ(Merge(R"("state":"success","end":"2026-11-21T09:30:00.000Z")", {ended}).error().code, ErrorCode::kRefused);
  EXPECT_TRUE(Merge(R"("state":"success","end":"2026-11-21T10:00:00.000Z")", {ended})) << "said again, or corrected";
  EXPECT_TRUE(Merge(R"("state":"success","end":"2026-11-21T10:30:00.000Z")", {ended})) << "repaired";
}

class SignedRequests : public testing::Test {
 protected:
  ServerRequest Signed(TimeMs at, const std::string& body = "{}") {
    const std::string seconds = std::to_string(ToEpochMs(at) / 1'000);
    return {.method = "POST",
            .target = "/v1/runs",
            .path = {},
            .headers = {{std::string(kTimestampHeader), seconds},
                        {std::string(kSignatureHeader), SignatureOf(seconds, body, secret_)}},
            .body = body};
  }
  Secret secret_{std::string("key-of-the-scheduler")};
  ReplayGuard guard_;
};

TEST_F(SignedRequests, AreTakenOnce) {
  EXPECT_TRUE(guard_.Check(Signed(kPushNow), secret_, kPushNow));
  EXPECT_EQ(guard_.Check(Signed(kPushNow), secret_, kPushNow).error().code, ErrorCode::kRefused);
  EXPECT_EQ(guard_.Check(Signed(kPushNow), secret_, kPushNow + kSignedWithin).error().code, ErrorCode::kRefused)
      << "for as long as it is young enough";
  EXPECT_TRUE(guard_.Check(Signed(kPushNow + Millis(1'000)), secret_, kPushNow)) << "another time is another request";
}

TEST_F(SignedRequests, OfAnotherTimeBodyOrSecretAreNone) {
  const auto code = [&](const ServerRequest& request) { return guard_.Check(request, secret_, kPushNow).error().code; };
  EXPECT_EQ(code(Signed(kPushNow - kSignedWithin - Millis(1'000))), ErrorCode::kUnauthorized);
  EXPECT_EQ(code(Signed(kPushNow + kSignedWithin + Millis(1'000))), ErrorCode::kUnauthorized);
  ServerRequest changed = Signed(kPushNow);
  changed.body = "{ }";
  EXPECT_EQ(code(changed), ErrorCode::kUnauthorized);
  ServerRequest later = Signed(kPushNow);
  later.headers.Set(kTimestampHeader, std::to_string(ToEpochMs(kPushNow) / 1'000 + 1));
  EXPECT_EQ(code(later), ErrorCode::kUnauthorized);
  EXPECT_EQ(code({.method = "POST", .target = "/", .path = {}}), ErrorCode::kUnauthorized);
  EXPECT_FALSE(guard_.Check(Signed(kPushNow), Secret(std::string("another key")), kPushNow));
}

TEST_F(SignedRequests, TheSignatureIsAsDocumented) {
  EXPECT_EQ(SignatureOf("1795262400", "{}", Secret(std::string("k"))),
            "v1=f63b81384c4751ebfa52c9244601b6172f04f42b5ea0c82dbab186fcc621ca84")
      << "as any other program makes it";
}

}  // namespace
}  // namespace lakeferry::web
