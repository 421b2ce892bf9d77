#include "json/utf8_check.h"

#include <gtest/gtest.h>

namespace lakeferry::json {
namespace {

bool InPieces(std::string_view text, size_t bytes) {
  Utf8Check check;
  for (size_t at = 0; at < text.size(); at += bytes) check.Read(text.substr(at, bytes));
  return check.Finish();
}

TEST(Utf8Check, CharactersMayBeCutAnywhere) {
  const std::string text = "a\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x8C\x8A\xF0\x9F\x8C\x8A z\xC3\xA9";
  for (size_t bytes = 1; bytes <= text.size(); ++bytes) EXPECT_TRUE(InPieces(text, bytes)) << bytes;
  EXPECT_TRUE(InPieces("", 1));
}

TEST(Utf8Check, WhatIsNoCharacterIsFoundHoweverItIsCut) {
  for (const std::string text : {"a\x80z", "\xC3(", "x\xE2\x82", "\xF0\x9F\x8C", "\xED\xA0\x80", "\xFF",
                                 "ok \xF0\x9F\x8C\x8A\x8A", "\xC0\xAF"}) {
    for (size_t bytes = 1; bytes <= text.size(); ++bytes) EXPECT_FALSE(InPieces(text, bytes)) << text << ' ' << bytes;
  }
}

}  // namespace
}  // namespace lakeferry::json
