// Lines of at most 80 columns: what is broken where, and what is left out.
#include "daemon/output/lines.h"

#include "base/known_secrets.h"

namespace lakeferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Lines, WidthIsWhatATerminalNeeds) {
  EXPECT_EQ(DisplayWidth(""), 0U);
  EXPECT_EQ(DisplayWidth("\u00e9t\u00e9"), 3U);
  EXPECT_EQ(DisplayWidth("\u6771\u4eac"), 4U) << "each takes two columns";
  EXPECT_EQ(DisplayWidth("e\u0301"), 1U) << "the accent stands above its letter";
  EXPECT_EQ(DisplayWidth("\U0001f600"), 2U);
}

TEST(Lines, TheMiddleOfALongNameIsLeftOut) {
  EXPECT_EQ(Shortened("catalog.schema.table", 20), "catalog.schema.table");
  EXPECT_EQ(Shortened("catalog.schema.table", 11), "catal\u2026table");
  EXPECT_EQ(Shortened("\u6771\u4eac\u6771\u4eac\u6771\u4eac", 7), "\u6771\u2026\u6771\u4eac");
  EXPECT_EQ(Shortened("abc", 1), "\u2026");
  for (size_t width = 1; width < 24; ++width) {
    EXPECT_LE(DisplayWidth(Shortened("\u6771catalog.\u4eacschema.t\u00e9", width)), width);
  }
}

TEST(Lines, ATextIsBrokenAtSpacesAndSpacesWithinALineStay) {
  const std::string words = "a " + std::string(70, 'b') + "  cd efgh";
  EXPECT_EQ(Wrapped(words), "a " + std::string(70, 'b') + "  cd\n    efgh\n");
  EXPECT_EQ(Wrapped("name    value", 2), "  name    value\n");
  EXPECT_EQ(Wrapped(""), "\n");
  EXPECT_EQ(Wrapped("two\nlines"), "two\\nlines\n");
}

TEST(Lines, ALineOf80ColumnsIsNotBroken) {
  const std::string full = std::string(40, 'a') + " " + std::string(39, 'b');
  EXPECT_EQ(Wrapped(full), full + "\n");
  EXPECT_EQ(Wrapped(full + "c"), std::string(40, 'a') + "\n    " + std::string(39, 'b') + "c\n");
}

TEST(Lines, AWordThatNoLineHoldsIsBrokenButAPlaceStandsAlone) {
  const std::string text = Wrapped("id " + std::string(100, 'x') + " end");
  EXPECT_EQ(text, "id " + std::string(77, 'x') + "\n    " + std::string(23, 'x') + " end\n");
  const std::string list = std::string(70, 'x') + "," + std::string(20, 'y');
  EXPECT_EQ(Wrapped("id " + list), "id " + std::string(70, 'x') + ",\n    " + std::string(20, 'y') + "\n");
  EXPECT_EQ(Wrapped(std::string(80, 'a') + " " + list),
            std::string(80, 'a') + "\n    " + std::string(70, 'x') + ",\n    " + std::string(20, 'y') + "\n");
  const std::string uri = "abfss://tank@account.dfs.core.windows.net/" + std::string(80, 'y');
  EXPECT_EQ(Wrapped("where: " + uri + " or there", 2), "  where:\n    " + uri + "\n    or there\n");
  EXPECT_EQ(Wrapped("(" + uri + "),"), "(" + uri + "),\n");
}

TEST(Lines, APlaceBeginsAtARootOrWithAScheme) {
  for (const char* place :
       {"/srv/dr", "file:///srv", "'s3://b/k',", "(file:/x)", "`ReadWritePaths=-/srv/dr`", "a=/x"}) {
    EXPECT_TRUE(IsPlace(place)) << place;
  }
  for (const char* none : {"", "/", "a/b", "day=1/part-0.parquet", ":/x", "Not A:/x", "{\"a\":\"b://c\"}"}) {
    EXPECT_FALSE(IsPlace(none)) << none;
  }
}

TEST(Lines, NoHalfOfASecretIsLeftWhereALineIsBroken) {
  RememberSecret(Secret(std::string("correct horse battery")));
  const std::string text = Wrapped(std::string(70, 'a') + " correct horse battery staple");
  EXPECT_THAT(text, Not(HasSubstr("horse")));
  EXPECT_THAT(text, HasSubstr("[secret]\n    staple"));
}

}  // namespace
}  // namespace lakeferry
