// Texts that came from elsewhere: bounds, and what is taken out.
#include "base/shown_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/known_secrets.h"

namespace lakeferry {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(ShownText, WhatIsTooLongIsCutAndSaysHowMuchIsMissing) {
  const std::string whole(kShownBytesMax, 'x');
  EXPECT_EQ(Bounded(whole), whole);
  const std::string cut = Bounded(whole + "y");
  EXPECT_LE(cut.size(), kShownBytesMax);
  EXPECT_THAT(cut, EndsWith("x\u2026 [49 bytes left out]"));
  EXPECT_EQ(Bounded(cut), cut);
  const std::string huge = Bounded(std::string(60'000'000, 'x'));
  EXPECT_LE(huge.size(), kShownBytesMax);
  EXPECT_THAT(huge, EndsWith("[59995952 bytes left out]"));
}

TEST(ShownText, CutsBetweenCharacters) {
  // One byte more at the front each time, so that the cut meets every byte of a character.
  for (const std::string character : {"\u00e9", "\u20ac", "\U0001F600"}) {
    for (size_t lead = 0; lead < 4; ++lead) {
      std::string text(lead, 'x');
      while (text.size() < 300) text += character;
      const std::string cut = Bounded(text, 100);
      EXPECT_LE(cut.size(), 100U);
      EXPECT_EQ(FirstInvalidUtf8(cut), std::string_view::npos) << character << lead;
    }
  }
  // What is no UTF-8 has no characters to keep.
  EXPECT_THAT(Bounded(std::string(300, '\x80'), 100), EndsWith("[248 bytes left out]"));
}

TEST(ShownText, IsUtf8AndMadeTheSameAgain) {
  EXPECT_EQ(FitToShow("gr\u00fcn \xff|\xc3"), "gr\u00fcn \\xff|\\xc3");
  for (const std::string& text : {std::string(300, '\xff'), "a\xff" + std::string(300, 'x'), std::string("\xc3")}) {
    const std::string shown = FitToShow(text, 100);
    EXPECT_LE(shown.size(), 100U);
    EXPECT_EQ(FirstInvalidUtf8(shown), std::string_view::npos);
    EXPECT_EQ(FitToShow(shown, 100), shown);
  }
}

TEST(ShownText, ASecretIsTakenOutBeforeTheCut) {
  RememberSecret(Secret(std::string("correct horse battery")));
  for (size_t lead = 0; lead < 120; ++lead) {
    const std::string text = FitToShow(std::string(lead, 'x') + "correct horse battery" + std::string(200, 'y'), 100);
    EXPECT_THAT(text, Not(HasSubstr("corr"))) << lead;
  }
}

TEST(ShownText, AUriHasNoPassword) {
  EXPECT_EQ(FitToShow("at file://user:pw@host/a, s3://k:p%40@b/c"), "at file://[secret]@host/a, s3://[secret]@b/c");
  EXPECT_EQ(FitToShow("smtp://u:p@ss:w@mail"), "smtp://[secret]@mail");
  for (const std::string untouched :
       {"abfss://container@account.dfs.core.windows.net/a:b@c", "file:///a:b@c", "http://[::1]:80/ x:y@z", "://", ""}) {
    EXPECT_EQ(FitToShow(untouched), untouched);
  }
}

TEST(ShownText, OneLineStaysOne) {
  EXPECT_THAT(OneLine("a\n\nWhat to do:\n  obey"), StartsWith("a\\n\\nWhat to do:\\n"));
}

}  // namespace
}  // namespace lakeferry
