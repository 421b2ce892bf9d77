#include "storage/cloud/spoiled_signature.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace lakeferry {
namespace {

std::string SpoiledHeader(std::string authorization) {
  HttpRequest request;
  request.headers.Set("Authorization", std::move(authorization));
  SpoilSignature(request);
  return std::string(request.headers.Find("Authorization").value());
}

std::string SpoiledTarget(std::string target) {
  HttpRequest request;
  request.target = std::move(target);
  SpoilSignature(request);
  EXPECT_FALSE(request.headers.Find("Authorization").has_value());
  return request.target;
}

TEST(SpoiledSignature, OneCharacterOfItIsAnother) {
  EXPECT_EQ(SpoiledHeader("AWS4 Signature=0123456789abcdef"), "AWS4 Signature=012345a789abcdef");
  EXPECT_EQ(SpoiledHeader("AWS4 Signature=012345a789abcdef"), "AWS4 Signature=012345b789abcdef");
  EXPECT_EQ(SpoiledTarget("/c/b?sv=1&sig=Xbcdefg%3D"), "/c/b?sv=1&sig=abcdefg%3D");
  EXPECT_EQ(SpoiledTarget("/c/b?sig=%2Fbcdefg"), "/c/b?sig=%2Facdefg");
}

TEST(SpoiledSignature, WhoSaysNothingOfHimselfComesToSaySomethingUntrue) {
  for (const std::string target : {"/c/b", "/c/b?sig=", "/c/b?sig=%2F"}) {
    HttpRequest request;
    request.target = target;
    SpoilSignature(request);
    EXPECT_TRUE(request.headers.Find("Authorization").has_value()) << target;
  }
}

}  // namespace
}  // namespace lakeferry
