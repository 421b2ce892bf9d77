// What a cut rests on, and that it rests on something.
#include "plan/cut/cut_proof.h"

#include "run_samples.h"
#include "tests/delta/delta_matchers.h"

namespace lakeferry::plan {
namespace {

using delta::FailedWith;
using delta::Succeeded;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CutProofTest : public ::testing::Test {
 protected:
  CutProofTest() {
    spec_.workflows = {"nightly"};
    cut_ = {.time = FromEpochMs(100), .next_start = {}, .run_ids = {"in"}};
  }
  // Of a table that stood at version 3, and after the cut has such commits.
  VersionRequest Request(std::vector<CommitFacts> commits) {
    VersionRequest request;
    request.table = "t";
    request.base = Version(3);
    request.commits = std::move(commits);
    request.sides = {.inside = {"in"}, .outside = {}};
    request.cut = cut_;
    return request;
  }
  Result<CutEvidence> Prove(const VersionRequest& request, const VersionChoice& choice) {
    CutProof proof(spec_, cut_, runs_, Millis(5));
    proof.Note(request, choice);
    return proof.Finish();
  }
  static CommitFacts Commit(int64_t version, int64_t time) {
    return {.version = Version(version), .time = FromEpochMs(time)};
  }

  GroupSpec spec_;
  CutCandidate cut_;
  std::vector<lakeferry::Run> runs_ = {Success("in", 50, 100)};
};

// The finished run has written nothing that shows, and somebody has written something that may be its work.
TEST_F(CutProofTest, NoWorkOfTheRunAndCommitsThatNoRunExplainsAreRefused) {
  const auto proof = Prove(Request({Commit(4, 20'000)}), {.version = Version(3)});
  EXPECT_THAT(proof, FailedWith(ErrorCode::kRefused, "no table has a commit of run 'in'"));
  EXPECT_THAT(proof, FailedWith(ErrorCode::kRefused, "table 't', version 4 at"));
}

TEST_F(CutProofTest, EitherAloneIsACut) {
  const auto quiet = Prove(Request({}), {.version = Version(3)});
  ASSERT_THAT(quiet, Succeeded());
  EXPECT_THAT(quiet->unexplained, IsEmpty());
  const auto worked = Prove(Request({Commit(4, 90), Commit(5, 20'000)}), {.version = Version(4), .by_time = true});
  ASSERT_THAT(worked, Succeeded());
  EXPECT_EQ(worked->kind, EvidenceKind::kTimes);
  EXPECT_THAT(worked->unexplained, IsEmpty()) << "it follows much later";
}

TEST_F(CutProofTest, CommitsThatFollowCloselyAreNamed) {
  const auto proof = Prove(Request({Commit(4, 90), Commit(5, 110)}), {.version = Version(4), .by_time = true});
  ASSERT_THAT(proof, Succeeded());
  EXPECT_THAT(proof->unexplained, SizeIs(1));
  EXPECT_THAT(StillUnexplained(proof->unexplained, cut_.time, runs_, Millis(0)), SizeIs(1));
  runs_.push_back(Success("late", 105, 120));
  EXPECT_THAT(StillUnexplained(proof->unexplained, cut_.time, runs_, Millis(0)), IsEmpty());
}

TEST_F(CutProofTest, RunIdsAloneAreTheBestEvidence) {
  const auto proof = Prove(Request({Commit(4, 90)}), {.version = Version(4), .by_run_id = true});
  ASSERT_THAT(proof, Succeeded());
  EXPECT_EQ(proof->kind, EvidenceKind::kRunIds);
}

TEST_F(CutProofTest, WithoutRunsNothingIsUnexplained) {
  spec_.workflows.clear();
  const auto by_schedule = Prove(Request({Commit(4, 110)}), {.version = Version(3)});
  ASSERT_THAT(by_schedule, Succeeded());
  EXPECT_EQ(by_schedule->kind, EvidenceKind::kSchedule);
  spec_.workflows = {"nightly"};
  cut_.atomic = false;
  const auto forced = Prove(Request({Commit(4, 110)}), {.version = Version(3)});
  ASSERT_THAT(forced, Succeeded());
  EXPECT_EQ(forced->kind, EvidenceKind::kForced);
}

}  // namespace
}  // namespace lakeferry::plan
