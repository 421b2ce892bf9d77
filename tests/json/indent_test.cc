#include "json/indent.h"

#include <gtest/gtest.h>

namespace lakeferry::json {
namespace {

TEST(Indented, HasALineForEachMemberAndElement) {
  EXPECT_EQ(Indented(R"({"a":1,"b":["x","y"],"c":{"d":null}})"),
            "{\n  \"a\": 1,\n  \"b\": [\n    \"x\",\n    \"y\"\n  ],\n  \"c\": {\n    \"d\": null\n  }\n}");
}

TEST(Indented, LeavesTextsAndWhatIsEmptyAlone) {
  EXPECT_EQ(Indented(R"({"a":[],"b":{},"c":"{\"x\":[1,2]}\\"})"),
            "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": \"{\\\"x\\\":[1,2]}\\\\\"\n}");
}

}  // namespace
}  // namespace lakeferry::json
