#include "delta/checkpoint_hint.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace lakeferry::delta {
namespace {

TEST(CheckpointHint, NamesItsVersion) {
  EXPECT_EQ(ReadCheckpointHint(R"({"version":10,"size":12})"), Version(10));
  EXPECT_EQ(ReadCheckpointHint(R"({"size":12,"parts":2,"version":0,"checkpointSchema":{"a":[1.5]},"new":null})"),
            Version(0));
}

TEST(CheckpointHint, IsNothingWhereItCannotBeRead) {
  for (const char* text : {"", " ", "{", "[]", "10", "null", R"({"version":"10"})", R"({"version":-1})",
                           R"({"size":12})", R"({"version":10,"size":1)", R"({"version":1.5})", "\xff"}) {
    EXPECT_EQ(ReadCheckpointHint(text), std::nullopt) << text;
  }
  EXPECT_EQ(ReadCheckpointHint(std::string(100'000, '[')), std::nullopt);
}

// The document and checksum that the protocol gives as its example, with a version put in front.
TEST(CheckpointHint, AcceptsTheChecksumTheProtocolDefines) {
  // MD5 of "k0"="%27v%200%27","k1"+"k2"=2,"k1"+"k3"+0="v3",…,"version"=7
  const std::string body = R"("k0":"'v 0'","k1":{"k2":2,"k3":["v3",[1,2],{"k4":"v4","k5":["v5","v6","v7"]}]})";
  EXPECT_EQ(ReadCheckpointHint(R"({"version":7,"checksum":"a1956efd5f960c97d2300791ef4f0a79",)" + body + "}"),
            Version(7));
  EXPECT_EQ(ReadCheckpointHint(R"({"version":8,"checksum":"a1956efd5f960c97d2300791ef4f0a79",)" + body + "}"),
            std::nullopt);
}

TEST(CheckpointHint, IsNothingWhereTheChecksumCannotHold) {
  EXPECT_EQ(ReadCheckpointHint(R"({"version":7,"checksum":"6a92d155a59bf2eecbd4b4ec7fd1f875"})"), std::nullopt);
  EXPECT_EQ(ReadCheckpointHint(R"({"version":7,"checksum":5})"), std::nullopt);
  EXPECT_EQ(ReadCheckpointHint(R"({"version":7,"x":1.5,"checksum":"6a92d155a59bf2eecbd4b4ec7fd1f875"})"), std::nullopt);
  EXPECT_EQ(ReadCheckpointHint(R"({"version":7,"version":8,"checksum":"6a92d155a59bf2eecbd4b4ec7fd1f875"})"),
            std::nullopt);
}

CheckpointFiles Checkpoint(LogFileKind kind, std::vector<std::string> names) {
  CheckpointFiles checkpoint{.version = Version(7), .kind = kind};
  for (std::string& name : names) checkpoint.files.push_back(LogFile{.name = std::move(name), .modified = {}});
  return checkpoint;
}

TEST(CheckpointHint, NamesOneCheckpointOfItsVersion) {
  const CheckpointFiles single = Checkpoint(LogFileKind::kCheckpoint, {"00000000000000000007.checkpoint.parquet"});
  EXPECT_TRUE(HintNames(R"({"version":7,"size":3})", single));
  EXPECT_TRUE(HintNames(R"({"version":7,"size":3,"parts":null})", single));
  EXPECT_FALSE(HintNames(R"({"version":8,"size":3})", single));
  EXPECT_FALSE(HintNames(R"({"version":7,"size":3,"parts":2})", single)) << "its parts are not there";
  EXPECT_FALSE(HintNames("{", single));

  const CheckpointFiles parts = Checkpoint(LogFileKind::kCheckpointPart, {"first", "second"});
  EXPECT_TRUE(HintNames(R"({"version":7,"parts":2})", parts));
  EXPECT_FALSE(HintNames(R"({"version":7,"parts":3})", parts));
  EXPECT_FALSE(HintNames(R"({"version":7})", parts));
}

TEST(CheckpointHint, NamesAV2CheckpointByItsFile) {
  const CheckpointFiles ours = Checkpoint(LogFileKind::kCheckpointV2, {"00000000000000000007.checkpoint.a.json"});
  EXPECT_TRUE(HintNames(R"({"version":7,"v2Checkpoint":{"path":"00000000000000000007.checkpoint.a.json"}})", ours));
  EXPECT_FALSE(HintNames(R"({"version":7,"v2Checkpoint":{"path":"00000000000000000007.checkpoint.b.json"}})", ours));
}

}  // namespace
}  // namespace lakeferry::delta
