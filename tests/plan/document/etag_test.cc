#include "plan/document/etag.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "json/reader.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;

Result<std::string> Find(const std::string& text) {
  json::Reader reader(10'000);
  LF_TRY(const json::Fields json, reader.Read(text, "the test", "here"));
  return FindEtag(json, "etag", "here");
}

TEST(Etag, IsTakenWhereItIsOne) {
  EXPECT_EQ(Find(R"({"etag":"\"5d41-2\""})").value(), "\"5d41-2\"");
  EXPECT_EQ(Find("{}").value(), "") << "none is said";
}

TEST(Etag, WhatNoHeaderCanHoldIsNone) {
  for (const std::string& text :
       {std::string(), std::string("a b"), std::string("a\\nb"), std::string(kEtagBytesMax + 1, 'x')}) {
    EXPECT_THAT(Find(fmt::format(R"({{"etag":"{}"}})", text)), FailedWith(ErrorCode::kCorruptLog, "etag is no etag"))
        << text;
  }
}

}  // namespace
}  // namespace lakeferry::plan
