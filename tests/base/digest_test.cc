#include "base/digest.h"

#include <gtest/gtest.h>

namespace lakeferry {
namespace {

TEST(Sha256, HasThePublishedValues) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesGiveTheSameAsTheWhole) {
  Sha256 sha;
  sha.Update("a");
  sha.Update("");
  sha.Update("bc");
  EXPECT_EQ(sha.FinishHex(), Sha256Hex("abc"));
}

TEST(Sha256, MovedToGoesOn) {
  Sha256 first;
  first.Update("ab");
  Sha256 second = std::move(first);
  second.Update("c");
  EXPECT_EQ(second.FinishHex(), Sha256Hex("abc"));
}

TEST(Hex64, HasSixteenLowerCaseDigits) {
  EXPECT_EQ(Hex64(0), "0000000000000000");
  EXPECT_EQ(Hex64(0xAE8B14860A799888), "ae8b14860a799888");
}

TEST(NameUuid, IsAVersionFiveUuidThatDependsOnTheNameAlone) {
  const std::string uuid = NameUuid("a");
  ASSERT_EQ(uuid.size(), 36U);
  for (const size_t dash : {8U, 13U, 18U, 23U}) EXPECT_EQ(uuid[dash], '-');
  EXPECT_EQ(uuid[14], '5');
  EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
  EXPECT_EQ(NameUuid("a"), uuid);
  EXPECT_NE(NameUuid("b"), uuid);
}

}  // namespace
}  // namespace lakeferry
