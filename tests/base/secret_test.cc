// Secrets: where their bytes lie, and texts without them.
#include "base/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/known_secrets.h"

namespace lakeferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Base64(std::string_view bytes, bool of_urls = false) {
  std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  alphabet += of_urls ? "-_" : "+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8U | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (size_t j = 0; j < 4; ++j) {
      out += i + j > bytes.size() ? '=' : alphabet[group >> (18 - 6 * j) & 0x3fU];
    }
  }
  return out;
}

// The flags of the mapping that holds the address, as the kernel shows them.
std::string FlagsOfMapping(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t begin = 0;
    uintptr_t end = 0;
    char dash = 0;
    std::istringstream words(line);
    if (words >> std::hex >> begin >> dash >> end && dash == '-') {
      inside = begin <= reinterpret_cast<uintptr_t>(address) && reinterpret_cast<uintptr_t>(address) < end;
    }
    if (inside && line.starts_with("VmFlags:")) return line + " ";
  }
  return "no such mapping";
}

TEST(Secret, LiesInMemoryThatNoCoreFileHas) {
  const Secret secret(std::string("tiger"));
  EXPECT_EQ(secret.Reveal(), "tiger");
  EXPECT_EQ(secret.Reveal().data()[5], '\0');
  EXPECT_THAT(FlagsOfMapping(secret.Reveal().data()), HasSubstr(" dd "));
  const std::string plain = "tiger";
  EXPECT_THAT(FlagsOfMapping(plain.data()), Not(HasSubstr(" dd ")));
}

TEST(Secret, TakesItsBytesFromWhereTheyWere) {
  // Short enough to lie in the string itself, which is then what is left behind on a stack.
  std::string value = "tiger";
  const char* bytes = value.data();
  const Secret secret(std::move(value));
  EXPECT_EQ(secret.Reveal(), "tiger");
  EXPECT_THAT(std::string(bytes, 5), Not(HasSubstr("ger")));
}

TEST(Secret, CopiesShareTheirBytesAndOneThatIsEmptyHasNone) {
  const Secret secret(std::string("tiger"));
  const Secret copy = secret;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(copy.Reveal().data(), secret.Reveal().data());
  EXPECT_TRUE(Secret().empty());
  EXPECT_EQ(Secret().Reveal(), "");
  EXPECT_FALSE(secret.empty());
}

TEST(KnownSecrets, AreTakenOutOfTextsInEveryFormThatServersEcho) {
  const std::string password = "t1g3r&lily pad/9";
  RememberSecret(Secret(std::string(password)));
  const std::string plain_login = std::string("\0dr\0", 4) + password;
  const std::vector<std::string> forms = {
      password,
      "<" + password + password + ">",
      Base64(password),
      Base64(password, true),
      Base64(plain_login),
      Base64("a" + password + "z"),
      Base64("ab" + password),
      Base64("abc" + password + "xyz", true),
      "t1g3r%26lily%20pad%2F9",
      "t1g3r%26lily+pad%2f9",
      "%74%31%67%33%72%26%6C%69%6c%79%20%70%61%64%2F%39",
  };
  for (const std::string& form : forms) {
    const std::string text = WithoutSecrets("550 you said " + form + " to me");
    EXPECT_THAT(text, HasSubstr("550 you said "));
    EXPECT_THAT(text, HasSubstr("[secret]"));
    EXPECT_THAT(text, HasSubstr(" to me"));
    for (const std::string_view part : {"t1g3r", "lily", "%74%31", "dDFn", "QxZz", "MWcz"}) {
      EXPECT_THAT(text, Not(HasSubstr(part))) << form;
    }
  }
}

TEST(KnownSecrets, WhatIsReplacedIsForgottenByTheLastWhoRemembersIt) {
  const std::string text = "the token is of-this-hour";
  auto first = RememberWhile(Secret(std::string("of-this-hour")));
  auto second = RememberWhile(Secret(std::string("of-this-hour")));
  EXPECT_EQ(WithoutSecrets(text), "the token is [secret]");
  first = nullptr;
  EXPECT_EQ(WithoutSecrets(text), "the token is [secret]");
  second = nullptr;
  EXPECT_EQ(WithoutSecrets(text), text);
}

TEST(KnownSecrets, WhatIsRememberedForGoodIsNotForgottenWithWhatIsNot) {
  RememberSecret(Secret(std::string("remembered for good")));
  (void)RememberWhile(Secret(std::string("remembered for good")));
  EXPECT_EQ(WithoutSecrets("remembered for good"), "[secret]");
}

TEST(KnownSecrets, OtherTextStaysAsItIs) {
  RememberSecret(Secret(std::string("unheard-of words")));
  const std::string text = "550 5.7.1 100%2 of file:///lake/a%20b/unheard-of word; dDFnM3I=";
  EXPECT_EQ(WithoutSecrets(text), text);
  EXPECT_EQ(WithoutSecrets(""), "");
}

TEST(KnownSecrets, OfBase64TheWordGoesAndNothingBeforeIt) {
  RememberSecret(Secret(std::string("word-of-64")));
  EXPECT_EQ(WithoutSecrets("blob=" + Base64("aword-of-64b") + ", auth=\"" + Base64("word-of-64") + "\""),
            "blob=[secret], auth=\"[secret]\"");
}

TEST(KnownSecrets, OfThreeBytesAreNotLookedFor) {
  RememberSecret(Secret(std::string("sou")));
  EXPECT_EQ(WithoutSecrets("the source"), "the source");
  RememberSecret(Secret(std::string("sour")));
  EXPECT_EQ(WithoutSecrets("the source"), "the [secret]ce");
}

TEST(KnownSecrets, OfSeveralLinesEachLongOneIsOne) {
  RememberSecret(Secret(std::string("-----BEGIN A KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ\nQ==\n-----END A KEY-----")));
  EXPECT_EQ(WithoutSecrets("line MC4CAQAwBQYDK2VwBCIEIJ, Q=="), "line [secret], Q==");
  EXPECT_EQ(WithoutSecrets("-----BEGIN A KEY-----"), "-----BEGIN A KEY-----");
}

}  // namespace
}  // namespace lakeferry
