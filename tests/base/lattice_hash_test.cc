#include "base/lattice_hash.h"

#include <gtest/gtest.h>

#include "base/digest.h"

namespace lakeferry {
namespace {

TEST(LatticeHash, IsTheSameWhateverTheOrder) {
  LatticeHash one;
  LatticeHash other;
  one.Add("a");
  one.Add("b");
  other.Add("b");
  other.Add("a");
  EXPECT_EQ(one, other);
  EXPECT_NE(one, LatticeHash());
}

TEST(LatticeHash, ForgetsWhatIsTakenOut) {
  LatticeHash hash;
  hash.Subtract("b");
  hash.Add("a");
  hash.Add("b");
  LatticeHash a;
  a.Add("a");
  EXPECT_EQ(hash, a);
  hash.Subtract("a");
  EXPECT_EQ(hash, LatticeHash());
}

TEST(LatticeHash, CopiesAreOnesOfTheirOwn) {
  LatticeHash a;
  a.Add("a");
  LatticeHash both = a;
  both.Add("b");
  EXPECT_NE(both, a);
  both = a;
  EXPECT_EQ(both, a);
  LatticeHash none;
  both = none;
  EXPECT_EQ(both, LatticeHash());
  both.Add("a");
  EXPECT_EQ(both, a);
  EXPECT_EQ(none, LatticeHash());
}

// XOR would say of the one that it is the empty set.
TEST(LatticeHash, CountsAnElementThatIsInTwice) {
  LatticeHash twice;
  twice.Add("a");
  twice.Add("a");
  LatticeHash once;
  once.Add("a");
  EXPECT_NE(twice, once);
  EXPECT_NE(twice, LatticeHash());
}

// Digests travel between machines and versions: these values may never change. They are AES-256-CTR of zeros under
// SHA-256 of the element, worked out by another program (openssl enc).
TEST(LatticeHash, HasFixedValues) {
  LatticeHash abc;
  abc.Add("abc");
  EXPECT_EQ(Sha256Hex(abc.ToBase64()), "feeb3102a2fbe126e3bd5f04f22c60dc4c7b0494b4e9528e59fc78958741adf9");
  abc.Add("");
  EXPECT_EQ(Sha256Hex(abc.ToBase64()), "5b83fccb48fe66d4e0876eedab99bc844d3dd908da4314250ca6f3422f755dce");
}

TEST(LatticeHash, ComesBackFromItsText) {
  LatticeHash hash;
  hash.Add("a");
  EXPECT_EQ(LatticeHash::FromBase64(hash.ToBase64()), hash);
  EXPECT_EQ(LatticeHash::FromBase64(LatticeHash().ToBase64()), LatticeHash());
}

TEST(LatticeHash, TakesNoOtherText) {
  LatticeHash hash;
  hash.Add("a");
  const std::string text = hash.ToBase64();
  EXPECT_EQ(LatticeHash::FromBase64(""), std::nullopt);
  EXPECT_EQ(LatticeHash::FromBase64(text.substr(4)), std::nullopt);
  EXPECT_EQ(LatticeHash::FromBase64(text + "AAAA"), std::nullopt);
  std::string broken = text;
  broken[5] = '*';
  EXPECT_EQ(LatticeHash::FromBase64(broken), std::nullopt);
  // 2,048 bytes are 2,730 characters and a last group with one '=': bits beyond its second byte must be none.
  std::string loose = text;
  loose[text.size() - 2] = loose[text.size() - 2] == 'B' ? 'C' : 'B';
  EXPECT_EQ(LatticeHash::FromBase64(loose), std::nullopt);
}

}  // namespace
}  // namespace lakeferry
