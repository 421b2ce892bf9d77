#include "notify/smtp/mime.h"

#include <string>
#include <vector>

namespace lakeferry::notify {
namespace {

using std::string_literals::operator""s;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  size_t start = 0;
  for (size_t end = text.find("\r\n"); end != std::string::npos; end = text.find("\r\n", start)) {
    lines.push_back(text.substr(start, end - start));
    start = end + 2;
  }
  if (start < text.size()) lines.push_back(text.substr(start));
  return lines;
}

TEST(OneLine, KeepsOrdinaryText) { EXPECT_EQ(OneLine("group orders: Größe ✓", 300), "group orders: Größe ✓"); }

TEST(OneLine, DrawsLineBreaksAndControlsTogetherIntoOneSpace) {
  EXPECT_EQ(OneLine("a\r\n\r\nBcc: x@y\0z\x7F!"s, 300), "a Bcc: x@y z !");
}

TEST(OneLine, DrawsUnicodeLineBreaksTogetherToo) {
  EXPECT_EQ(OneLine("a\xC2\x85"
                    "b\xE2\x80\xA8"
                    "c\xE2\x80\xA9"
                    "d",
                    300),
            "a b c d");
}

TEST(OneLine, DropsBlanksAtBothEnds) { EXPECT_EQ(OneLine("\r\n  a b \t\n", 300), "a b"); }

TEST(OneLine, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(OneLine("a\xFF"
                    "b\xC3",
                    300),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(OneLine("\xC0\x8A", 300), "\xEF\xBF\xBD\xEF\xBF\xBD") << "an overlong line feed";
  EXPECT_EQ(OneLine("\xED\xA0\x80", 300), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "a surrogate";
  EXPECT_EQ(OneLine("\xF4\x90\x80\x80", 300).size(), 12u) << "above U+10FFFF";
}

TEST(OneLine, CutsBetweenCharactersAtTheLimit) {
  EXPECT_EQ(OneLine("ääääää", 9), "äää…");
  EXPECT_LE(OneLine(std::string(1000, 'x'), 300).size(), 300u);
}

TEST(EncodeHeaderText, LeavesShortAsciiAsItIs) {
  EXPECT_EQ(EncodeHeaderText("lakeferry: group orders failed"), "lakeferry: group orders failed");
  EXPECT_EQ(EncodeHeaderText(""), "");
}

TEST(EncodeHeaderText, EncodesUtf8AsWords) { EXPECT_EQ(EncodeHeaderText("Größe 1"), "=?UTF-8?Q?Gr=C3=B6=C3=9Fe_1?="); }

TEST(EncodeHeaderText, EncodesWhatAReaderWouldDecode) {
  EXPECT_EQ(EncodeHeaderText("=?utf-8?q?=0A?="), "=?UTF-8?Q?=3D=3Futf=2D8=3Fq=3F=3D0A=3F=3D?=");
}

TEST(EncodeHeaderText, FoldsLongTextIntoWordsThatFitALine) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "ä-";
  const std::vector<std::string> lines = Lines(EncodeHeaderText(text));
  ASSERT_GT(lines.size(), 3u);
  for (size_t i = 0; i < lines.size(); ++i) {
    EXPECT_LE(lines[i].size() + (i == 0 ? 9 : 0), 76u);
    if (i > 0) EXPECT_TRUE(lines[i].starts_with(" =?UTF-8?Q?"));
    EXPECT_EQ(lines[i].find("=C3?="), std::string::npos) << "a character split over two words";
  }
}

TEST(QuotedPrintable, EndsEveryKindOfLineWithCrlf) {
  EXPECT_EQ(QuotedPrintable("a\nb\r\nc\rd"), "a\r\nb\r\nc\r\nd\r\n");
  EXPECT_EQ(QuotedPrintable("a\n\nb"), "a\r\n\r\nb\r\n");
  EXPECT_EQ(QuotedPrintable(""), "");
}

TEST(QuotedPrintable, EscapesEqualsControlsAndNonAscii) {
  EXPECT_EQ(QuotedPrintable("a=b\0ä"s), "a=3Db=00=C3=A4\r\n");
  EXPECT_EQ(QuotedPrintable("\xFF"), "=EF=BF=BD\r\n");
}

TEST(QuotedPrintable, EscapesBlanksAtTheEndOfALine) { EXPECT_EQ(QuotedPrintable("a b \nc\t"), "a b=20\r\nc=09\r\n"); }

TEST(QuotedPrintable, BreaksLongLinesSoftlyAtSeventySix) {
  const std::string encoded = QuotedPrintable(std::string(200, 'x') + "ä" + std::string(200, ' ') + "end");
  std::string joined;
  for (const std::string& line : Lines(encoded)) {
    EXPECT_LE(line.size(), 76u);
    joined += line.ends_with('=') ? line.substr(0, line.size() - 1) : line;
  }
  EXPECT_EQ(joined, std::string(200, 'x') + "=C3=A4" + std::string(200, ' ') + "end");
}

}  // namespace
}  // namespace lakeferry::notify
