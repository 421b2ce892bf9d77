#include "storage/gcs/gcs_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/crc64.h"
#include "base/digest.h"
#include "tests/storage/gcs/gcs_service.h"

namespace lakeferry::gcs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(GcsJson, ObjectIsReadWithItsNumbersAsTexts) {
  const auto object = ReadObject(
      R"({"name":"a/b","size":"12345678901","generation":"1795993582504538","updated":"2026-01-02T03:04:05.678Z",)"
      R"("timeCreated":"2025-01-01T00:00:00Z","crc32c":"4waSgw==","md5Hash":"WY1MIARhuBUiozKFZcJffA=="})");
  ASSERT_TRUE(object.has_value()) << ToString(object.error());
  EXPECT_EQ(object->key, "a/b");
  EXPECT_EQ(object->size_bytes, 12'345'678'901);
  EXPECT_EQ(object->generation, "1795993582504538");
  EXPECT_EQ(FormatUtc(object->modified), "2026-01-02T03:04:05.678Z");
  EXPECT_EQ(object->checksums.crc32c, 0xe3069283U);
  EXPECT_EQ(object->checksums.md5->size(), 16U);
}

TEST(GcsJson, WhatIsNoAnswerIsCorrupt) {
  for (const auto* text :
       {"", "<html>", "[]", "{}", R"({"name":"a","size":"-1","generation":"1","updated":"2026-01-01"})",
        R"({"name":"a","size":"1x","generation":"1","updated":"2026-01-02T03:04:05Z"})",
        R"({"name":"a","size":"","generation":"1","updated":"2026-01-02T03:04:05Z"})",
        R"({"name":"a","size":"99999999999999999999","generation":"1","updated":"2026-01-02T03:04:05Z"})",
        R"({"name":"a","size":"1","updated":"2026-01-01"})",
        R"({"name":"a","size":"1","generation":"1","updated":"yesterday"})"}) {
    const auto object = ReadObject(text);
    ASSERT_FALSE(object.has_value()) << text;
    EXPECT_EQ(object.error().code, ErrorCode::kCorruptData) << text;
  }
  EXPECT_EQ(ReadList(R"({"items":{}})").error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(ReadRewrite(R"({"done":false})").error().code, ErrorCode::kCorruptData);
}

TEST(GcsJson, ListHasObjectsPrefixesAndTheNextPage) {
  const auto list = ReadList("{\"nextPageToken\":\"n\",\"prefixes\":[\"f/\",\"\"],\"items\":[" +
                             ObjectJson("a", 1, "7") + "," + ObjectJson("b", 0, "8", "AAAAAA==") + "]}");
  ASSERT_TRUE(list.has_value()) << ToString(list.error());
  EXPECT_EQ(list->next, "n");
  EXPECT_THAT(list->prefixes, ElementsAre("f/"));
  ASSERT_EQ(list->objects.size(), 2U);
  EXPECT_EQ(list->objects[0].checksums.crc32c, std::nullopt);
  EXPECT_EQ(list->objects[1].checksums.crc32c, 0U);
  EXPECT_TRUE(ReadList(R"({"kind":"storage#objects"})").value().objects.empty());
}

TEST(GcsJson, ChecksumIsTheNumberHighestByteFirst) {
  EXPECT_EQ(ChecksumText(0xe3069283), "4waSgw==");
  EXPECT_EQ(ChecksumOf({{"X-Goog-Hash", "crc32c=4waSgw==,md5=WY1MIARhuBUiozKFZcJffA=="}}), 0xe3069283U);
  EXPECT_EQ(ChecksumOf({{"x-goog-hash", "md5=WY1MIARhuBUiozKFZcJffA=="}, {"x-goog-hash", "crc32c=4waSgw=="}}),
            0xe3069283U);
  EXPECT_EQ(ChecksumOf({{"x-goog-hash", "crc32c=4waSg"}}), std::nullopt);
}

TEST(GcsJson, UploadHasWhatIsSaidAndTheBytesAsTheyAre) {
  const std::string bytes("\r\n--\0x", 6);
  const UploadBody body = MakeUploadBody("a\"b", bytes, 0xe3069283);
  const std::string boundary = body.content_type.substr(body.content_type.find("boundary=") + 9);
  EXPECT_THAT(body.bytes, HasSubstr(R"({"name":"a\"b","contentType":"application/octet-stream","crc32c":"4waSgw=="})"));
  EXPECT_THAT(body.bytes, HasSubstr("octet-stream\r\n\r\n" + bytes + "\r\n--" + boundary + "--\r\n"));
}

TEST(GcsJson, FaultIsReadFromJsonAndFromALineButNotFromAPage) {
  const Fault fault = ReadFault(FaultJson("conditionNotMet", "At least one"));
  EXPECT_EQ(fault.reason, "conditionNotMet");
  EXPECT_EQ(fault.message, "At least one");
  EXPECT_EQ(ReadFault("No such object: b/k").message, "No such object: b/k");
  EXPECT_EQ(ReadFault("<html>no</html>").message, "");
  EXPECT_EQ(ReadFault(std::string(1'000, 'x')).message, "");
}

}  // namespace
}  // namespace lakeferry::gcs
