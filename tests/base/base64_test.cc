#include "base/base64.h"

#include <gtest/gtest.h>

namespace lakeferry {
namespace {

TEST(Base64, HasThePublishedValues) {  // RFC 4648 section 10
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(ToBase64(bytes), text);
    EXPECT_EQ(FromBase64(text), bytes);
  }
}

TEST(Base64, EveryByteComesBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes.push_back(static_cast<char>(i));
    EXPECT_EQ(FromBase64(ToBase64(bytes)), bytes);
  }
}

TEST(Base64, TakesNothingThatItDoesNotWrite) {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zh==", "Zg==\n", " Zg==", "Zm9v Zm9v", "====", "Z===", "Zm8==", "Zm-v", "Zg==Zg=="}) {
    EXPECT_EQ(FromBase64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace lakeferry
