// Uploads that came to no end, and writers of another process that go on with them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/known_secrets.h"
#include "storage/gcs/gcs_store.h"
#include "storage/gcs/gcs_upload.h"
#include "tests/storage/cloud/memory_uploads.h"
#include "tests/storage/gcs/gcs_sessions.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry::gcs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class GcsResumeTest : public testing::Test {
 protected:
  static constexpr size_t kPart = 2 * kChunkStep;
  static constexpr const char* kName = "gcs http://h:1 b p/k";

  GcsResumeTest() {
    for (size_t i = 0; i < 3 * kPart + 5; ++i) bytes_ += static_cast<char>('a' + i * i % 23);
  }
  // As another process has it.
  GcsStore Store(UploadBook* uploads, StorePromises promises = {}) {
    return {"gs://b/p", "p", client_, {.part_bytes = kPart}, std::move(promises), uploads};
  }
  std::unique_ptr<ObjectWriter> GoOn(WriteHints hints = {.resume = true}) {
    if (!hints.size_bytes) hints.size_bytes = static_cast<int64_t>(bytes_.size());
    GcsStore store = Store(&book_);
    service_.came = 0;
    service_.ranges.clear();
    return RunTask(store.Begin({}, ObjectPath::Of("k"), hints)).value();
  }
  [[nodiscard]] std::string Part(int64_t number) const {
    return bytes_.substr(static_cast<size_t>(number) * kPart, kPart);
  }
  Status Write(ObjectWriter& writer, int64_t number) {
    const auto written = RunTask(writer.Write({}, number, BufferOf(Part(number))));
    return written ? Status() : std::unexpected(written.error());
  }
  // What it does not have.
  Status WriteRest(ObjectWriter& writer) {
    for (int64_t number = 0; number < 4; ++number) {
      if (!writer.TakeOver(number, BufferOf(Part(number)))) LF_TRY_OK(Write(writer, number));
    }
    return {};
  }
  Result<PutOutcome> Commit(ObjectWriter& writer) {
    return RunTask(writer.CommitIfAbsent({}, static_cast<int64_t>(bytes_.size()), {.crc64 = Crc64Of(bytes_)}));
  }
  // By a process that died behind its second part.
  void BreakOff() {
    const auto writer = GoOn();
    ASSERT_TRUE(Write(*writer, 0).has_value());
    ASSERT_TRUE(Write(*writer, 1).has_value());
    ASSERT_EQ(service_.sessions.size(), 1U);
    ASSERT_THAT(book_.kept, ElementsAre(testing::Key(kName)));
  }
  [[nodiscard]] std::string Session() const { return service_.sessions.begin()->first; }

  GcsScript world_;
  GcsSessions service_;
  std::shared_ptr<GcsClient> client_ = std::make_shared<GcsClient>(
      world_.client->address(),
      GcsClient::Parts{.http = service_, .signer = world_.signer, .clock = world_.clock, .random = world_.random});
  MemoryUploads book_;
  std::string bytes_;
};

TEST_F(GcsResumeTest, OnlyTheRestIsSent) {
  BreakOff();
  const auto writer = GoOn();
  EXPECT_THAT(service_.ranges, ElementsAre("bytes */*")) << "asked with its length, it might end";
  EXPECT_TRUE(writer->MayHave(0));
  EXPECT_TRUE(writer->MayHave(1));
  EXPECT_FALSE(writer->MayHave(2));
  ASSERT_TRUE(WriteRest(*writer).has_value());
  EXPECT_EQ(Commit(*writer).value(), PutOutcome::kCreated);
  EXPECT_TRUE(service_.objects.at("p/k") == bytes_);
  EXPECT_EQ(service_.came, kPart + 5);
  EXPECT_EQ(service_.begun, 1);
  EXPECT_EQ(writer->etag(), "7");
  EXPECT_THAT(book_.kept, IsEmpty()) << "an address that is of no use any more";
}

TEST_F(GcsResumeTest, OfAPartThatIsThereInHalfTheRestIsSent) {
  ASSERT_TRUE(Write(*GoOn(), 0).has_value());
  service_.sessions.begin()->second.bytes.resize(kChunkStep);
  const auto writer = GoOn();
  EXPECT_FALSE(writer->MayHave(0));
  ASSERT_TRUE(WriteRest(*writer).has_value());
  EXPECT_EQ(Commit(*writer).value(), PutOutcome::kCreated);
  EXPECT_TRUE(service_.objects.at("p/k") == bytes_);
  EXPECT_EQ(service_.came, bytes_.size() - kChunkStep);
}

TEST_F(GcsResumeTest, WhatAllWasSentOfIsEndedByTheNext) {
  bytes_.resize(3 * kPart);
  {
    const auto writer = GoOn();
    for (int64_t number = 0; number < 3; ++number) ASSERT_TRUE(Write(*writer, number).has_value());
  }
  const auto writer = GoOn();
  for (int64_t number = 0; number < 3; ++number) EXPECT_TRUE(writer->TakeOver(number, BufferOf(Part(number))));
  EXPECT_EQ(Commit(*writer).value(), PutOutcome::kCreated);
  EXPECT_TRUE(service_.objects.at("p/k") == bytes_);
  EXPECT_EQ(service_.came, 0U);
}

// Whether the service looks at the checksum that it is told, or only says which it finds: no such object stays.
TEST_F(GcsResumeTest, WhatIsOfAnotherObjectIsThrownAwayAndSentAnew) {
  for (const bool checks : {true, false}) {
    service_.checks_hash = checks;
    service_.objects.clear();
    BreakOff();
    bytes_[3] ^= 1;
    const auto writer = GoOn();
    ASSERT_TRUE(WriteRest(*writer).has_value());
    const auto outcome = Commit(*writer);
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().code, ErrorCode::kUnavailable) << "the source is not to blame";
    EXPECT_THAT(outcome.error().message, HasSubstr("is not of this object"));
    EXPECT_FALSE(service_.objects.contains("p/k"));
    EXPECT_THAT(service_.sessions, IsEmpty());
    EXPECT_THAT(book_.kept, IsEmpty());
    const auto anew = GoOn();
    EXPECT_FALSE(anew->MayHave(0));
    ASSERT_TRUE(WriteRest(*anew).has_value());
    EXPECT_EQ(Commit(*anew).value(), PutOutcome::kCreated);
    EXPECT_TRUE(service_.objects.at("p/k") == bytes_);
    EXPECT_EQ(service_.came, bytes_.size());
  }
}

// Then nothing proves what is there; of what one writer has sent by himself it would do.
TEST_F(GcsResumeTest, WithoutAWordOfTheChecksumNothingThatWasLeftIsBelieved) {
  BreakOff();
  service_.tells_crc32c = false;
  const auto writer = GoOn();
  ASSERT_TRUE(WriteRest(*writer).has_value());
  EXPECT_EQ(Commit(*writer).error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(service_.objects.contains("p/k"));
  const auto anew = GoOn();
  ASSERT_TRUE(WriteRest(*anew).has_value());
  EXPECT_EQ(Commit(*anew).value(), PutOutcome::kCreated);
}

TEST_F(GcsResumeTest, SessionThatTheServiceHasForgottenIsForgottenHereToo) {
  BreakOff();
  service_.sessions.clear();
  const auto writer = GoOn();
  EXPECT_FALSE(writer->MayHave(0));
  EXPECT_THAT(book_.kept, IsEmpty());
  ASSERT_TRUE(WriteRest(*writer).has_value());
  EXPECT_EQ(Commit(*writer).value(), PutOutcome::kCreated);
  EXPECT_EQ(service_.begun, 2);
}

TEST_F(GcsResumeTest, UploadOfAnotherLengthIsNone) {
  BreakOff();
  bytes_ += "more";
  EXPECT_FALSE(GoOn()->MayHave(0));
  EXPECT_THAT(service_.ranges, IsEmpty()) << "nobody need ask";
  book_.kept[kName] = {.session = Secret("/s?upload_id=" + Session()), .size_bytes = 1, .begun = {}};
  EXPECT_FALSE(GoOn({.size_bytes = kPart + 1, .resume = true})->MayHave(0));
}

// More than the object has cannot be its beginning.
TEST_F(GcsResumeTest, UploadThatIsLongerThanTheObjectIsEnded) {
  BreakOff();
  bytes_.resize(kPart + 7);
  book_.kept[kName].size_bytes = static_cast<int64_t>(bytes_.size());
  EXPECT_FALSE(GoOn()->MayHave(0));
  EXPECT_THAT(service_.sessions, IsEmpty());
  EXPECT_THAT(book_.kept, IsEmpty());
}

TEST_F(GcsResumeTest, NameThatIsTakenMeanwhileIsNotReplaced) {
  BreakOff();
  const auto writer = GoOn();
  service_.objects["p/k"] = "another's";
  ASSERT_TRUE(WriteRest(*writer).has_value());
  EXPECT_EQ(Commit(*writer).value(), PutOutcome::kExisted);
  EXPECT_TRUE(service_.objects.at("p/k") == "another's");
  EXPECT_THAT(book_.kept, IsEmpty());
}

TEST_F(GcsResumeTest, OfWhatWasAbortedNothingIsLeft) {
  BreakOff();
  const auto writer = GoOn();
  ASSERT_TRUE(RunTask(writer->Abort({})).has_value());
  EXPECT_THAT(service_.sessions, IsEmpty());
  EXPECT_THAT(book_.kept, IsEmpty());
  EXPECT_FALSE(GoOn()->MayHave(0));
}

TEST_F(GcsResumeTest, PartsAreTakenOverInTheirOrderAndWholeAlone) {
  BreakOff();
  const auto writer = GoOn();
  EXPECT_FALSE(writer->TakeOver(1, BufferOf(Part(1)))) << "the first comes before it";
  EXPECT_TRUE(writer->TakeOver(0, BufferOf(Part(0))));
  EXPECT_FALSE(writer->TakeOver(0, BufferOf(Part(0)))) << "again";
  ASSERT_TRUE(Write(*writer, 1).has_value());
  EXPECT_FALSE(writer->TakeOver(1, BufferOf(Part(1)))) << "it was written";
  EXPECT_FALSE(writer->TakeOver(2, BufferOf(Part(2)))) << "it is not there";
  ASSERT_TRUE(Write(*writer, 2).has_value());
  ASSERT_TRUE(Write(*writer, 3).has_value());
  EXPECT_EQ(Commit(*writer).value(), PutOutcome::kCreated);
  EXPECT_TRUE(service_.objects.at("p/k") == bytes_);
}

TEST_F(GcsResumeTest, WhatStandsInTheBookHasToBeAPath) {
  for (const char* session : {"", "http://h:1/s?upload_id=x", "/s?upload_id=x\r\nX: y", "/s upload"}) {
    book_.kept[kName] = {
        .session = Secret(std::string(session)), .size_bytes = static_cast<int64_t>(bytes_.size()), .begun = {}};
    EXPECT_FALSE(GoOn()->MayHave(0)) << session;
    EXPECT_THAT(service_.ranges, IsEmpty()) << session;
    EXPECT_THAT(book_.kept, IsEmpty());
  }
}

TEST_F(GcsResumeTest, NothingIsKeptWithoutTheHintOrWhereNothingCouldBeBelieved) {
  const auto plain = GoOn({.resume = false});
  ASSERT_TRUE(Write(*plain, 0).has_value());
  EXPECT_THAT(book_.kept, IsEmpty());
  const WriteHints hints{.size_bytes = static_cast<int64_t>(bytes_.size()), .resume = true};
  boost::asio::io_context loop;
  Probed compares_none{.refuses_second_put = true, .one_of_two_puts = true, .shows_what_it_took = true};
  auto probe = std::make_shared<StoreProbe>(loop.get_executor(), world_.clock,
                                            [compares_none](Call) -> Task<Result<Probed>> { co_return compares_none; });
  GcsStore unsure = Store(&book_, StorePromises(std::move(probe)));
  GcsStore without = Store(nullptr);
  for (GcsStore* store : {&unsure, &without}) {
    const auto writer = RunTask(store->Begin({}, ObjectPath::Of("k"), hints), loop).value();
    EXPECT_FALSE(store->traits().resumes);
    ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf(Part(0))), loop).has_value());
    EXPECT_THAT(book_.kept, IsEmpty());
  }
  EXPECT_TRUE(Store(&book_).traits().resumes);
}

TEST_F(GcsResumeTest, WhatIsKeptBelowAFolderIsDroppedIfItIsOldEnough) {
  BreakOff();
  GcsStore store = Store(&book_);
  ASSERT_TRUE(RunTask(store.DropUnfinished({}, ObjectPath::Of("kk"), {})).has_value());
  ASSERT_TRUE(RunTask(store.DropUnfinished({}, ObjectPath(), book_.now)).has_value());
  EXPECT_EQ(service_.sessions.size(), 1U) << "neither below it nor before";
  ASSERT_TRUE(RunTask(store.DropUnfinished({}, ObjectPath(), book_.now + Millis(1))).has_value());
  EXPECT_THAT(service_.sessions, IsEmpty());
  EXPECT_THAT(book_.kept, IsEmpty());
  EXPECT_TRUE(RunTask(Store(nullptr).DropUnfinished({}, ObjectPath(), {})).has_value());
}

TEST_F(GcsResumeTest, NoTextHasTheSessionWhileItIsOpen) {
  const auto writer = GoOn();
  ASSERT_TRUE(Write(*writer, 0).has_value());
  const std::string said = "refused: /upload/storage/v1/b/b/o?upload_id=" + Session();
  EXPECT_THAT(WithoutSecrets(said), testing::Not(HasSubstr("guesses")));
  BreakOff();
  const auto other = GoOn();
  EXPECT_THAT(WithoutSecrets("session " + Session()), testing::Not(HasSubstr("guesses"))) << "taken up";
}

}  // namespace
}  // namespace lakeferry::gcs
