#include "engine/spill/spilled_bytes.h"

#include <fmt/format.h>

#include "tests/engine/world.h"

namespace lakeferry::engine {
namespace {

class SpilledBytesTest : public testing::Test {
 protected:
  std::string ReadFrom(int64_t offset) {
    std::string text;
    std::vector<char> buffer(7);
    while (true) {
      const Result<size_t> got = world.Run(bytes.Read(offset + static_cast<int64_t>(text.size()), buffer));
      EXPECT_THAT(got, Succeeded());
      if (!got || *got == 0) return text;
      text.append(buffer.data(), *got);
    }
  }
  std::vector<std::string> Pieces(size_t piece_bytes) {
    SpilledLines lines(bytes, piece_bytes);
    std::vector<std::string> pieces;
    while (true) {
      Result<std::string> piece = world.Run(lines.Next());
      EXPECT_THAT(piece, Succeeded());
      if (!piece || piece->empty()) return pieces;
      pieces.push_back(*std::move(piece));
    }
  }

  World world;
  SpilledBytes bytes{world.west, 64};
};

TEST_F(SpilledBytesTest, FewStayInMemory) {
  ASSERT_THAT(bytes.Append("abc"), Succeeded());
  ASSERT_THAT(bytes.Append("def"), Succeeded());
  EXPECT_EQ(bytes.size_bytes(), 6);
  EXPECT_EQ(ReadFrom(0), "abcdef");
  EXPECT_EQ(ReadFrom(4), "ef");
  EXPECT_EQ(ReadFrom(6), "");
  EXPECT_EQ(world.scratch.opened, 0);
}

TEST_F(SpilledBytesTest, AreReadAtOnceWholeOrNotAtAll) {
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const std::string some = fmt::format("number {};", i);
    all += some;
    ASSERT_THAT(bytes.Append(some), Succeeded());
  }
  for (size_t from = 0; from <= all.size(); ++from) {
    std::string rest(all.size() - from, ' ');
    ASSERT_THAT(bytes.ReadNow(static_cast<int64_t>(from), rest), Succeeded());
    EXPECT_EQ(rest, all.substr(from));
    rest += ' ';
    EXPECT_THAT(bytes.ReadNow(static_cast<int64_t>(from), rest), FailedWith(ErrorCode::kInternal, "lost its end"));
  }
}

TEST_F(SpilledBytesTest, ManyGoToScratchAndAreReadAcrossTheBorder) {
  std::string all;
  for (int i = 0; i < 50; ++i) {
    const std::string some = fmt::format("number {};", i);
    all += some;
    ASSERT_THAT(bytes.Append(some), Succeeded());
  }
  EXPECT_EQ(bytes.size_bytes(), static_cast<int64_t>(all.size()));
  for (size_t from = 0; from <= all.size(); ++from) EXPECT_EQ(ReadFrom(static_cast<int64_t>(from)), all.substr(from));
  EXPECT_EQ(world.scratch.opened, 1);
}

TEST_F(SpilledBytesTest, ClearedItIsEmptyAndTakesOthers) {
  ASSERT_THAT(bytes.Append(std::string(100, 'x')), Succeeded());
  bytes.Clear();
  EXPECT_EQ(bytes.size_bytes(), 0);
  ASSERT_THAT(bytes.Append("new"), Succeeded());
  EXPECT_EQ(ReadFrom(0), "new");
}

TEST_F(SpilledBytesTest, ScratchThatFailsIsTold) {
  world.scratch.failure = Error{.code = ErrorCode::kOutOfSpace, .message = "full"};
  EXPECT_THAT(bytes.Append("few"), Succeeded());
  EXPECT_THAT(bytes.Append(std::string(100, 'x')), FailedWith(ErrorCode::kOutOfSpace, "full"));
}

TEST_F(SpilledBytesTest, LinesComeWholeWhateverThePiece) {
  std::string all;
  for (int i = 0; i < 40; ++i) {
    const std::string line = std::string(static_cast<size_t>(i * 7 % 60), 'x') + fmt::format("{}\n", i);
    all += line;
    ASSERT_THAT(bytes.Append(line), Succeeded());
  }
  for (const size_t piece_bytes : {1, 5, 64, 1'000, 100'000}) {
    std::string joined;
    for (const std::string& piece : Pieces(piece_bytes)) {
      EXPECT_EQ(piece.back(), '\n');
      EXPECT_LE(piece.size(), piece_bytes + 65);
      joined += piece;
    }
    EXPECT_EQ(joined, all) << piece_bytes;
  }
}

TEST_F(SpilledBytesTest, TextThatEndsWithinALineIsAnError) {
  ASSERT_THAT(bytes.Append("whole\nhalf"), Succeeded());
  SpilledLines lines(bytes, 100);
  ASSERT_THAT(world.Run(lines.Next()), Succeeded());
  EXPECT_THAT(world.Run(lines.Next()), FailedWith(ErrorCode::kInternal, "within a line"));
}

}  // namespace
}  // namespace lakeferry::engine
