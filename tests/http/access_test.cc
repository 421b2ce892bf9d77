#include "http/server/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry {
namespace {

using testing::ElementsAre;
using testing::Pair;

ServerRequest With(Headers headers) {
  return {.method = "GET", .target = "/", .path = {}, .headers = std::move(headers)};
}

TEST(Access, ATokenIsShownAsABearerAndWhole) {
  const Secret token(std::string("t0ken-of-the-page"));
  EXPECT_TRUE(ShowsToken(With({{"Authorization", "Bearer t0ken-of-the-page"}}), token));
  EXPECT_TRUE(ShowsToken(With({{"authorization", "bearer  t0ken-of-the-page"}}), token));
  for (const char* wrong : {"Bearer t0ken-of-the-pag", "Bearer t0ken-of-the-page2", "Bearer ", "Bearer", "",
                            "Basic t0ken-of-the-page", "t0ken-of-the-page"}) {
    EXPECT_FALSE(ShowsToken(With({{"Authorization", wrong}}), token)) << wrong;
  }
  EXPECT_FALSE(ShowsToken(With({}), token));
  EXPECT_FALSE(ShowsToken(With({{"Authorization", "Bearer "}}), Secret())) << "no token lets nobody in";
}

TEST(Access, HostsAreComparedWithoutPortBracketsAndCase) {
  EXPECT_EQ(HostOf("Name:80"), "name");
  EXPECT_EQ(HostOf("[::1]:80"), "::1");
  EXPECT_EQ(HostOf(""), "");
}

TEST(ServerRequest, PathAndQueryAreTakenApartOnce) {
  ServerRequest request{.method = "GET", .target = "/v1/groups/a%2Fb%25?role=sender&x=%20y&flag", .path = {}};
  ASSERT_TRUE(TakeTarget(request));
  EXPECT_THAT(request.path, ElementsAre("v1", "groups", "a/b%"));
  EXPECT_THAT(request.query, ElementsAre(Pair("role", "sender"), Pair("x", " y"), Pair("flag", "")));
  EXPECT_EQ(request.Asked("role"), "sender");
  EXPECT_EQ(request.Asked("none"), std::nullopt);
}

}  // namespace
}  // namespace lakeferry
