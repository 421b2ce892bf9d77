// Each storage rule, broken on purpose: the referee must see it. A checker that never fires proves nothing.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "base/digest.h"
#include "tests/sim/world/simulation.h"

namespace lakeferry::sim {
namespace {

using testing::HasSubstr;

const std::string kBronze = "raw.bronze";
const std::string kStaging = "mem://secondary/staging";

// A world in which two epochs went over, and hands that can do anything.
class BrokenRules : public testing::Test {
 protected:
  BrokenRules() : BrokenRules(false) {}
  explicit BrokenRules(bool mirror) : simulation_(TwoEpochs(mirror, 7), false) {
    const Outcome outcome = simulation_.Run();
    EXPECT_TRUE(outcome.good()) << Describe(outcome);
  }

  // Does something to a store in the name of a process, as its effect.
  void Do(Role role, const std::string& uri, StoreOperation operation, const std::string& path,
          std::shared_ptr<const std::string> bytes) {
    auto& objects = simulation_.StoreAt(uri).objects();
    StoreEffect effect{.actor = {.id = role == Role::kSender ? 1 : 2, .role = role, .name = "somebody"},
                       .uri = uri,
                       .operation = operation,
                       .path = ObjectPath::Of(path)};
    if (objects.contains(path)) effect.before = objects.at(path).bytes;
    effect.offered = bytes;
    if (bytes) objects[path] = {.bytes = bytes, .modified = TimeMs()};
    if (operation == StoreOperation::kDelete) objects.erase(path);
    effect.after = objects.contains(path) ? objects.at(path).bytes : nullptr;
    simulation_.referee().OnStore(effect);
  }
  void Create(Role role, const std::string& uri, const std::string& path, std::string bytes) {
    Do(role, uri, StoreOperation::kPutIfAbsent, path, std::make_shared<const std::string>(std::move(bytes)));
  }
  void Save(Role role, StateChange change) {
    const Actor actor{.id = role == Role::kSender ? 1 : 2, .role = role, .name = "somebody"};
    simulation_.referee().OnSaved(actor, change);
  }
  [[nodiscard]] std::string TargetUri() const { return SourceWorld::TargetUri(kBronze); }
  [[nodiscard]] std::string NewestManifest() {
    return *simulation_.StoreAt(kStaging).objects().at("orders/epochs/" + EpochName(2) + "/manifest").bytes;
  }
  // A manifest of epoch 3 that is in order, for a test to spoil.
  [[nodiscard]] std::string NextManifest() {
    std::string text = NewestManifest();
    const std::string digest = Sha256Hex(text);
    Replace(text, "\"epoch\":2", "\"epoch\":3");
    Replace(text, "\"previous_epoch\":1", "\"previous_epoch\":2");
    const size_t at = text.find("\"previous_sha256\":\"") + 19;
    text.replace(at, 64, digest);
    return text;
  }
  static void Replace(std::string& text, std::string_view what, std::string_view by) {
    const size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    text.replace(at, what.size(), by);
  }
  // The parts of epoch 2 are those of epoch 3 as well.
  void CopyParts() {
    auto& objects = simulation_.StoreAt(kStaging).objects();
    const std::string from = "orders/epochs/" + EpochName(2) + "/parts/";
    const auto copy = objects;
    for (const auto& [path, object] : copy) {
      if (path.starts_with(from))
        objects["orders/epochs/" + EpochName(3) + "/parts/" + path.substr(from.size())] = object;
    }
  }
  // The data of epoch 2, which its receipt has released, is staged again.
  void StageAgain() {
    auto& objects = simulation_.StoreAt(kStaging).objects();
    for (const auto& [table, entry] : simulation_.facts().manifests.at(2).tables) {
      for (const auto& [path, file] : entry.files) {
        objects[file.staged].bytes = std::make_shared<const std::string>(SourceTable::Content(table, path));
      }
    }
  }
  [[nodiscard]] std::string StagedFile() {
    for (const auto& [table, entry] : simulation_.facts().manifests.at(2).tables) {
      if (!entry.files.empty()) return entry.files.begin()->second.staged;
    }
    ADD_FAILURE() << "epoch 2 brought no file";
    return {};
  }
  void PublishNext(std::string manifest) {
    StageAgain();
    PublishAsItIs(std::move(manifest));
  }
  void PublishAsItIs(std::string manifest) {
    CopyParts();
    Create(Role::kSender, kStaging, "orders/epochs/" + EpochName(3) + "/manifest", std::move(manifest));
  }
  void ExpectRule(int rule, const std::string& what) {
    ASSERT_TRUE(simulation_.referee().violation()) << "nobody noticed";
    EXPECT_EQ(simulation_.referee().violation()->rule, rule) << simulation_.referee().violation()->what;
    EXPECT_THAT(simulation_.referee().violation()->what, HasSubstr(what));
  }
  // A rule by itself, where a rule before it would see the same event as well.
  static void ExpectFinding(const Finding& finding, const std::string& what) {
    ASSERT_TRUE(finding) << "nobody noticed";
    EXPECT_THAT(*finding, HasSubstr(what));
  }
  [[nodiscard]] int64_t ReplicaVersion() { return simulation_.facts().replicas[kBronze].read.state.version; }
  [[nodiscard]] std::string LiveFile() {
    return simulation_.facts().replicas[kBronze].read.state.files.begin()->second.path;
  }

  Simulation simulation_;
};

class BrokenMirror : public BrokenRules {
 protected:
  BrokenMirror() : BrokenRules(true) {}
};

TEST_F(BrokenRules, AtomicGroupSeesACommitThatNobodyJournaled) {
  Create(Role::kReceiver, TargetUri(), CommitName(ReplicaVersion() + 1),
         fmt::format("{{\"remove\":{{\"path\":\"{}\",\"dataChange\":true}}}}\n", LiveFile()));
  ExpectRule(1, "stands at neither");
}

TEST_F(BrokenRules, AtomicGroupSeesAnEpochCalledCompleteBeforeItsTablesAre) {
  std::string manifest = NextManifest();
  PublishNext(manifest);
  ASSERT_FALSE(simulation_.referee().violation()) << simulation_.referee().violation()->what;
  // The last table's version in the manifest is not where the replica stands.
  simulation_.facts().manifests.at(3).tables.at(kBronze).source_version = 0;
  EpochRecord record{.role = Role::kReceiver, .group = "orders", .epoch = Epoch(3), .state = EpochState::kApplied};
  StateChange change;
  change.epochs.push_back(record);
  Save(Role::kReceiver, change);
  ExpectRule(1, "stands at neither");
}

TEST_F(BrokenRules, OnlyFinishedWorkSeesACutInTheMiddleOfARun) {
  const auto& run = simulation_.world().ledger().runs().begin()->second;
  std::string manifest = NextManifest();
  const size_t at = manifest.find("\"cut_time_ms\":") + 14;
  manifest.replace(at, 13, std::to_string(ToEpochMs(run.start) + 1));
  PublishNext(manifest);
  ExpectRule(2, "is active");
}

TEST_F(BrokenRules, OnlyFinishedWorkSeesARunThatOneTableLacks) {
  std::string manifest = NextManifest();
  const std::string now = fmt::format("\"source_version\":{}", simulation_.world().table(kBronze).newest());
  Replace(manifest, now, "\"source_version\":0");
  PublishNext(manifest);
  ExpectRule(2, "is not in the cut and the run had succeeded");
}

TEST_F(BrokenRules, NeverBackwardsSeesAnOldEpochCompletedAgain) {
  EpochRecord record{.role = Role::kReceiver, .group = "orders", .epoch = Epoch(1), .state = EpochState::kApplied};
  StateChange change;
  change.epochs.push_back(record);
  Save(Role::kReceiver, change);
  ExpectRule(3, "completes epoch 1 after epoch 2");
}

TEST_F(BrokenRules, NeverBackwardsSeesAGroupRecordThatGoesBack) {
  GroupRecord record{
      .role = Role::kReceiver, .group = "orders", .tables = SourceWorld::TableNames(), .epoch = Epoch(1)};
  StateChange change;
  change.groups.push_back(record);
  Save(Role::kReceiver, change);
  ExpectRule(3, "goes from 2 to 1");
}

TEST_F(BrokenRules, ReadableSeesALiveFileThatIsGone) {
  auto& objects = simulation_.StoreAt(TargetUri()).objects();
  objects.erase(LiveFile());
  const std::string log = CommitName(ReplicaVersion());
  const StoreEffect effect{.actor = {.id = 2, .role = Role::kReceiver, .name = "receiver"},
                           .uri = TargetUri(),
                           .operation = StoreOperation::kCommit,
                           .path = ObjectPath::Of(log),
                           .before = nullptr,
                           .after = objects.at(log).bytes,
                           .offered = objects.at(log).bytes};
  Facts& facts = simulation_.facts();
  ExpectFinding(CheckReadable(facts, facts.Take(effect)), "which is not there");
}

TEST_F(BrokenRules, ReadableSeesALiveFileWithAFlippedBit) {
  auto& objects = simulation_.StoreAt(TargetUri()).objects();
  std::string bytes = *objects.at(LiveFile()).bytes;
  bytes[0] = static_cast<char>(bytes[0] ^ 1);
  objects.at(LiveFile()).bytes = std::make_shared<const std::string>(bytes);
  Create(Role::kReceiver, TargetUri(), "part-new.parquet", "x");
  Facts& facts = simulation_.facts();
  const StoreEffect effect{.actor = {.id = 2, .role = Role::kReceiver, .name = "receiver"},
                           .uri = TargetUri(),
                           .operation = StoreOperation::kCommit,
                           .path = ObjectPath::Of("part-other.parquet"),
                           .before = nullptr,
                           .after = objects.at(LiveFile()).bytes};
  ExpectFinding(CheckReadable(facts, facts.Take(effect)), "whose bytes are not the source's");
}

TEST_F(BrokenRules, ReadableSeesAGapInTheLog) {
  Create(Role::kReceiver, TargetUri(), CommitName(ReplicaVersion() + 2), "{\"commitInfo\":{}}\n");
  Facts& facts = simulation_.facts();
  const StoreEffect effect{.actor = {.id = 2, .role = Role::kReceiver, .name = "receiver"},
                           .uri = TargetUri(),
                           .operation = StoreOperation::kCommit,
                           .path = ObjectPath::Of("_delta_log/x"),
                           .before = nullptr,
                           .after = std::make_shared<const std::string>("x")};
  ExpectFinding(CheckReadable(facts, facts.Take(effect)), "is missing before");
}

TEST_F(BrokenRules, NothingLostSeesADeletionBelowATarget) {
  const std::string path = LiveFile();
  const StoreEffect effect{.actor = {.id = 2, .role = Role::kReceiver, .name = "receiver"},
                           .uri = TargetUri(),
                           .operation = StoreOperation::kDelete,
                           .path = ObjectPath::Of(path),
                           .before = std::make_shared<const std::string>("x")};
  Facts& facts = simulation_.facts();
  ExpectFinding(CheckNothingLost(facts, facts.Take(effect)), "deletes");
}

TEST_F(BrokenRules, NothingLostSeesStagedDataDeletedBeforeItsReceipt) {
  PublishNext(NextManifest());
  const std::string path = "orders/data/" + EpochName(3) + "/raw.bronze/part-1";
  Create(Role::kSender, kStaging, path, "x");
  Do(Role::kSender, kStaging, StoreOperation::kDelete, path, nullptr);
  ExpectRule(5, "has no receipt");
}

TEST_F(BrokenRules, NothingLostSeesAnAttemptsLeftoverDeletedThatNoManifestNamesYet) {
  const std::string path = "orders/data/" + EpochName(3) + "/raw.bronze/part-1";
  Create(Role::kSender, kStaging, path, "x");
  Do(Role::kSender, kStaging, StoreOperation::kDelete, path, nullptr);
  ExpectRule(5, "has no receipt");
}

TEST_F(BrokenRules, NothingLostSeesADeletedManifest) {
  Do(Role::kSender, kStaging, StoreOperation::kDelete, "orders/epochs/" + EpochName(1) + "/manifest", nullptr);
  ExpectRule(5, "deletes");
}

TEST_F(BrokenRules, OneWriterSeesAManifestThatIsNotChained) {
  std::string manifest = NextManifest();
  const size_t at = manifest.find("\"previous_sha256\":\"") + 19;
  manifest[at] = manifest[at] == '0' ? '1' : '0';
  PublishNext(manifest);
  ExpectRule(6, "is not chained");
}

TEST_F(BrokenRules, OneWriterSeesALogEntryWrittenOver) {
  Do(Role::kReceiver, TargetUri(), StoreOperation::kPut, CommitName(1), std::make_shared<const std::string>("{}\n"));
  const StoreEffect effect{.actor = {.id = 2, .role = Role::kReceiver, .name = "receiver"},
                           .uri = TargetUri(),
                           .operation = StoreOperation::kPut,
                           .path = ObjectPath::Of(CommitName(1)),
                           .before = std::make_shared<const std::string>("a"),
                           .after = std::make_shared<const std::string>("b")};
  Facts& facts = simulation_.facts();
  ExpectFinding(CheckOneWriter(facts, facts.Take(effect)), "writes over");
}

TEST_F(BrokenRules, IdempotentSeesAStepThatIsRepeatedWithOtherBytes) {
  const std::string path = "orders/data/" + EpochName(2) + "/raw.bronze/part-1";
  Create(Role::kSender, kStaging, path, "one");
  Do(Role::kSender, kStaging, StoreOperation::kDelete, path, nullptr);
  ASSERT_FALSE(simulation_.referee().violation());
  Create(Role::kSender, kStaging, path, "two");
  ExpectRule(7, "with other bytes");
}

TEST_F(BrokenRules, IdempotentSeesATimeThatIsDrawnTwice) {
  Facts& facts = simulation_.facts();
  ASSERT_EQ(facts.commit_times.at(2).size(), 1U);
  facts.commit_times.at(2).insert(1);
  ExpectFinding(CheckIdempotent(facts, Event{.commit = 5}), "different times");
}

TEST_F(BrokenRules, ArrivedWholeSeesAManifestThatNamesWhatIsNotStaged) {
  StageAgain();
  simulation_.StoreAt(kStaging).objects().erase(StagedFile());
  PublishAsItIs(NextManifest());
  ExpectRule(8, "which is not staged");
}

TEST_F(BrokenRules, ArrivedWholeSeesAManifestThatNamesALeftoverWithAFlippedBit) {
  StageAgain();
  auto& object = simulation_.StoreAt(kStaging).objects().at(StagedFile());
  std::string bytes = *object.bytes;
  bytes[0] = static_cast<char>(bytes[0] ^ 1);
  object.bytes = std::make_shared<const std::string>(bytes);
  PublishAsItIs(NextManifest());
  ExpectRule(8, "and other bytes are staged");
}

TEST_F(BrokenRules, ArrivedWholeSeesAManifestThatDoesNotSayWhatTheTablesHold) {
  std::string text = NextManifest();
  Replace(text, "\"live_set\":{\"files\":", "\"live_set\":{\"files\":9");
  PublishAsItIs(text);
  ExpectRule(8, "does not say what table");
}

TEST_F(BrokenRules, ArrivedWholeSeesAFileThatIsNotTheSources) {
  Create(Role::kReceiver, TargetUri(), "part-99999-raw.bronze-c000.snappy.parquet", "not what left");
  ExpectRule(8, "is not the source's");
}

TEST_F(BrokenRules, ArrivedWholeSeesAFileThatNoManifestNames) {
  const std::string path = "part-99999-raw.bronze-c000.snappy.parquet";
  Create(Role::kReceiver, TargetUri(), path, SourceTable::Content(kBronze, path));
  ExpectRule(8, "is in no manifest");
}

TEST_F(BrokenMirror, ArrivedWholeSeesACommitThatIsNotTheSources) {
  const StoreEffect effect{.actor = {.id = 2, .role = Role::kReceiver, .name = "receiver"},
                           .uri = TargetUri(),
                           .operation = StoreOperation::kCommit,
                           .path = ObjectPath::Of(CommitName(1)),
                           .before = nullptr,
                           .after = std::make_shared<const std::string>("{\"commitInfo\":{}}\n")};
  Facts& facts = simulation_.facts();
  ExpectFinding(CheckArrivedWhole(facts, facts.Take(effect)), "is not the source's");
}

TEST_F(BrokenMirror, ArrivedWholeSeesACommitOfAnotherTime) {
  auto& commit = simulation_.StoreAt(TargetUri()).objects().at(CommitName(1));
  const StoreEffect effect{.actor = {.id = 2, .role = Role::kReceiver, .name = "receiver"},
                           .uri = TargetUri(),
                           .operation = StoreOperation::kCommit,
                           .path = ObjectPath::Of(CommitName(1)),
                           .before = nullptr,
                           .after = commit.bytes};
  Facts& facts = simulation_.facts();
  const Event event = facts.Take(effect);
  EXPECT_EQ(CheckArrivedWhole(facts, event), std::nullopt);
  commit.modified += Millis(1);
  ExpectFinding(CheckArrivedWhole(facts, event), "has another time than the source's");
}

TEST_F(BrokenRules, WallsSeeASenderAtATarget) {
  Do(Role::kSender, TargetUri(), StoreOperation::kGet, CommitName(0), nullptr);
  ExpectRule(9, "somebody does get");
}

TEST_F(BrokenRules, WallsSeeASenderThatWritesToTheSource) {
  Create(Role::kSender, SourceWorld::SourceUri(kBronze), "part-1", "x");
  ExpectRule(9, "put_if_absent");
}

TEST_F(BrokenRules, WallsSeeAReceiverAtTheSource) {
  Do(Role::kReceiver, SourceWorld::SourceUri(kBronze), StoreOperation::kList, "_delta_log", nullptr);
  ExpectRule(9, "somebody does list");
}

TEST_F(BrokenRules, WallsSeeAReceiverThatWritesIntoStaging) {
  Create(Role::kReceiver, kStaging, "orders/data/x", "x");
  ExpectRule(9, "put_if_absent");
}

TEST_F(BrokenRules, WallsSeeAWriteOutsideTheGroup) {
  Create(Role::kSender, kStaging, "another/data/x", "x");
  ExpectRule(9, "another/data/x");
}

TEST_F(BrokenRules, NoSilentGapSeesAnEpochWithoutATable) {
  std::string manifest = NextManifest();
  Replace(manifest, "\"name\":\"mart.gold\"", "\"name\":\"mart.lead\"");
  CopyParts();
  const StoreEffect effect{.actor = {.id = 1, .role = Role::kSender, .name = "sender"},
                           .uri = kStaging,
                           .operation = StoreOperation::kPutIfAbsent,
                           .path = ObjectPath::Of("orders/epochs/" + EpochName(3) + "/manifest"),
                           .before = nullptr,
                           .after = std::make_shared<const std::string>(manifest),
                           .offered = std::make_shared<const std::string>(manifest)};
  Facts& facts = simulation_.facts();
  ExpectFinding(CheckNoSilentGap(facts, facts.Take(effect)), "is without table mart.gold");
}

TEST_F(BrokenRules, NoSilentGapSeesAnEpochThatNobodyAnswered) {
  PublishNext(NextManifest());
  simulation_.facts().manifests[4] = simulation_.facts().manifests.at(3);
  std::string receipt = *simulation_.StoreAt(kStaging).objects().at("orders/receipts/" + EpochName(2)).bytes;
  Create(Role::kReceiver, kStaging, "orders/receipts/" + EpochName(4), receipt);
  Facts& facts = simulation_.facts();
  Event event{.receipt = 4};
  ExpectFinding(CheckNoSilentGap(facts, event), "epoch 3 before it is not");
}

TEST_F(BrokenRules, NoSilentGapSeesAFailureWithoutAReason) {
  GroupRecord record{.role = Role::kSender,
                     .group = "orders",
                     .tables = SourceWorld::TableNames(),
                     .state = GroupState::kFailed,
                     .epoch = Epoch(2),
                     .attempts = 1};
  StateChange change;
  change.groups.push_back(record);
  Save(Role::kSender, change);
  ExpectRule(10, "names no error");
}

TEST_F(BrokenRules, NoSilentGapSeesAForcedEpochShownAsAtomic) {
  const ManifestTruth& truth = simulation_.facts().manifests.at(2);
  EpochRecord record{.role = Role::kSender,
                     .group = "orders",
                     .epoch = Epoch(2),
                     .cut_time = truth.cut_time,
                     .run_ids = truth.run_ids,
                     .atomic = !truth.atomic,
                     .state = EpochState::kStaged,
                     .manifest_sha256 = truth.sha256};
  StateChange change;
  change.epochs.push_back(record);
  Save(Role::kSender, change);
  ExpectRule(10, "is not what its manifest says");
}

}  // namespace
}  // namespace lakeferry::sim
