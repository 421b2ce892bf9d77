#include "engine/log/piece_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>

#include "delta/commit_json.h"
#include "tests/delta/delta_matchers.h"
#include "tests/support/run_task.h"
#include "tests/support/slow_build.h"

namespace lakeferry::engine {
namespace {

// An object in memory.
class TextObject final : public OpenObject {
 public:
  // `missing`: bytes that it once had.
  explicit TextObject(std::string text, int64_t missing = 0) : text_(std::move(text)) {
    info_.size_bytes = static_cast<int64_t>(text_.size()) + missing;
  }
  [[nodiscard]] const ObjectInfo& info() const override { return info_; }
  Task<Result<size_t>> Read(Call, int64_t offset, std::span<char> buffer) override {
    const auto at = static_cast<size_t>(offset);
    if (fails_at && at + buffer.size() > *fails_at) co_return Fail(ErrorCode::kUnavailable, "the store is away");
    const size_t bytes = text_.copy(buffer.data(), buffer.size(), std::min(at, text_.size()));
    given_ = std::max(given_, at + bytes);
    co_return bytes;
  }
  [[nodiscard]] ObjectAddress address() const override { return {}; }
  [[nodiscard]] const RandomAccess* local() const override { return nullptr; }
  [[nodiscard]] size_t given() const { return given_; }

  std::optional<size_t> fails_at;

 private:
  std::string text_;
  ObjectInfo info_;
  size_t given_ = 0;
};

// All pieces, held to the end.
std::vector<TextPiece> ReadAll(OpenObject& object) {
  PieceReader reader(object);
  std::vector<TextPiece> pieces;
  while (true) {
    Result<TextPiece> piece = RunTask(reader.Next({}));
    EXPECT_THAT(piece, delta::Succeeded());
    if (!piece || piece->text.empty()) return pieces;
    pieces.push_back(*std::move(piece));
  }
}

std::string Joined(const std::vector<TextPiece>& pieces) {
  std::string text;
  for (const TextPiece& piece : pieces) text += piece.text;
  return text;
}

// Lines of which each has another text.
std::string Lines(size_t bytes, size_t line_bytes) {
  std::string text;
  for (size_t i = 0; text.size() < bytes; ++i) {
    std::string line = std::to_string(i);
    line.resize(std::max(line.size(), line_bytes - 1), 'x');
    text += line + "\n";
  }
  return text;
}

TEST(PieceReader, PiecesAreWholeLinesOfBoundedLength) {
  const std::string text = Lines(5'000'000, 331);
  TextObject object(text);
  const std::vector<TextPiece> pieces = ReadAll(object);
  EXPECT_EQ(Joined(pieces), text);
  EXPECT_GT(pieces.size(), 15U);
  for (const TextPiece& piece : pieces) {
    EXPECT_LE(piece.text.size(), kPieceBytes);
    EXPECT_EQ(piece.text.back(), '\n');
  }
}

TEST(PieceReader, LongLineIsAPieceByItself) {
  const std::string before = Lines(700'000, 90);
  const std::string line = std::string(5'000'000, 'y') + "\n";
  const std::string after = Lines(2'000'000, 90);
  TextObject object(before + line + after);
  const std::vector<TextPiece> pieces = ReadAll(object);
  EXPECT_EQ(Joined(pieces), before + line + after);
  EXPECT_EQ(std::ranges::count(pieces, line, &TextPiece::text), 1);
  EXPECT_EQ(std::ranges::count_if(pieces, [](const TextPiece& piece) { return piece.text.size() > kPieceBytes; }), 1);
}

TEST(PieceReader, LastLineMayLackItsEnd) {
  for (const size_t last : {size_t{1}, kPieceBytes - 1, kPieceBytes, kPieceBytes + 1, size_t{3'000'000}}) {
    const std::string text = Lines(1'000'000, 50) + std::string(last, 'z');
    TextObject object(text);
    EXPECT_EQ(Joined(ReadAll(object)), text) << last;
  }
}

TEST(PieceReader, OfALineFarBeyondTheLimitComesWhatIsRead) {
  const std::string before = Lines(1'000, 50);
  const std::string after = Lines(3'000'000, 50);
  const std::string nobodys(delta::kLineBytesMax * 4, 'a');
  for (const std::string_view end : {"\n", ""}) {
    TextObject object(before + R"({"txn":{"x":")" + nobodys + R"(","appId":"i","version":1}})" + std::string(end) +
                      (end.empty() ? "" : after));
    const std::vector<TextPiece> pieces = ReadAll(object);
    EXPECT_EQ(Joined(pieces), before + R"({"txn":{"appId":"i","version":1}})" + "\n" + (end.empty() ? "" : after));
  }
}

TEST(PieceReader, OfALineThatCannotBeCarriedComesWhy) {
  const std::string text(delta::kLineBytesMax * 4, 'a');
  for (const auto& [line, code] : {std::pair{R"({"add":{"stats":")" + text + R"("}})", ErrorCode::kUnsupportedTable},
                                   std::pair{text, ErrorCode::kCorruptLog}}) {
    TextObject object("one\n" + line + "\nthree\n");
    PieceReader reader(object);
    EXPECT_EQ(RunTask(reader.Next({}))->text, "one\n");
    const Result<TextPiece> piece = RunTask(reader.Next({}));
    ASSERT_THAT(piece, delta::Succeeded());
    ASSERT_TRUE(piece->problem.has_value());
    EXPECT_FALSE(piece->empty());
    EXPECT_EQ(piece->problem->code, code);
    EXPECT_EQ(RunTask(reader.Next({}))->text, "three\n");
    EXPECT_TRUE(RunTask(reader.Next({}))->empty());
  }
}

TEST(PieceReader, EmptyAndShortenedObjectsEnd) {
  TextObject empty("");
  EXPECT_THAT(ReadAll(empty), ::testing::IsEmpty());
  TextObject shortened("one\ntwo\n", 3'000'000);
  EXPECT_EQ(Joined(ReadAll(shortened)), "one\ntwo\n");
}

TEST(PieceReader, ErrorOfTheStoreIsReturned) {
  TextObject object(Lines(3'000'000, 100));
  object.fails_at = 2'000'000;
  PieceReader reader(object);
  Result<TextPiece> piece;
  do piece = RunTask(reader.Next({}));
  while (piece && !piece->text.empty());
  EXPECT_THAT(piece, delta::FailedWith(ErrorCode::kUnavailable, "away"));
}

TEST(PieceReader, TextOfAnyShapeComesWhole) {
  std::mt19937 dice(7);
  for (int round = 0; round < (kSlowBuild ? 10 : 40); ++round) {
    std::string text;
    const size_t bytes = dice() % 4'000'000;
    const size_t longest = size_t{1} << (dice() % 22);
    while (text.size() < bytes) text += std::string(dice() % longest, static_cast<char>('a' + dice() % 26)) + "\n";
    TextObject object(text);
    const std::vector<TextPiece> pieces = ReadAll(object);
    ASSERT_EQ(Joined(pieces), text) << round;
    for (const TextPiece& piece : pieces) ASSERT_EQ(piece.text.back(), '\n') << round;
  }
}

TEST(PieceReader, MemoryOfPiecesThatAreGoneServesAgain) {
  TextObject object(Lines(20'000'000, 400));
  PieceReader reader(object);
  std::set<const std::string*> memories;
  for (bool more = true; more;) {
    const Result<TextPiece> piece = RunTask(reader.Next({}));
    ASSERT_THAT(piece, delta::Succeeded());
    memories.insert(piece->memory.get());
    more = !piece->text.empty();
  }
  EXPECT_LE(memories.size(), 2U);
}

}  // namespace
}  // namespace lakeferry::engine
