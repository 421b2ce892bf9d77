#include "storage/gcs/gcs_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/task_group.h"
#include "base/crc32c.h"
#include "base/crc64.h"
#include "storage/gcs/gcs_upload.h"
#include "tests/storage/gcs/gcs_service.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry::gcs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr size_t kPart = 2 * kChunkStep;

class GcsStoreTest : public testing::Test {
 protected:
  static ObjectPath Path(std::string_view text) { return ObjectPath::Of(text); }
  std::deque<GcsService::Answer>& script() { return world_.service.script; }
  std::string Line(size_t number) const { return world_.service.asked.at(number).line; }
  static GcsService::Answer Object(const std::string& generation) { return {.text = ObjectJson("p/k", 7, generation)}; }
  Result<CopyOutcome> Copy() {
    return RunTask(store_.CopyIfAbsent(
        {}, {.service = "gcs http://h:1", .place = "/storage/v1/b/s/o/x%2Fy", .etag = "5"}, Path("k")));
  }
  std::unique_ptr<ObjectWriter> Begin(WriteHints hints = {}) {
    return RunTask(store_.Begin({}, Path("k"), hints)).value();
  }

  // Of an endpoint of which that was found out.
  std::shared_ptr<GcsStore> Tried(Probed probed) {
    auto probe = std::make_shared<StoreProbe>(loop_.get_executor(), world_.clock,
                                              [probed](Call) -> Task<Result<Probed>> { co_return probed; });
    return std::make_shared<GcsStore>("gs://b/p", "p", world_.client, GcsStoreOptions{.part_bytes = kPart},
                                      StorePromises(std::move(probe)));
  }

  boost::asio::io_context loop_;
  GcsScript world_;
  GcsStore store_{"gs://b/p", "p", world_.client, {.part_bytes = kPart}};
};

TEST_F(GcsStoreTest, ListAsksForChildrenBehindANameAndPassesOverWhatIsNoName) {
  script() = {{.text = R"({"nextPageToken":"n","prefixes":["p/f/z/","p/f/a/","p/f/2/"],"items":[)" +
                       ObjectJson("p/f/", 0, "1") + "," + ObjectJson("p/f/3", 4, "8", "4waSgw==") + "," +
                       ObjectJson("p/f/2", 4, "8") + "]}"}};
  const ListPage page = RunTask(store_.List({}, {.folder = Path("f"), .start_after = "2"})).value();
  EXPECT_THAT(Line(0), HasSubstr("GET /storage/v1/b/b/o?prefix=p%2Ff%2F&maxResults=1000&fields="));
  EXPECT_THAT(Line(0), HasSubstr("&delimiter=%2F&startOffset=p%2Ff%2F2"));
  ASSERT_EQ(page.listing.objects.size(), 1U);
  EXPECT_EQ(page.listing.objects[0].path, Path("f/3"));
  EXPECT_EQ(page.listing.objects[0].etag, "8");
  EXPECT_EQ(page.listing.objects[0].checksums.crc32c, 0xe3069283U);
  EXPECT_THAT(page.listing.folders, ElementsAre(Path("f/a"), Path("f/z")));
  EXPECT_EQ(page.resume, "n");
}

TEST_F(GcsStoreTest, ABucketThatDoesNotExistIsNoEmptyFolder) {
  script() = {{.status = 404, .text = "Not Found"}};
  EXPECT_EQ(RunTask(store_.List({}, {})).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(GcsStoreTest, NamesThatGoogleDoesNotTakeAreRefusedBeforeAnyRequest) {
  for (const std::string& name : {std::string("\xff"), std::string(1'023, 'n')}) {
    EXPECT_EQ(RunTask(store_.PutIfAbsent({}, Path(name), "x")).error().code, ErrorCode::kInvalidArgument) << name;
  }
  EXPECT_TRUE(world_.service.asked.empty());
}

TEST_F(GcsStoreTest, WhatComesWithAnotherChecksumIsCorrupt) {
  script() = {{.text = "123456789", .headers = {{"x-goog-hash", "crc32c=4waSgw==,md5=x"}}},
              {.text = "123456780", .headers = {{"x-goog-hash", "crc32c=4waSgw==,md5=x"}}}};
  EXPECT_EQ(RunTask(store_.Get({}, Path("k"), 100)).value(), "123456789");
  EXPECT_EQ(RunTask(store_.Get({}, Path("k"), 100)).error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(world_.service.asked[0].header("Accept-Encoding"), "gzip") << "compressed bytes stay as they are";
}

TEST_F(GcsStoreTest, AReadIsOfTheGenerationThatWasOpenedAndOfNoOther) {
  script() = {Object("5"),
              {.status = 206, .text = "bcd", .headers = {{"x-goog-generation", "5"}}},
              {.status = 206, .text = "bcd", .headers = {{"x-goog-generation", "6"}}},
              {.status = 412},
              {.status = 404, .text = "No such object: b/p/k"},
              {.status = 206, .text = "bc"},
              {.status = 200, .text = "abc"}};
  const auto object = RunTask(store_.Open({}, Path("k"))).value();
  std::string room(3, '?');
  EXPECT_EQ(RunTask(object->Read({}, 1, room)).value(), 3U);
  EXPECT_EQ(room, "bcd");
  EXPECT_EQ(Line(1), "GET /storage/v1/b/b/o/p%2Fk?alt=media&ifGenerationMatch=5");
  EXPECT_EQ(world_.service.asked[1].header("Range"), "bytes=1-3");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(RunTask(object->Read({}, 1, room)).error().code, ErrorCode::kCorruptData) << i;
  EXPECT_TRUE(script().empty());
}

TEST_F(GcsStoreTest, PutIfAbsentSaysItsConditionAndItsChecksum) {
  script() = {Object("1"), {.status = 412}, {.fails = ErrorCode::kOutcomeUnknown}};
  EXPECT_EQ(RunTask(store_.PutIfAbsent({}, Path("k"), "123456789")).value(), PutOutcome::kCreated);
  EXPECT_THAT(Line(0), HasSubstr("POST /upload/storage/v1/b/b/o?uploadType=multipart&ifGenerationMatch=0"));
  EXPECT_THAT(world_.service.asked[0].body, HasSubstr(R"("name":"p/k")"));
  EXPECT_THAT(world_.service.asked[0].body, HasSubstr(R"("crc32c":"4waSgw==")"));
  EXPECT_EQ(RunTask(store_.PutIfAbsent({}, Path("k"), "x")).value(), PutOutcome::kExisted);
  EXPECT_EQ(RunTask(store_.PutIfAbsent({}, Path("k"), "x")).error().code, ErrorCode::kOutcomeUnknown);
}

TEST_F(GcsStoreTest, ARewriteGoesOnUntilItIsDone) {
  script() = {{.text = R"({"done":false,"rewriteToken":"t1"})"},
              {.text = R"({"done":false,"rewriteToken":"t2"})"},
              {.text = R"({"done":true})"}};
  EXPECT_EQ(Copy().value(), CopyOutcome::kCreated);
  const std::string line =
      "POST /storage/v1/b/s/o/x%2Fy/rewriteTo/b/b/o/p%2Fk?ifSourceGenerationMatch=5&ifGenerationMatch=0"
      "&fields=done%2CrewriteToken";
  EXPECT_THAT(world_.service.lines(), ElementsAre(line, line + "&rewriteToken=t1", line + "&rewriteToken=t2"));
}

TEST_F(GcsStoreTest, ARefusedConditionOfARewriteIsThatOfTheTargetOrOfTheSource) {
  script() = {{.status = 412}, Object("9"), {.status = 412}, {.status = 404}, {.status = 403}};
  EXPECT_EQ(Copy().value(), CopyOutcome::kExisted);
  EXPECT_EQ(Copy().value(), CopyOutcome::kNotPossible);
  EXPECT_EQ(Copy().value(), CopyOutcome::kNotPossible);
  script() = {{.fails = ErrorCode::kOutcomeUnknown}, {.text = "nothing"}};
  EXPECT_EQ(Copy().error().code, ErrorCode::kOutcomeUnknown);
  EXPECT_EQ(Copy().error().code, ErrorCode::kOutcomeUnknown);
}

TEST_F(GcsStoreTest, AServiceWhoseConditionsAreNotBelievedIsNotAskedToCopy) {
  const auto store = Tried({.refuses_second_put = true, .one_of_two_puts = true, .shows_what_it_took = true});
  const ObjectAddress from{.service = "gcs http://h:1", .place = "/storage/v1/b/s/o/x", .etag = "5"};
  EXPECT_EQ(RunTask(store->CopyIfAbsent({}, from, Path("k")), loop_).value(), CopyOutcome::kNotPossible);
  EXPECT_TRUE(world_.service.asked.empty());
}

TEST_F(GcsStoreTest, WhereCredentialsAreGoodForOnePlaceNothingIsCopied) {
  GcsStore closed("gs://b/p", "p", world_.client, {.closed = true});
  const ObjectAddress from{.service = "gcs http://h:1", .place = "/storage/v1/b/s/o/x", .etag = "5"};
  EXPECT_EQ(RunTask(closed.CopyIfAbsent({}, from, Path("k")), loop_).value(), CopyOutcome::kNotPossible);
  EXPECT_TRUE(world_.service.asked.empty());
  EXPECT_EQ(closed.traits().copies_from, "");
}

TEST_F(GcsStoreTest, WhatIsNotSafeIsRefusedBeforeAnyRequest) {
  const auto store = Tried({.refuses_second_put = true, .shows_what_it_took = true});
  const ObjectAddress from{.service = "gcs http://h:1", .place = "/storage/v1/b/s/o/x", .etag = "5"};
  EXPECT_EQ(RunTask(store->PutIfAbsent({}, Path("k"), "x"), loop_).error().code, ErrorCode::kRefused);
  EXPECT_EQ(RunTask(store->Begin({}, Path("k"), {}), loop_).error().code, ErrorCode::kRefused);
  EXPECT_EQ(RunTask(store->CopyIfAbsent({}, from, Path("k")), loop_).error().code, ErrorCode::kRefused);
  EXPECT_TRUE(world_.service.asked.empty());
}

// Whoever takes any checksum that is said tells wrong ones too.
TEST_F(GcsStoreTest, ChecksumsAndGenerationsAreToldWhereTheServiceCompares) {
  Probed probed{.refuses_second_put = true, .one_of_two_puts = true, .shows_what_it_took = true};
  const std::string made = ObjectJson("p/k", 9, "5", "4waSgw==");
  for (const bool compares : {false, true}) {
    probed.checks_checksums = compares;
    const auto store = Tried(probed);
    script() = {{.text = made}, {.text = made}, {.text = R"({"items":[)" + made + "]}"}, {.text = made}};
    const auto created = RunTask(store->Create({}, Path("k"), "123456789"), loop_).value();
    EXPECT_EQ(created.etag, compares ? "5" : "");
    EXPECT_EQ(RunTask(store->Head({}, Path("k")), loop_).value().checksums.crc32c.has_value(), compares);
    const ListPage page = RunTask(store->List({}, {}), loop_).value();
    EXPECT_EQ(page.listing.objects.at(0).checksums.crc32c.has_value(), compares);
    const auto writer = RunTask(store->Begin({}, Path("k"), {}), loop_).value();
    ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("123456789"))).has_value());
    ASSERT_EQ(RunTask(writer->CommitIfAbsent({}, 9, {})).value(), PutOutcome::kCreated);
    EXPECT_EQ(writer->etag(), compares ? "5" : "");
  }
}

TEST_F(GcsStoreTest, GenerationIsToldOfTheBytesThatWereSentAndOfNoOthers) {
  script() = {{.text = ObjectJson("p/k", 9, "5", "4waSgw==")},
              {.text = ObjectJson("p/k", 9, "5", "AAAAAA==")},
              {.text = ObjectJson("p/k", 9, "5")},
              {.text = "no JSON"},
              {.status = 412}};
  for (const std::string etag : {"5", "", "", "", ""}) {
    const auto created = RunTask(store_.Create({}, Path("k"), "123456789")).value();
    EXPECT_EQ(created.etag, etag);
    EXPECT_EQ(created.outcome, script().empty() ? PutOutcome::kExisted : PutOutcome::kCreated);
  }
  const ObjectAddress address = store_.AddressOf(Path("k"), "5").value();
  EXPECT_EQ(address.service, store_.traits().copies_from);
  EXPECT_EQ(address.place, "/storage/v1/b/b/o/p%2Fk");
  EXPECT_EQ(address.etag, "5");
}

TEST_F(GcsStoreTest, FrontAndWhatIsSaidOfItAreOfOneGeneration) {
  const auto front = [](const std::string& text, const std::string& generation) {
    return GcsService::Answer{.status = 206, .text = text, .headers = {{"x-goog-generation", generation}}};
  };
  const auto open = [&](GcsService::Answer bytes) {
    world_.service.asked.clear();
    script() = {Object("5"), std::move(bytes)};
    return RunTask(store_.OpenFront({}, Path("k"), 3)).value();
  };
  std::string room(3, '?');
  const auto object = open(front("abc", "5"));
  EXPECT_THAT(Line(1), HasSubstr("/storage/v1/b/b/o/p%2Fk?alt=media"));
  EXPECT_EQ(world_.service.asked[1].header("Range"), "bytes=0-2");
  EXPECT_EQ(world_.service.asked[1].header("Accept-Encoding"), "gzip");
  EXPECT_EQ(object->info().modified, ParseTime("2026-01-02T03:04:05.678Z").value());
  EXPECT_EQ(RunTask(object->Read({}, 0, room)).value(), 3U);
  EXPECT_EQ(room, "abc");
  EXPECT_EQ(world_.service.asked.size(), 2U) << "the front is there";
  for (const auto& other : {front("abc", "6"), front("ab", "5"), front("abc", ""), GcsService::Answer{.status = 416},
                            GcsService::Answer{.fails = ErrorCode::kCorruptData}}) {
    const auto plain = open(other);
    script() = {front("abc", "5")};
    EXPECT_EQ(RunTask(plain->Read({}, 0, room)).value(), 3U);
    EXPECT_EQ(world_.service.asked.size(), 3U) << "asked for as any other bytes";
  }
}

TEST_F(GcsStoreTest, TouchIsARewriteOntoItselfOfTheGenerationThatIsThere) {
  script() = {Object("5"), {.text = R"({"done":true})"}, Object("5"), {.status = 403}, Object("5"), {.status = 412}};
  EXPECT_TRUE(RunTask(store_.Touch({}, Path("k"))).value());
  EXPECT_THAT(Line(1), HasSubstr("/p%2Fk/rewriteTo/b/b/o/p%2Fk?ifSourceGenerationMatch=5&ifGenerationMatch=5&"));
  EXPECT_FALSE(RunTask(store_.Touch({}, Path("k"))).value());
  EXPECT_TRUE(RunTask(store_.Touch({}, Path("k"))).value());
}

TEST_F(GcsStoreTest, DeleteSaysWhatStayedAndWhy) {
  script() = {{.status = 204}, {.status = 403, .text = FaultJson("objectUnderActiveHold", "m")}, {.status = 404}};
  const auto stayed = RunTask(store_.Delete({}, {Path("a"), Path("b"), Path("c")})).value();
  ASSERT_EQ(stayed.size(), 1U);
  EXPECT_EQ(stayed[0].path, Path("b"));
  EXPECT_THAT(stayed[0].error.message, HasSubstr("a hold is on the object"));
  script() = {{.status = 404, .text = FaultJson("notFound", "The specified bucket does not exist.")}};
  EXPECT_EQ(RunTask(store_.Delete({}, {Path("a")})).value().at(0).error.code, ErrorCode::kInvalidArgument);
}

TEST_F(GcsStoreTest, ASmallObjectIsWrittenInOneRequest) {
  script() = {Object("1")};
  const auto writer = Begin();
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("content"))).has_value());
  EXPECT_TRUE(world_.service.asked.empty());
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, 7, {.crc64 = Crc64Of("content")})).value(), PutOutcome::kCreated);
  EXPECT_THAT(Line(0), HasSubstr("uploadType=multipart&ifGenerationMatch=0"));
}

TEST_F(GcsStoreTest, AChecksumThatIsAnotherPublishesNothing) {
  const auto writer = Begin();
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("content"))).has_value());
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, 7, {.crc64 = 1})).error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, 7, {.crc32c = 1})).error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, 6, {})).error().code, ErrorCode::kCorruptData);
  EXPECT_TRUE(world_.service.asked.empty());
}

TEST_F(GcsStoreTest, AnObjectLongerThanItWasSaidToBeIsCorrupt) {
  const auto writer = Begin({.size_bytes = 7});
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("content"))).has_value());
  EXPECT_EQ(RunTask(writer->Write({}, 1, BufferOf("more"))).error().code, ErrorCode::kCorruptData);
}

TEST_F(GcsStoreTest, PartsSideBySideGoInTheirOrderAndTheLastBytesEndTheUpload) {
  const std::string bytes = std::string(kPart, 'a') + std::string(kPart, 'b') + std::string(kChunkStep, 'c') + "tail";
  const auto held = [](size_t size) -> Headers { return {{"Range", "bytes=0-" + std::to_string(size - 1)}}; };
  script() = {{.headers = {{"Location", "http://h:1/s?upload_id=u"}}},
              {.status = 308, .headers = held(kPart)},
              {.status = 308, .headers = held(2 * kPart)},
              {.status = 308, .headers = held(2 * kPart + kChunkStep)},
              {.text = ObjectJson("p/k", bytes.size(), "1", ChecksumText(Crc32cOf(bytes)))}};
  const auto writer = Begin();
  const auto write = [&](size_t i) -> Task<Status> {
    const size_t number = 2 - i;  // the last one first
    const auto memory = co_await writer->Write({}, static_cast<int64_t>(number),
                                               BufferOf(std::string_view(bytes).substr(number * kPart, kPart)));
    LF_CO_TRY_OK(memory);
    EXPECT_GT(memory->capacity(), 0U);
    co_return Status();
  };
  ASSERT_TRUE(RunTask(ParallelFor(3, 3, write)).has_value());
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, static_cast<int64_t>(bytes.size()), {.crc64 = Crc64Of(bytes)})).value(),
            PutOutcome::kCreated);
  std::string sent;
  for (size_t i = 1; i < world_.service.asked.size(); ++i) sent += world_.service.asked[i].body;
  EXPECT_TRUE(sent == bytes);
  EXPECT_EQ(world_.service.asked[4].body, "tail");
}

TEST_F(GcsStoreTest, ANameThatIsTakenAtTheBeginningTakesNoBytes) {
  script() = {{.status = 412}};
  const auto writer = Begin();
  const std::string part(kPart, 'a');
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf(part))).has_value());
  ASSERT_TRUE(RunTask(writer->Write({}, 1, BufferOf(part))).has_value());
  EXPECT_EQ(RunTask(writer->CommitIfAbsent({}, 2 * kPart, {})).value(), PutOutcome::kExisted);
  EXPECT_EQ(world_.service.asked.size(), 1U);
}

TEST_F(GcsStoreTest, WhereAPartFailsThoseThatWaitForItFailToo) {
  script() = {{.headers = {{"Location", "http://h:1/s?upload_id=u"}}}, {.status = 410}};
  const auto writer = Begin();
  const std::string part(kPart, 'a');
  const auto write = [&](size_t i) -> Task<Status> {
    const auto memory = co_await writer->Write({}, static_cast<int64_t>(1 - i), BufferOf(part));
    EXPECT_EQ(memory.has_value() ? ErrorCode::kInternal : memory.error().code, ErrorCode::kUnavailable);
    co_return Status();
  };
  ASSERT_TRUE(RunTask(ParallelFor(2, 2, write)).has_value());
  EXPECT_EQ(world_.service.asked.size(), 2U);
}

TEST_F(GcsStoreTest, APartBehindOneThatIsTooShortIsAMistake) {
  const auto writer = Begin();
  ASSERT_TRUE(RunTask(writer->Write({}, 0, BufferOf("short"))).has_value());
  EXPECT_EQ(RunTask(writer->Write({}, 1, BufferOf("more"))).error().code, ErrorCode::kInternal);
}

TEST_F(GcsStoreTest, TouchThatTheServiceCannotDoIsNoRefusal) {
  script() = {Object("5"), {.status = 501}, Object("5"), {.fails = ErrorCode::kOutcomeUnknown}};
  EXPECT_EQ(RunTask(store_.Touch({}, Path("k"))).error().code, ErrorCode::kInternal);
  EXPECT_EQ(RunTask(store_.Touch({}, Path("k"))).error().code, ErrorCode::kUnavailable) << "once more does no harm";
}

TEST_F(GcsStoreTest, WhetherATargetIsThereHasToBeKnown) {
  script() = {{.status = 412}, {.status = 403}};
  EXPECT_EQ(Copy().error().code, ErrorCode::kUnauthorized);
}

TEST_F(GcsStoreTest, StopEndsADeletion) {
  script() = {{.fails = ErrorCode::kCancelled}};
  EXPECT_EQ(RunTask(store_.Delete({}, {Path("a")})).error().code, ErrorCode::kCancelled);
}

TEST_F(GcsStoreTest, ABucketThatIsGoneIsNoChangedObject) {
  script() = {Object("5"), {.status = 404, .text = FaultJson("notFound", "The specified bucket does not exist.")}};
  const auto object = RunTask(store_.Open({}, Path("k"))).value();
  std::string room(3, '?');
  EXPECT_EQ(RunTask(object->Read({}, 1, room)).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace lakeferry::gcs
