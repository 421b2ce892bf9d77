#include "delta/kept_actions.h"

#include <fmt/format.h>

#include "delta/action_reader.h"
#include "delta_matchers.h"

namespace lakeferry::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint64_t kSeed = 7;

// Writes down what it is given; fails at the file `bad`.
class Witness final : public ActionSink {
 public:
  explicit Witness(std::string bad = {}) : bad_(std::move(bad)) {}
  Status OnAdd(AddFile&& add) override {
    if (add.path == bad_) return Fail(ErrorCode::kCorruptLog, "bad file");
    said.push_back("add " + add.path + " " + add.stats.value_or("-"));
    return {};
  }
  Status OnRemove(RemoveFile&& remove) override { return Say("remove " + remove.path); }
  Status OnTxn(Txn&& txn) override { return Say(fmt::format("txn {} {}", txn.app_id, txn.version)); }
  Status OnCheckpointMetadata(int64_t version) override { return Say(fmt::format("checkpoint {}", version)); }
  std::vector<std::string> said;

 private:
  Status Say(std::string what) {
    said.push_back(std::move(what));
    return {};
  }
  std::string bad_;
};

// Takes adds together, as a replay does.
class HashWitness final : public ActionSink {
 public:
  Status OnAdds(std::span<HashedAdd> adds) override {
    runs.push_back(adds.size());
    for (const HashedAdd& each : adds) {
      const auto expected = HashFile(each.add.path, each.add.deletion_vector, kSeed);
      EXPECT_EQ(each.file.has_value(), expected.has_value()) << each.add.path;
      if (!each.file) unhashed.push_back(each.add.path);
      if (each.file && expected) EXPECT_EQ(*each.file, *expected) << each.add.path;
    }
    return {};
  }
  std::vector<size_t> runs;
  std::vector<std::string> unhashed;
};

std::string Add(std::string_view path, std::string_view more = "") {
  return fmt::format(
      R"({{"add":{{"path":"{}","partitionValues":{{}},"size":1,"modificationTime":5,"dataChange":true{}}}}})"
      "\n",
      path, more);
}
const std::string kMixed = Add("a", R"(,"stats":"s")") + Add("b") + R"({"remove":{"path":"c","dataChange":true}})" +
                           "\n" + Add("d") + R"({"txn":{"appId":"q","version":4}})" + "\n";

TEST(KeptActions, AreGivenInTheOrderTheyWereRead) {
  KeptActions kept(kSeed);
  ASSERT_THAT(ReadActions(kMixed, "here", kept), Succeeded());
  Witness witness;
  EXPECT_THAT(kept.Give(witness), Succeeded());
  EXPECT_THAT(witness.said, ElementsAre("add a s", "add b -", "remove c", "add d -", "txn q 4"));
}

TEST(KeptActions, AreGivenOnceAndTheirMemoryCarriesNothingOver) {
  KeptActions kept(kSeed);
  Witness witness;
  ASSERT_THAT(ReadActions(kMixed, "here", kept), Succeeded());
  ASSERT_THAT(kept.Give(witness), Succeeded());
  witness.said.clear();
  ASSERT_THAT(kept.Give(witness), Succeeded());
  EXPECT_THAT(witness.said, IsEmpty());
  ASSERT_THAT(ReadActions(Add("e") + Add("f"), "here", kept), Succeeded());
  ASSERT_THAT(kept.Give(witness), Succeeded());
  EXPECT_THAT(witness.said, ElementsAre("add e -", "add f -")) << "no statistics of an earlier file";
}

TEST(KeptActions, AfterAnErrorOfTheSinkTheRestIsDropped) {
  KeptActions kept(kSeed);
  ASSERT_THAT(ReadActions(kMixed, "here", kept), Succeeded());
  Witness fails("b");
  EXPECT_THAT(kept.Give(fails), FailedWith(ErrorCode::kCorruptLog, "bad file"));
  EXPECT_THAT(fails.said, ElementsAre("add a s"));
  Witness witness;
  EXPECT_THAT(kept.Give(witness), Succeeded());
  EXPECT_THAT(witness.said, IsEmpty());
}

TEST(KeptActions, AddsThatFollowOneAnotherComeTogetherAndHashed) {
  KeptActions kept(kSeed);
  const std::string vector =
      R"(,"deletionVector":{"storageType":"i","pathOrInlineDv":"wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",)"
      R"("sizeInBytes":40,"cardinality":6})";
  ASSERT_THAT(ReadActions(kMixed + Add("g", vector) + Add("a//b/../../.."), "here", kept), Succeeded());
  HashWitness witness;
  EXPECT_THAT(kept.Give(witness), Succeeded());
  EXPECT_THAT(witness.runs, ElementsAre(2, 1, 2));
  EXPECT_THAT(witness.unhashed, ElementsAre("a//b/../../.."));
}

TEST(KeptActions, MayBeTakenFromASinkThatOwnsItsMemory) {
  KeptActions kept(kSeed);
  AddFile add{.path = "own", .stats = "s"};
  ASSERT_THAT(kept.OnAdd(std::move(add)), Succeeded());
  ASSERT_THAT(kept.OnCheckpointMetadata(9), Succeeded());
  Witness witness;
  EXPECT_THAT(kept.Give(witness), Succeeded());
  EXPECT_THAT(witness.said, ElementsAre("add own s", "checkpoint 9"));
}

}  // namespace
}  // namespace lakeferry::delta
