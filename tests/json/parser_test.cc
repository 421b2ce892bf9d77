#include "json/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace lakeferry::json {
namespace {

TEST(JsonParser, RefusesWhatIsTooLongTooDeepOrNothing) {
  Parser parser(6, 2);
  simdjson::dom::element value;
  EXPECT_EQ(parser.Parse("[[12]]", value), simdjson::SUCCESS);
  EXPECT_EQ(parser.Parse("[[123]]", value), simdjson::CAPACITY);
  EXPECT_EQ(parser.Parse("[[[]]]", value), simdjson::SUCCESS) << "what is empty opens no level";
  Parser deep(100, 2);
  EXPECT_EQ(deep.Parse("[[[1]]]", value), simdjson::DEPTH_ERROR);
  EXPECT_EQ(deep.Parse({}, value), simdjson::EMPTY);
}

TEST(JsonParser, BoundsHoldForEachDocumentAfterALongerOne) {
  Parser parser(1'000'000, 2);
  simdjson::dom::element value;
  const std::string text = "[\"" + std::string(500'000, 'x') + "\"]";
  EXPECT_EQ(parser.Parse(text, value), simdjson::SUCCESS);
  EXPECT_EQ(parser.Parse("[[[1]]]", value), simdjson::DEPTH_ERROR);
  EXPECT_EQ(parser.Parse("[[1]]", value), simdjson::SUCCESS);
}

// Behind the text lies memory that nobody may read.
TEST(JsonParser, ReadsNoFurtherThanItMay) {
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  void* const pages = ::mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(pages, MAP_FAILED);
  char* const end = static_cast<char*>(pages) + page;
  ASSERT_EQ(::mprotect(end, page, PROT_NONE), 0);
  constexpr std::string_view kText = R"({"a":"b"})";
  std::memcpy(end - kText.size(), kText.data(), kText.size());
  const std::string_view text(end - kText.size(), kText.size());
  Parser parser(100);
  simdjson::dom::element value;
  std::string_view found;
  for (const size_t readable : {size_t{0}, simdjson::SIMDJSON_PADDING - 1}) {
    ASSERT_EQ(parser.Parse(text, value, readable), simdjson::SUCCESS);
    ASSERT_EQ(value["a"].get(found), simdjson::SUCCESS);
    EXPECT_EQ(found, "b");
  }
  ::munmap(pages, 2 * page);
}

}  // namespace
}  // namespace lakeferry::json
