// No content of a source can wedge a group: whatever stands in its logs, a group goes on by itself once the source is
// mended, and its tables stand at one epoch whenever both roles rest.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/slow_build.h"
#include "tests/wedge/odd_content.h"

namespace lakeferry::engine {
namespace {

constexpr int kPassesToFail = 3;
constexpr int kPassesToGoOn = 6;

int64_t Setting(const char* name, int64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoll(text);
}

// A group of two tables that meets odd content, and is mended as an operator would: the logs back to what was applied
// last, the run taken out of the ledger. What goes wrong is added to the test's failures.
class Life {
 public:
  Life(uint64_t seed, delta::ReplicationMode mode) : seed_(seed), odd_(seed), mode_(mode), world_({"a", "b"}, mode) {
    world_.spec.tables.Edit()[1].name = odd_.TableName();
    if (world_.spec.tables[1].name == "a") world_.spec.tables.Edit()[1].name = "b";
    // What both roles believe may come to light at once, in a while, or never.
    if (odd_.Percent(30)) world_.spec.verify_interval = odd_.Percent(50) ? std::optional(Millis(1)) : std::nullopt;
    world_.Restart();
  }

  void Live() {
    const bool from_the_start = odd_.Percent(10);
    if (!from_the_start) {
      world_.FirstEpoch();
      if (odd_.Percent(50)) world_.AppendAll("r-good", "f1"), Passes(1);
    }
    for (int64_t i = odd_.Below(2); i >= 0; --i) {
      const bool create = from_the_start && world_.table("a").next_ == 0;
      WriteOdd(create);
      Passes(kPassesToFail);
      if (::testing::Test::HasFailure()) return;
    }
    if (odd_.Percent(20)) world_.Restart();
    if (odd_.Percent(5)) world_.west_state.Clear(), world_.east_state.Clear(), world_.Restart();
    mended_ = !WriteGood("r-next", "g1");
    if (mended_) Mend();
    Passes(2);
    EXPECT_EQ(Journal(), "") << Seed();
  }
  // Whether it took somebody to mend the source.
  [[nodiscard]] bool mended() const { return mended_; }

 private:
  [[nodiscard]] std::string Seed() const {
    return fmt::format("seed {} in {} mode; last error: {}\nsource a:\n{}\nsource b:\n{}", seed_,
                       delta::ReplicationModeName(mode_), last_error_, LogOf("a"), LogOf("b"));
  }
  [[nodiscard]] std::string LogOf(const std::string& table) const {
    std::string text;
    for (const auto& [name, object] : const_cast<World&>(world_).source(table).objects()) {
      if (name.starts_with("_delta_log/")) text += name + ": " + object.bytes->substr(0, 600) + "\n";
    }
    return text;
  }
  std::string Journal() { return world_.Run(world_.east_state.Journal({}, "orders")).value_or("error"); }

  void WriteOdd(bool create) {
    world_.InRun(odd_.RunId(), [&] {
      for (const auto* name : {"a", "b"}) {
        TestTable& table = world_.table(name);
        if (create) table.Create();
        if (create) table.Commit({table.Add("f0")});
        const bool both = odd_.Percent(40);
        if (both || odd_.Percent(50)) table.Commit(odd_.Lines(table));
        if (odd_.Percent(30)) table.Commit(odd_.Lines(table));
      }
    });
  }

  // One pass of each role, as the daemon makes them.
  void Passes(int count) {
    for (int i = 0; i < count; ++i) {
      const auto sent = world_.Send();
      if (!sent) Note(*world_.sender, sent.error());
      const auto received = world_.Receive();
      if (!received) Note(*world_.receiver, received.error());
      sent_ = sent.has_value();
      CheckAtRest();
      world_.clock.Advance(world_.spec.sync_interval);
    }
  }
  void Note(GroupWorker& worker, const Error& error) {
    last_error_ = ToString(error);
    worker.book().SetStage(plan::GroupStage::kFailed);
  }

  // The newest epoch that was applied; 0 for none.
  int64_t Applied() {
    int64_t applied = 0;
    for (const auto& [name, object] : world_.staging().objects()) {
      if (!name.starts_with("orders/receipts/")) continue;
      const auto receipt = plan::ReadReceipt(*object.bytes, name);
      EXPECT_THAT(receipt, Succeeded()) << Seed();
      if (receipt && receipt->applied) applied = std::max(applied, receipt->epoch.value());
    }
    return applied;
  }

  // No pass leaves some tables ahead of others, whatever it met.
  void CheckAtRest() {
    EXPECT_EQ(Journal(), "") << "half applied; " << Seed();
    const int64_t applied = Applied();
    if (applied == 0) return;
    const plan::Manifest manifest = world_.ManifestOf(applied);
    ASSERT_EQ(manifest.tables.size(), 2U) << Seed();
    for (size_t i = 0; i < 2; ++i) {
      const char* const name = i == 0 ? "a" : "b";
      if (mode_ == delta::ReplicationMode::kMirror) {
        EXPECT_EQ(NewestCommit(name), TestTable::LogName(manifest.tables[i].source_version.value())) << Seed();
      } else {
        EXPECT_LE(NewestMarker(name), applied) << Seed();
      }
    }
  }
  std::string NewestCommit(const std::string& table) {
    std::string newest;
    for (const auto& [name, object] : world_.target(table).objects()) {
      if (name.starts_with("_delta_log/0") && name.ends_with(".json")) newest = name;
    }
    return newest;
  }
  int64_t NewestMarker(const std::string& table) {
    int64_t newest = 0;
    for (const auto& [name, object] : world_.target(table).objects()) {
      if (!name.starts_with("_delta_log/0") || !name.ends_with(".json")) continue;
      const size_t at = object.bytes->rfind(R"("appId":"lakeferry/orders","version":)");
      if (at != std::string::npos) newest = std::max<int64_t>(newest, std::atoll(object.bytes->c_str() + at + 36));
    }
    return newest;
  }

  // Whether a further run, which adds a file, reaches the replicas.
  bool WriteGood(const std::string& run, const std::string& path) {
    const int64_t before = Applied();
    world_.AppendAll(run, path);
    Passes(kPassesToFail);
    return sent_ && Applied() > before;
  }

  void Mend() {
    auto& runs = world_.workflows.runs["nightly"];
    std::erase_if(runs, [](const lakeferry::Run& run) { return !CheckRunName(run.run_id); });
    const int64_t applied = Applied();
    for (size_t i = 0; i < 2; ++i) {
      const std::string name = i == 0 ? "a" : "b";
      const int64_t keep = applied == 0 ? -1 : world_.ManifestOf(applied).tables[i].source_version.value();
      std::erase_if(world_.source(name).objects(), [&](const auto& object) {
        return object.first.starts_with("_delta_log/") && object.first > TestTable::LogName(keep);
      });
      if (applied == 0) world_.source(name).objects().clear();
      world_.table(name).next_ = keep + 1;
      world_.table(name).written_.clear();
    }
    world_.InRun("r-mended", [&] {
      for (const auto* name : {"a", "b"}) {
        TestTable& table = world_.table(name);
        if (applied == 0) table.Create();
        table.Commit({table.Add("good")});
      }
    });
    Passes(kPassesToGoOn);
    EXPECT_GT(Applied(), applied) << "the group does not go on after the source was mended; " << Seed();
    if (Applied() <= applied) return;
    ExpectAsMany("a");
    ExpectAsMany("b");
  }

  // Names may differ: a clone gives files other ones.
  void ExpectAsMany(const std::string& table) {
    const auto there = world_.Live(world_.target(table));
    EXPECT_EQ(there.size(), world_.Live(world_.source(table)).size()) << Seed();
    EXPECT_THAT(there, ::testing::Contains("good")) << Seed();
  }

  uint64_t seed_;
  OddContent odd_;
  delta::ReplicationMode mode_;
  World world_;
  bool sent_ = false;
  bool mended_ = false;
  std::string last_error_;
};

void LiveMany(delta::ReplicationMode mode) {
  const int64_t from = Setting("LAKEFERRY_WEDGE_FROM", 1);
  const int64_t lives = Setting("LAKEFERRY_WEDGE_LIVES", kSlowBuild ? 50 : 400);
  int64_t mended = 0;
  for (int64_t seed = from; seed < from + lives; ++seed) {
    Life life(static_cast<uint64_t>(seed), mode);
    life.Live();
    mended += life.mended() ? 1 : 0;
    if (::testing::Test::HasFailure()) {
      std::cout << "seed " << seed << "\n";
      return;
    }
  }
  // Else all of it would be harmless, or nothing.
  EXPECT_GT(mended, lives / 10);
  EXPECT_LT(mended, lives - lives / 10);
}

TEST(Wedge, NoContentOfASourceWedgesAClone) { LiveMany(delta::ReplicationMode::kClone); }
TEST(Wedge, NoContentOfASourceWedgesAMirror) { LiveMany(delta::ReplicationMode::kMirror); }

}  // namespace
}  // namespace lakeferry::engine
