// What a replica's log says to the claim that an epoch was applied, case by case.
#include "plan/rules/replica_proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakeferry::plan {
namespace {

using delta::ReplicationMode;
using ::testing::HasSubstr;

struct MarkCase {
  std::string name;
  ReplicationMode mode;
  ReplicaMark mark;
  Proof proof;
  std::string why = {};
};

constexpr auto kThere = ReplicaMark::Log::kThere;

// The epoch's table: version 5 of the source, changed by epoch 3.
ManifestTable Claim() {
  return {.name = "t", .source_version = Version(5), .commit_sha256 = "abc", .marked_epoch = Epoch(3), .parts = {}};
}

ReplicaMark Clone(std::optional<int64_t> epoch, bool of_others = false) {
  ReplicaMark mark{.log = kThere};
  if (epoch) mark.epoch = Epoch(*epoch);
  mark.of_other_manifests = of_others;
  return mark;
}

ReplicaMark Mirror(int64_t version, std::optional<std::string> digest) {
  ReplicaMark mark{.log = kThere};
  if (version >= 0) mark.version = Version(version);
  mark.has_commit = digest.has_value();
  mark.commit_sha256 = digest.value_or("");
  return mark;
}

class Marks : public testing::TestWithParam<MarkCase> {};

TEST_P(Marks, AreJudged) {
  const TableProof judged = JudgeMark(GetParam().mark, Claim(), GetParam().mode);
  EXPECT_EQ(judged.proof, GetParam().proof) << judged.why;
  EXPECT_THAT(judged.why, HasSubstr(GetParam().why));
  EXPECT_EQ(judged.why.empty(), judged.proof == Proof::kConfirmed);
  EXPECT_EQ(judged.gone, GetParam().mark.log == ReplicaMark::Log::kAbsent);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Marks,
    testing::Values(
        MarkCase{"CloneGone", ReplicationMode::kClone, {}, Proof::kUnknown, "holds no log"},
        MarkCase{"MirrorGone", ReplicationMode::kMirror, {}, Proof::kUnknown, "holds no log"},
        MarkCase{"Unreadable",
                 ReplicationMode::kClone,
                 {.log = ReplicaMark::Log::kUnreadable, .why = "a gap"},
                 Proof::kUnknown,
                 "a gap"},
        MarkCase{"NoTable", ReplicationMode::kMirror, {.log = kThere, .why = "no commit"}, Proof::kDenied, "no commit"},
        MarkCase{"CloneOfTheEpoch", ReplicationMode::kClone, Clone(3), Proof::kConfirmed},
        MarkCase{"CloneOfALaterEpoch", ReplicationMode::kClone, Clone(4), Proof::kConfirmed},
        MarkCase{"CloneOfAnEarlierEpoch", ReplicationMode::kClone, Clone(2), Proof::kDenied, "shows epoch 2"},
        MarkCase{"CloneOfOtherManifests", ReplicationMode::kClone, Clone(3, true), Proof::kDenied,
                 "of other manifests"},
        MarkCase{"CloneOfSomebodyElse", ReplicationMode::kClone, Clone({}), Proof::kDenied, "has not written"},
        MarkCase{"MirrorOfTheEpoch", ReplicationMode::kMirror, Mirror(5, "abc"), Proof::kConfirmed},
        MarkCase{"MirrorOfALaterEpoch", ReplicationMode::kMirror, Mirror(6, "abc"), Proof::kConfirmed},
        MarkCase{"MirrorThatWasCleanedUp", ReplicationMode::kMirror, Mirror(6, {}), Proof::kConfirmed},
        MarkCase{"MirrorOfAnEarlierEpoch", ReplicationMode::kMirror, Mirror(4, {}), Proof::kDenied,
                 "newest version is 4"},
        MarkCase{"MirrorWithoutAVersion", ReplicationMode::kMirror, Mirror(-1, {}), Proof::kDenied, "is -1"},
        MarkCase{"MirrorOfAnotherTable", ReplicationMode::kMirror, Mirror(5, "abd"), Proof::kDenied, "another commit"}),
    [](const auto& info) { return info.param.name; });

TEST(ReplicaProof, MirrorOfACommitThatTheSourceHadLostIsTakenByItsVersion) {
  ManifestTable claim = Claim();
  claim.commit_sha256.clear();
  EXPECT_EQ(JudgeMark(Mirror(5, "abc"), claim, ReplicationMode::kMirror).proof, Proof::kConfirmed);
}

EpochProof ProofOfTables(std::vector<Proof> proofs) {
  EpochProof all;
  for (size_t i = 0; i < proofs.size(); ++i) {
    all.tables.push_back(
        {.table = std::string(1, static_cast<char>('a' + i)), .target = {}, .proof = proofs[i], .why = {}});
  }
  return all;
}

TEST(ReplicaProof, OneTableThatTellsForItIsEnoughAndOneThatTellsAgainstItIsToo) {
  const auto yes = Proof::kConfirmed;
  const auto no = Proof::kDenied;
  const auto gone = Proof::kUnknown;
  EXPECT_TRUE(ProofOfTables({yes, gone}).confirmed());
  EXPECT_FALSE(ProofOfTables({yes, no}).confirmed());
  EXPECT_FALSE(ProofOfTables({gone, gone}).confirmed()) << "what is not there confirms nothing";
  EXPECT_FALSE(ProofOfTables({gone, gone}).denied()) << "and denies nothing";
  EXPECT_FALSE(ProofOfTables({}).confirmed());
  EXPECT_TRUE(ProofOfTables({yes, no}).denied());
  EXPECT_FALSE(ProofOfTables({yes, no}).denied_by_all());
  EXPECT_TRUE(ProofOfTables({gone, no}).denied_by_all());
}

TEST(ReplicaProof, TheFirstThatTellsAgainstItIsNamed) {
  EXPECT_EQ(ProofOfTables({Proof::kUnknown, Proof::kDenied, Proof::kDenied}).First()->table, "b");
  EXPECT_EQ(ProofOfTables({Proof::kConfirmed, Proof::kUnknown}).First()->table, "b");
  EXPECT_EQ(ProofOfTables({Proof::kConfirmed}).First(), nullptr);
}

}  // namespace
}  // namespace lakeferry::plan
