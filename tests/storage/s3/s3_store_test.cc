#include "storage/s3/s3_store.h"

#include <gtest/gtest.h>

#include "base/crc64.h"
#include "storage/s3/checksum_text.h"
#include "storage/s3/s3_writer.h"
#include "tests/storage/s3/s3_service.h"
#include "tests/support/buffer_of.h"
#include "tests/support/run_task.h"

namespace lakeferry::s3 {
namespace {

constexpr int64_t kMib = int64_t{1} << 20;

TEST(S3WriterTest, ObjectHasAtMostTenThousandParts) {
  EXPECT_EQ(PartBytesFor({}, 8 * kMib), static_cast<size_t>(8 * kMib));
  EXPECT_EQ(PartBytesFor(0, 8 * kMib), static_cast<size_t>(8 * kMib));
  EXPECT_EQ(PartBytesFor(80'000 * kMib, 8 * kMib), static_cast<size_t>(8 * kMib));
  EXPECT_EQ(PartBytesFor(80'000 * kMib + 1, 8 * kMib), static_cast<size_t>(9 * kMib));
  const int64_t largest = 5 * kMib * kMib;
  EXPECT_LE(largest / static_cast<int64_t>(PartBytesFor(largest, 8 * kMib)), 10'000);
}

// What is said of it was taken before it came here: the store is to compare with that.
TEST(S3WriterTest, PartGoesWithTheChecksumThatItCameWith) {
  S3World world;
  S3Writer writer(world.client, "k", "w", 4, {});
  world.service.script = {
      S3Service::Status(200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"),
      S3Service::Status(200, {}, {{"ETag", "e"}}), S3Service::Status(200, {}, {{"ETag", "e"}})};
  ASSERT_TRUE(RunTask(writer.Begin({})));
  Buffer part = BufferOf("text");
  part.set_crc64(7);
  ASSERT_TRUE(RunTask(writer.Write({}, 0, std::move(part))));
  ASSERT_TRUE(RunTask(writer.Write({}, 1, BufferOf("more"))));
  ASSERT_EQ(world.service.asked.size(), 3U);
  EXPECT_EQ(world.service.asked[1].headers.Find("x-amz-checksum-crc64nvme"), ChecksumText(7));
  EXPECT_EQ(world.service.asked[2].headers.Find("x-amz-checksum-crc64nvme"), ChecksumText(Crc64Of("more")));
}

// Missing evidence is no empty object.
TEST(S3StoreTest, HeadThatDoesNotSayWhatIsThereIsNoAnswer) {
  S3World world;
  boost::asio::io_context loop;
  auto unasked = std::make_shared<BucketProbe>(loop.get_executor(), world.clock,
                                               [](Call) -> Task<Result<Probed>> { co_return Probed(); });
  S3Store store("s3://b", "", world.client, std::move(unasked));
  const Headers whole{{"Content-Length", "5"}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"ETag", "e"}};
  world.service.script = {S3Service::Status(200, {}, whole)};
  EXPECT_EQ(RunTask(store.Head({}, ObjectPath::Of("a"))).value().size_bytes, 5);
  for (const auto* wrong : {"Content-Length", "Last-Modified"}) {
    Headers headers = whole;
    headers.Set(wrong, "?");
    world.service.script = {S3Service::Status(200, {}, headers)};
    EXPECT_EQ(RunTask(store.Head({}, ObjectPath::Of("a"))).error().code, ErrorCode::kCorruptData) << wrong;
  }
}

}  // namespace
}  // namespace lakeferry::s3
