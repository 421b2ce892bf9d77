// TableChangeTest: one table in the west of a World, and what a cut of it comes to.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "delta/commit_json.h"
#include "engine/change/read_change.h"
#include "engine/change/table_change.h"
#include "engine/spill/action_shares.h"
#include "tests/engine/world.h"

namespace lakeferry::engine {

class TableChangeTest : public ::testing::Test {
 protected:
  // A vector in a file of its own: the name is the z85 of this UUID.
  static constexpr std::string_view kVector =
      R"(,"deletionVector":{"storageType":"u","pathOrInlineDv":"vBn[lx{q8@P<9BNH/isA",)"
      R"("offset":1,"sizeInBytes":4,"cardinality":1})";
  static constexpr std::string_view kVectorFile = "deletion_vector_61d16c75-6994-46b7-a15b-8b538852e50e.bin";

  // The change from `base` (absent: whole) to the newest version; it is the same where it is folded in shares.
  Result<TableChange> Read(std::optional<int64_t> base, delta::ReplicationMode mode = delta::ReplicationMode::kClone,
                           std::optional<int64_t> newest_file_ms = {}) {
    Result<TableChange> change = ReadOnce(base, mode, newest_file_ms);
    const std::optional<size_t> in_shares = base ? SharingLimit(*base) : std::nullopt;
    if (!in_shares || (change && !change->table.base_version)) return change;
    const size_t before = std::exchange(world_.west.limits.folded_bytes, *in_shares);
    const Result<TableChange> shared = ReadOnce(base, mode, newest_file_ms);
    world_.west.limits.folded_bytes = before;
    // Of a few paths all may be one file.
    const bool whole = shared && !shared->table.base_version;
    if (!whole) ExpectSame(change, shared);
    return change;
  }
  // Folded as the limit is.
  Result<TableChange> ReadOnce(std::optional<int64_t> base, delta::ReplicationMode mode,
                               std::optional<int64_t> newest_file_ms = {}) {
    std::optional<plan::ManifestTable> known;
    if (base) {
      known = plan::ManifestTable{.name = "t",
                                  .source_version = Version(*base),
                                  .table_id = "id-of-mem://west/t",
                                  .commit_sha256 = Sha256Hex(world_.Text(world_.source(), TestTable::LogName(*base))),
                                  .newest_file_ms = newest_file_ms,
                                  .checkpoint_version = base_checkpoint_,
                                  .parts = {}};
    }
    auto scan =
        world_.Run(ScanTable({}, world_.west, world_.spec.tables[0], std::move(known), {.runs = {}, .from = {}}));
    if (!scan) return std::unexpected(scan.error());
    return world_.Run(ReadChange({}, world_.west, {.scan = *std::move(scan), .version = t().newest()}, mode));
  }
  Result<TableChange> Mirror(std::optional<int64_t> base) { return Read(base, delta::ReplicationMode::kMirror); }
  // The add line, saying that it changes no data.
  static std::string Unchanged(std::string add) {
    add.replace(add.find("\"dataChange\":true"), 17, "\"dataChange\":false");
    return add;
  }
  // The limit that is too small for one net of the commits since, and large enough for each share of their files;
  // absent where there is none.
  std::optional<size_t> SharingLimit(int64_t base) {
    const TableLog log(std::shared_ptr<ObjectStore>(&world_.source(), [](ObjectStore*) {}), world_.west);
    std::map<size_t, size_t> shares;
    size_t total = 0;
    const auto count = [&](const std::string& path, const std::optional<delta::DeletionVector>& vector) {
      const size_t bytes = FoldedBytes(path, vector);
      total += bytes;
      shares[ShareOf(path)] += bytes;
    };
    for (Version version(base + 1); version <= t().newest(); version = version.Next()) {
      const auto commit = world_.Run(log.ReadCommit({}, version));
      if (!commit) return std::nullopt;
      for (const delta::AddFile& add : commit->adds) count(add.path, add.deletion_vector);
      for (const delta::RemoveFile& remove : commit->removes) count(remove.path, remove.deletion_vector);
    }
    return shares.size() < 3 ? std::nullopt : std::optional(total - 1);
  }
  void ExpectSame(const Result<TableChange>& one, const Result<TableChange>& shared) {
    ASSERT_EQ(one.has_value(), shared.has_value()) << ToString((one ? shared : one).error());
    if (!one) {
      EXPECT_EQ(one.error().code, shared.error().code);
      EXPECT_EQ(one.error().message, shared.error().message);
      return;
    }
    EXPECT_EQ(shared->table, one->table);
    EXPECT_EQ(Adds(*shared), Adds(*one));
    EXPECT_EQ(SortedLines(shared->removes), SortedLines(one->removes));
    EXPECT_EQ(SortedLines(shared->present), SortedLines(one->present));
    EXPECT_EQ(shared->txns, one->txns);
    EXPECT_EQ(shared->domains, one->domains);
    EXPECT_EQ(shared->protocol, one->protocol);
    EXPECT_EQ(shared->metadata, one->metadata);
    EXPECT_EQ(shared->log_files.size(), one->log_files.size());
    const auto listed = [this](const TableChange& change) {
      std::vector<std::tuple<std::string, std::optional<int64_t>, bool>> files;
      for (const plan::FileToSend& file : Sent(change)) files.emplace_back(file.path.text(), file.size, file.required);
      std::ranges::sort(files);
      return files;
    };
    EXPECT_EQ(listed(*shared), listed(*one));
  }
  std::vector<std::string> SortedLines(const SpilledBytes& bytes) {
    std::vector<std::string> found;
    SpilledLines lines(bytes, 64);
    while (true) {
      const auto piece = world_.Run(lines.Next());
      EXPECT_THAT(piece, Succeeded());
      if (!piece || piece->empty()) break;
      for (size_t at = 0; at < piece->size(); at = piece->find('\n', at) + 1) {
        found.push_back(piece->substr(at, piece->find('\n', at) - at));
      }
    }
    std::ranges::sort(found);
    return found;
  }
  // What goes over, in its order.
  std::vector<plan::FileToSend> Sent(const TableChange& change) {
    FileReader reader(change.files, 64);
    auto files = world_.Run(reader.Next(1'000'000));
    EXPECT_THAT(files, Succeeded());
    return files ? *std::move(files) : std::vector<plan::FileToSend>();
  }
  // The paths, sorted.
  std::vector<std::string> Files(const TableChange& change) {
    std::vector<std::string> files;
    for (const plan::FileToSend& file : Sent(change)) files.push_back(file.path.text());
    std::ranges::sort(files);
    EXPECT_EQ(std::ssize(files), change.files.files());
    return files;
  }
  // Whether the cut needs the file, which goes over.
  bool IsRequired(const TableChange& change, std::string_view path) {
    for (const plan::FileToSend& file : Sent(change)) {
      if (file.path.text() == path) return file.required;
    }
    ADD_FAILURE() << path << " does not go over";
    return false;
  }
  // As the clone gets them, sorted by path.
  std::vector<delta::AddFile> Adds(const TableChange& change) {
    std::vector<delta::AddFile> adds = Actions(change.adds).adds;
    std::ranges::sort(adds, {}, &delta::AddFile::path);
    return adds;
  }
  // As the clone gets them, in their order.
  std::vector<delta::RemoveFile> Removes(const TableChange& change) { return Actions(change.removes).removes; }
  struct Collector : delta::ActionSink {
    Status OnAdd(delta::AddFile&& add) override {
      adds.push_back(std::move(add));
      return {};
    }
    Status OnRemove(delta::RemoveFile&& remove) override {
      removes.push_back(std::move(remove));
      return {};
    }
    std::vector<delta::AddFile> adds;
    std::vector<delta::RemoveFile> removes;
  };
  Collector Actions(const SpilledBytes& bytes) {
    Collector found;
    SpilledLines lines(bytes, 64);
    while (true) {
      const auto piece = world_.Run(lines.Next());
      EXPECT_THAT(piece, Succeeded());
      if (!piece || piece->empty()) return found;
      EXPECT_THAT(delta::ReadActions(*piece, "the actions", found), Succeeded());
    }
  }
  std::vector<std::string> Present(const TableChange& change) {
    struct Paths : plan::PartSink {
      Status OnPresent(plan::PresentFile&& file) override {
        found.push_back(file.path.text());
        return {};
      }
      std::vector<std::string> found;
    } paths;
    SpilledLines lines(change.present, 64);
    while (true) {
      const auto piece = world_.Run(lines.Next());
      EXPECT_THAT(piece, Succeeded());
      if (!piece || piece->empty()) return paths.found;
      EXPECT_THAT(plan::ReadPart(*piece, "what is there", paths), Succeeded());
    }
  }
  // Plain table with files f0 and f1, versions 0 to 2.
  void Plain() {
    t().Create();
    t().Commit({t().Add("f0")});
    t().Commit({t().Add("f1")});
  }
  TestTable& t() { return world_.table(); }

  World world_;
  std::optional<Version> base_checkpoint_;
};

}  // namespace lakeferry::engine
