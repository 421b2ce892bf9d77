#include "base/buffer.h"

#include <gtest/gtest.h>

namespace lakeferry {
namespace {

class BufferTest : public ::testing::Test {
 protected:
  BufferTest() {
    buffer_.Resize(3);
    buffer_.set_crc64(7);
  }

  Buffer buffer_{4};
};

TEST_F(BufferTest, ChecksumGoesWithTheBytes) {
  const Buffer moved = std::move(buffer_);
  EXPECT_EQ(moved.crc64(), 7);
}

TEST_F(BufferTest, ChecksumEndsWhereOtherBytesMayBe) {
  (void)buffer_.room();
  EXPECT_EQ(buffer_.crc64(), std::nullopt);
  buffer_.set_crc64(8);
  buffer_.Resize(2);
  EXPECT_EQ(buffer_.crc64(), std::nullopt);
}

}  // namespace
}  // namespace lakeferry
