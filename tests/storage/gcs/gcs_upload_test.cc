#include "storage/gcs/gcs_upload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stop_token>

#include "base/crc32c.h"
#include "tests/storage/gcs/gcs_service.h"
#include "tests/support/run_task.h"

namespace lakeferry::gcs {
namespace {

using testing::ElementsAre;

class GcsUploadTest : public testing::Test {
 protected:
  void Begin() {
    script() = {{.headers = {{"Location", "http://elsewhere/upload/s?upload_id=u"}}}};
    ASSERT_TRUE(RunTask(upload_.Begin({})).value());
    world_.service.asked.clear();
  }
  static GcsService::Answer GoOn(size_t held) {
    if (held == 0) return {.status = 308};
    return {.status = 308, .headers = {{"Range", "bytes=0-" + std::to_string(held - 1)}}};
  }
  std::deque<GcsService::Answer>& script() { return world_.service.script; }
  std::vector<std::string> Ranges() const {
    std::vector<std::string> ranges;
    for (const auto& one : world_.service.asked) ranges.push_back(one.header("Content-Range"));
    return ranges;
  }
  GcsService::Answer Done(const std::string& crc32c) const { return {.text = ObjectJson("k", 4, "9", crc32c)}; }

  GcsScript world_;
  GcsUpload upload_{world_.client, "k", "gs://b/k"};
  const std::string chunk_ = std::string(kChunkStep, 'c');
  const uint32_t crc_ = Crc32cOf("last");
};

TEST_F(GcsUploadTest, TheConditionIsGivenAtTheBeginningAndTheSessionStaysWithTheEndpoint) {
  script() = {{.headers = {{"Location", "http://elsewhere/upload/s?upload_id=u"}}}, GoOn(kChunkStep)};
  ASSERT_TRUE(RunTask(upload_.Begin({})).value());
  ASSERT_TRUE(RunTask(upload_.Send({}, chunk_)).has_value());
  EXPECT_THAT(world_.service.lines(),
              ElementsAre("POST /upload/storage/v1/b/b/o?uploadType=resumable&name=k&ifGenerationMatch=0",
                          "PUT /upload/s?upload_id=u"));
  EXPECT_EQ(world_.service.asked[1].body, chunk_);
}

TEST_F(GcsUploadTest, WhereTheNameIsTakenNothingIsBegun) {
  script() = {{.status = 412}};
  EXPECT_FALSE(RunTask(upload_.Begin({})).value());
  EXPECT_FALSE(upload_.begun());
}

TEST_F(GcsUploadTest, ABeginningWithoutASessionIsCorrupt) {
  script() = {{}};
  EXPECT_EQ(RunTask(upload_.Begin({})).error().code, ErrorCode::kCorruptData);
}

TEST_F(GcsUploadTest, ChunksGoBehindEachOtherAndTheLastHasTheWholesChecksum) {
  Begin();
  script() = {GoOn(kChunkStep), GoOn(2 * kChunkStep), Done(ChecksumText(crc_))};
  ASSERT_TRUE(RunTask(upload_.Send({}, chunk_)).has_value());
  ASSERT_TRUE(RunTask(upload_.Send({}, chunk_)).has_value());
  EXPECT_EQ(RunTask(upload_.FinishIfAbsent({}, std::string_view("last"), crc_)).value(), PutOutcome::kCreated);
  EXPECT_THAT(Ranges(), ElementsAre("bytes 0-262143/*", "bytes 262144-524287/*", "bytes 524288-524291/524292"));
  EXPECT_EQ(world_.service.asked[0].header("X-Goog-Hash"), "");
  EXPECT_EQ(world_.service.asked[2].header("X-Goog-Hash"), "crc32c=" + ChecksumText(crc_));
  EXPECT_FALSE(upload_.begun());
}

TEST_F(GcsUploadTest, WhatTheStoreHasNotKeptIsSentAgain) {
  Begin();
  const std::string two = chunk_ + std::string(kChunkStep, 'd');
  script() = {GoOn(kChunkStep), GoOn(2 * kChunkStep)};
  ASSERT_TRUE(RunTask(upload_.Send({}, two)).has_value());
  EXPECT_THAT(Ranges(), ElementsAre("bytes 0-524287/*", "bytes 262144-524287/*"));
  EXPECT_EQ(world_.service.asked[1].body, std::string(kChunkStep, 'd'));
}

TEST_F(GcsUploadTest, AfterALostReplyTheSessionIsAskedAndNothingStandsThereTwice) {
  Begin();
  script() = {{.fails = ErrorCode::kOutcomeUnknown}, GoOn(kChunkStep)};
  ASSERT_TRUE(RunTask(upload_.Send({}, chunk_)).has_value());
  EXPECT_THAT(Ranges(), ElementsAre("bytes 0-262143/*", "bytes */*"));
  EXPECT_EQ(world_.service.asked[1].body, "");
  script() = {{.status = 503}, GoOn(kChunkStep), GoOn(2 * kChunkStep)};
  world_.service.asked.clear();
  ASSERT_TRUE(RunTask(upload_.Send({}, chunk_)).has_value());
  EXPECT_THAT(Ranges(), ElementsAre("bytes 262144-524287/*", "bytes */*", "bytes 262144-524287/*"));
}

TEST_F(GcsUploadTest, AStoreThatNeverTakesAChunkIsGivenUp) {
  Begin();
  for (int i = 0; i < 20; ++i) script().push_back(GoOn(0));
  EXPECT_EQ(RunTask(upload_.Send({}, chunk_)).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(world_.service.asked.size(), 5U);
}

TEST_F(GcsUploadTest, BytesThatTheStoreHasLostOrNeverGotAreAnError) {
  Begin();
  script() = {GoOn(kChunkStep), GoOn(0)};
  ASSERT_TRUE(RunTask(upload_.Send({}, chunk_)).has_value());
  EXPECT_EQ(RunTask(upload_.Send({}, chunk_)).error().code, ErrorCode::kUnavailable);
  script() = {GoOn(9 * kChunkStep)};
  EXPECT_EQ(RunTask(upload_.Send({}, chunk_)).error().code, ErrorCode::kCorruptData);
}

TEST_F(GcsUploadTest, ASessionThatIsGoneIsBegunAnewByTheCaller) {
  Begin();
  script() = {{.status = 410}};
  EXPECT_EQ(RunTask(upload_.Send({}, chunk_)).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(world_.service.asked.size(), 1U);
}

TEST_F(GcsUploadTest, WhetherALostEndHappenedTheSessionTells) {
  Begin();
  script() = {{.fails = ErrorCode::kOutcomeUnknown}, Done(ChecksumText(crc_))};
  EXPECT_EQ(RunTask(upload_.FinishIfAbsent({}, std::string_view("last"), crc_)).value(), PutOutcome::kCreated);
  EXPECT_THAT(Ranges(), ElementsAre("bytes 0-3/4", "bytes */4"));
}

TEST_F(GcsUploadTest, AnEndThatDidNotHappenIsMadeAgain) {
  Begin();
  script() = {{.status = 500}, GoOn(0), {.status = 412}};
  EXPECT_EQ(RunTask(upload_.FinishIfAbsent({}, std::string_view("last"), crc_)).value(), PutOutcome::kExisted);
  EXPECT_THAT(Ranges(), ElementsAre("bytes 0-3/4", "bytes */4", "bytes 0-3/4"));
}

TEST_F(GcsUploadTest, AnEndThatNobodyTellsOfIsUnknown) {
  Begin();
  for (int i = 0; i < 20; ++i) script().push_back({.fails = ErrorCode::kOutcomeUnknown});
  EXPECT_EQ(RunTask(upload_.FinishIfAbsent({}, std::string_view("last"), crc_)).error().code,
            ErrorCode::kOutcomeUnknown);
}

TEST_F(GcsUploadTest, AnObjectWithAnotherChecksumIsTakenAwayAgain) {
  Begin();
  script() = {Done(ChecksumText(crc_ + 1)), {.status = 204}};
  EXPECT_EQ(RunTask(upload_.FinishIfAbsent({}, std::string_view("last"), crc_)).error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(world_.service.asked[1].line, "DELETE /storage/v1/b/b/o/k?ifGenerationMatch=9");
}

TEST_F(GcsUploadTest, AbortEndsTheSessionOnce) {
  Begin();
  script() = {{.status = 499}};
  EXPECT_TRUE(RunTask(upload_.Abort({})).has_value());
  EXPECT_TRUE(RunTask(upload_.Abort({})).has_value());
  EXPECT_THAT(world_.service.lines(), ElementsAre("DELETE /upload/s?upload_id=u"));
}

TEST_F(GcsUploadTest, AnEndThatAStoreIsTooBusyForIsUnknown) {
  Begin();
  for (int i = 0; i < 20; ++i) script().push_back({.status = 503});
  const auto ended = RunTask(upload_.FinishIfAbsent({}, std::string_view("last"), crc_));
  EXPECT_EQ(ended.error().code, ErrorCode::kOutcomeUnknown);
}

TEST_F(GcsUploadTest, AStoreThatStaysBusyIsSaidToBeThat) {
  Begin();
  for (int i = 0; i < 10; ++i) {
    script().push_back({.status = 503});
    script().push_back(GoOn(0));
  }
  EXPECT_EQ(RunTask(upload_.Send({}, chunk_)).error().code, ErrorCode::kThrottled);
}

// The session can be asked: whether a chunk arrived is no question that the object has.
TEST_F(GcsUploadTest, AChunkThatNobodyTellsOfIsNoUnknownOutcome) {
  Begin();
  for (int i = 0; i < 20; ++i) script().push_back({.fails = ErrorCode::kOutcomeUnknown});
  EXPECT_EQ(RunTask(upload_.Send({}, chunk_)).error().code, ErrorCode::kUnavailable);
}

TEST_F(GcsUploadTest, AnUploadThatTheStoreEndsInItsMiddleIsBegunAnewByTheCaller) {
  Begin();
  script() = {{.status = 412}};
  EXPECT_EQ(RunTask(upload_.Send({}, chunk_)).error().code, ErrorCode::kUnavailable);
}

TEST_F(GcsUploadTest, WhatAStoreSaysOfAnUploadHasToBeWhatItCanBe) {
  Begin();
  for (const char* range : {"bytes=0-x", "everything", "bytes=0-", "bytes=0-262143,"}) {
    script() = {{.status = 308, .headers = {{"Range", range}}}};
    EXPECT_EQ(RunTask(upload_.Send({}, chunk_)).error().code, ErrorCode::kCorruptData) << range;
  }
  script() = {{.status = 200}};
  EXPECT_EQ(RunTask(upload_.Send({}, chunk_)).error().code, ErrorCode::kCorruptData) << "done before the end";
  script() = {{.status = 403}};
  EXPECT_EQ(RunTask(upload_.Send({}, chunk_)).error().code, ErrorCode::kUnauthorized);
}

TEST_F(GcsUploadTest, AnEndThatDoesNotTellWhatWasMadeIsUnknown) {
  Begin();
  script() = {{.text = "made"}};
  EXPECT_EQ(RunTask(upload_.FinishIfAbsent({}, std::string_view("last"), crc_)).error().code,
            ErrorCode::kOutcomeUnknown);
}

TEST_F(GcsUploadTest, AnObjectWithAnotherChecksumThatCannotBeTakenAwayIsSaid) {
  Begin();
  script() = {Done(ChecksumText(crc_ + 1)), {.status = 403}};
  const auto ended = RunTask(upload_.FinishIfAbsent({}, std::string_view("last"), crc_));
  EXPECT_THAT(ended.error().message, testing::HasSubstr("keeps the object"));
}

TEST_F(GcsUploadTest, GenerationIsToldWhereTheStoreHasTheChecksumThatWasSent) {
  for (const std::string& crc32c : {ChecksumText(crc_), std::string()}) {
    GcsUpload upload(world_.client, "k", "gs://b/k");
    script() = {{.headers = {{"Location", "http://elsewhere/upload/s?upload_id=u"}}}, Done(crc32c)};
    ASSERT_TRUE(RunTask(upload.Begin({})).value());
    ASSERT_EQ(RunTask(upload.FinishIfAbsent({}, std::string_view("last"), crc_)).value(), PutOutcome::kCreated);
    EXPECT_EQ(upload.generation(), crc32c.empty() ? "" : "9");
  }
}

TEST_F(GcsUploadTest, AStopEndsTheAttempts) {
  Begin();
  std::stop_source stop;
  stop.request_stop();
  script() = {{.fails = ErrorCode::kOutcomeUnknown}};
  EXPECT_EQ(RunTask(upload_.Send({.stop = stop.get_token()}, chunk_)).error().code, ErrorCode::kCancelled);
  EXPECT_EQ(world_.service.asked.size(), 1U);
}

TEST_F(GcsUploadTest, AnAbortThatIsRefusedIsSaid) {
  Begin();
  script() = {{.status = 403}, {.status = 404}};
  EXPECT_EQ(RunTask(upload_.Abort({})).error().code, ErrorCode::kUnauthorized);
  EXPECT_TRUE(RunTask(upload_.Abort({})).has_value()) << "it is gone";
  EXPECT_FALSE(upload_.begun());
}

}  // namespace
}  // namespace lakeferry::gcs
