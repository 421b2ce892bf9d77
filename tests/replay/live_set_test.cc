// What a table's live files come to, carried over every window of many random small logs, as sender and receiver do,
// and compared with the plain reference at the window's end. LAKEFERRY_REPLAY_LOGS and LAKEFERRY_REPLAY_SEED as for
// replays.
#include "delta/live_set.h"

#include <fmt/format.h>

#include <cstdlib>

#include "engine/change/live_sets.h"
#include "engine/change/mirror_files.h"
#include "engine/log/base_files.h"
#include "tests/engine/world.h"
#include "tests/replay/dice.h"
#include "tests/replay/random_log.h"

namespace lakeferry::engine {
namespace {

using delta::RandomLog;

// Of files that a log holds from the start the times are all below it.
constexpr int64_t kNewestAtBase = 1'000;
constexpr int64_t kLater = 2'000;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

int FileOf(const std::string& path) {
  const auto& spellings = delta::Spellings();
  for (size_t file = 0; file < spellings.size(); ++file) {
    if (std::ranges::find(spellings[file], path) != spellings[file].end()) return static_cast<int>(file);
  }
  return -1;
}

class Windows {
 public:
  explicit Windows(uint64_t seed) : log_(delta::MakeRandomLog(seed, false)), dice_(~seed) {
    for (const auto& [name, bytes] : log_.objects) world_.source().Set("_delta_log/" + name, bytes);
    spec_ = {.name = "t", .source_uri = "file:///t", .target_uri = "mem://east/t"};
  }

  void CheckAll(std::optional<plan::TableSpec> clone_of) {
    for (int64_t base = 0; base < log_.newest(); ++base) {
      for (int64_t cut = base + 1; cut <= log_.newest() && HasCommit(cut); ++cut) {
        if (!log_.Rebuildable(cut)) continue;
        SCOPED_TRACE(fmt::format("window {} to {}, {}", base, cut, clone_of ? "clone" : "mirror"));
        Check(base, cut, clone_of);
      }
    }
  }
  // Whether a clone can have every file: the name of one of them is no object's.
  [[nodiscard]] bool FitsAClone() const {
    return std::ranges::none_of(log_.objects, [](const auto& object) {
      return object.second.find("p=%2F/c") != std::string::npos || object.second.find("p=%2f/c") != std::string::npos;
    });
  }
  [[nodiscard]] const plan::TableSpec& spec() const { return spec_; }
  [[nodiscard]] int64_t carried() const { return carried_; }
  [[nodiscard]] int64_t looked_up() const { return looked_up_; }

 private:
  [[nodiscard]] bool HasCommit(int64_t version) const {
    return log_.objects.contains(delta::CommitName(Version(version)));
  }

  static void Rename(const std::optional<plan::TableSpec>& clone_of, std::string& path,
                     std::optional<delta::DeletionVector>& vector) {
    if (!clone_of) return;
    delta::RemoveFile named{.path = path, .deletion_vector = vector};
    ASSERT_THAT(plan::CloneFiles(*clone_of).Rename(named), Succeeded());
    path = named.path;
    vector = named.deletion_vector;
  }

  delta::LiveSet Expected(int64_t version, const std::optional<plan::TableSpec>& clone_of) const {
    delta::LiveSet set;
    for (const auto& [name, add] : log_.states[static_cast<size_t>(version)].files) {
      std::string path = delta::Spellings()[static_cast<size_t>(name.first)].front();
      std::optional<delta::DeletionVector> vector = add.deletion_vector;
      Rename(clone_of, path, vector);
      EXPECT_THAT(set.Add(path, vector, add.size), Succeeded());
    }
    return set;
  }

  // As writers tell it: a remove of a live file may tell its size, and a new file may have a later time.
  void Complete(int64_t version, delta::Commit& commit) {
    const auto& before = log_.states[static_cast<size_t>(version - 1)].files;
    for (delta::RemoveFile& remove : commit.removes) {
      remove.size.reset();
      const auto live = before.find({FileOf(remove.path), delta::VectorName(remove.deletion_vector)});
      if (live != before.end() && !dice_.OneIn(4)) remove.size = live->second.size;
    }
    for (delta::AddFile& add : commit.adds) {
      const delta::FileName name{FileOf(add.path), delta::VectorName(add.deletion_vector)};
      const bool fresh = !before.contains(name) && !dice_.OneIn(4);
      if (fresh) add.modification_time = kLater;
      add.data_change = fresh || dice_.OneIn(2);
    }
  }

  static void Carry(const plan::NetChange& net, const std::optional<plan::TableSpec>& clone_of, delta::LiveSet& set) {
    std::vector<delta::AddFile> adds = net.Adds();
    for (delta::AddFile& add : adds) Rename(clone_of, add.path, add.deletion_vector);
    ASSERT_THAT(CarryNet(set, net, adds, clone_of), Succeeded());
  }

  // Nets of some of the files each come to what one net of all comes to.
  void CheckInShares(const TableLog& table, int64_t base, const std::vector<delta::Commit>& commits, bool asks,
                     const std::optional<plan::TableSpec>& clone_of, const delta::LiveSet& expected) {
    const FileNamer namer = [&clone_of](const std::string& path) {
      return clone_of ? plan::CloneFiles(*clone_of).NameInClone(path) : MirrorObjectName(path);
    };
    SharedOutBase at_base(world_.west, namer);
    if (asks) ASSERT_THAT(world_.Run(at_base.Read({}, table, Version(base))), Succeeded());
    delta::LiveSet set = Expected(base, clone_of);
    for (size_t share = 0; share < kShares; ++share) {
      const auto elsewhere = [&](const auto& action) { return ShareOf(namer(action.path)) != share; };
      plan::NetChange net(kNewestAtBase);
      for (delta::Commit commit : commits) {
        const bool removes = !commit.removes.empty();
        std::erase_if(commit.adds, elsewhere);
        std::erase_if(commit.removes, elsewhere);
        ASSERT_THAT(net.Apply(std::move(commit), removes), Succeeded());
      }
      if (asks) ASSERT_THAT(at_base.Settle(share, net), Succeeded());
      Carry(net, clone_of, set);
    }
    EXPECT_EQ(ToString(set), ToString(expected));
  }

  void Check(int64_t base, int64_t cut, const std::optional<plan::TableSpec>& clone_of) {
    const TableLog table(std::shared_ptr<ObjectStore>(&world_.source(), [](ObjectStore*) {}), world_.west);
    plan::NetChange net(kNewestAtBase);
    std::vector<delta::Commit> commits;
    for (int64_t version = base + 1; version <= cut; ++version) {
      auto commit = world_.Run(table.ReadCommit({}, Version(version)));
      ASSERT_THAT(commit, Succeeded());
      Complete(version, *commit);
      commits.push_back(*commit);
      ASSERT_THAT(net.Apply(*std::move(commit)), Succeeded());
    }
    ++(net.NeedsBase() ? looked_up_ : carried_);
    const bool asks = AsksForBase(net);
    ASSERT_THAT(world_.Run(LookUpBase({}, table, Version(base), net)), Succeeded());
    delta::LiveSet set = Expected(base, clone_of);
    Carry(net, clone_of, set);
    const auto settled = world_.Run(CarriedOrReplayed({}, set, net.NeedsBase(), table, Version(cut), clone_of));
    ASSERT_THAT(settled, Succeeded());
    EXPECT_EQ(ToString(*settled), ToString(Expected(cut, clone_of)));
    if (!net.NeedsBase()) CheckInShares(table, base, commits, asks, clone_of, set);
    const auto replayed = world_.Run(ReplayLiveSet({}, table, Version(cut), clone_of));
    ASSERT_THAT(replayed, Succeeded());
    EXPECT_EQ(ToString(*replayed), ToString(Expected(cut, clone_of)));
  }

  RandomLog log_;
  delta::Dice dice_;
  World world_;
  plan::TableSpec spec_;
  int64_t carried_ = 0;
  int64_t looked_up_ = 0;
};

TEST(LiveSet, CarriedOverEveryWindowOfRandomLogsIsThatOfItsEnd) {
  const uint64_t first = FromEnvironment("LAKEFERRY_REPLAY_SEED", 1);
  const uint64_t count = FromEnvironment("LAKEFERRY_REPLAY_LOGS", 10'000) / 50;
  int64_t carried = 0;
  int64_t looked_up = 0;
  for (uint64_t seed = first; seed < first + count && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("log {}", seed));
    Windows windows(seed);
    windows.CheckAll(std::nullopt);
    if (windows.FitsAClone()) windows.CheckAll(windows.spec());
    carried += windows.carried();
    looked_up += windows.looked_up();
  }
  EXPECT_GT(carried, static_cast<int64_t>(count));
  EXPECT_GT(looked_up, static_cast<int64_t>(count) / 10);
}

}  // namespace
}  // namespace lakeferry::engine
