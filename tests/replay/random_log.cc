#include "tests/replay/random_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/replay/log_text.h"

namespace lakeferry::delta {
namespace {

constexpr std::string_view kUuid = "3a0d65cd-4056-49b8-937b-95f9e3ee90e5";

// What may be wrong with a log; but for the first, its last commit.
enum class Damage : uint8_t { kNoProtocol, kAddedTwice, kAddedAndRemoved, kTwoMetadata, kCut, kEmpty };

class LogMaker {
 public:
  LogMaker(uint64_t seed, bool parquet) : dice_(seed), parquet_(parquet) {}

  RandomLog Make() {
    const int64_t commits = 1 + dice_.Below(8);
    if (dice_.OneIn(25)) damage_ = static_cast<Damage>(dice_.Below(6));
    if (damage_) log_.first_broken = *damage_ == Damage::kNoProtocol ? 0 : commits - 1;
    for (int64_t version = 0; version < commits; ++version) AddCommit(version, commits);
    if (dice_.OneIn(3)) CleanUp(dice_.Below(commits));
    if (dice_.OneIn(20)) log_.objects.erase(CommitName(Version(dice_.Below(commits))));
    AddOddFiles();
    return std::move(log_);
  }

 private:
  void AddCommit(int64_t version, int64_t commits) {
    operations_ = {OwnTime{.ms = 1'000'000 + version * 10}};
    if (version == 0 || dice_.OneIn(6)) operations_.emplace_back(RandomMetadata());
    if (damage_ != Damage::kNoProtocol && (version == 0 || dice_.OneIn(8))) operations_.emplace_back(RandomProtocol());
    AddFileOperations();
    for (const char* app : {"x", "y"}) {
      if (dice_.OneIn(4)) operations_.emplace_back(RandomTxn(app));
    }
    if (dice_.OneIn(4)) operations_.emplace_back(RandomDomain());
    for (const Operation& operation : operations_) table_.Apply(operation);
    log_.states.push_back(table_);
    const bool broken = damage_ && version == commits - 1;
    if (broken) BreakOperations();
    std::vector<std::string> lines;
    for (const Operation& operation : operations_) lines.push_back(LineOf(operation, dice_));
    std::string text = CommitText(std::move(lines), dice_);
    if (broken && *damage_ == Damage::kCut) text.resize(text.find_last_not_of("\r\n "));
    if (broken && *damage_ == Damage::kEmpty) text.clear();
    log_.objects[CommitName(Version(version))] = std::move(text);
    if (dice_.OneIn(4) && version < log_.first_broken) AddCheckpoint(version);
  }

  void AddFileOperations() {
    for (int64_t count = dice_.Below(5); count > 0; --count) {
      const int file = static_cast<int>(dice_.Below(static_cast<int64_t>(Spellings().size())));
      // Each file once a commit.
      const bool named = std::ranges::any_of(operations_, [file](const Operation& operation) {
        const auto* add = std::get_if<AddOperation>(&operation);
        const auto* remove = std::get_if<RemoveOperation>(&operation);
        return (add != nullptr && add->file == file) || (remove != nullptr && remove->file == file);
      });
      if (!named) ChangeFile(file);
    }
  }

  void ChangeFile(int file) {
    const AddFile* live = table_.Live(file);
    if (live == nullptr) {
      if (dice_.OneIn(6)) {
        operations_.emplace_back(RemoveOperation{.file = file, .deletion_vector = RandomVector()});
      } else {
        operations_.emplace_back(AddOperation{.file = file, .add = RandomAdd(RandomVector())});
      }
      return;
    }
    const auto dv = live->deletion_vector;
    const int64_t choice = dice_.Below(3);
    if (choice == 0) {  // other statistics, say
      operations_.emplace_back(AddOperation{.file = file, .add = RandomAdd(dv)});
      return;
    }
    const auto next = RandomVector();
    if (dice_.OneIn(6)) {  // the file that was live stays so, beside another of its path
      operations_.emplace_back(AddOperation{.file = file, .add = RandomAdd(next)});
      return;
    }
    operations_.emplace_back(RemoveOperation{.file = file, .deletion_vector = dv});
    if (choice == 1 && VectorName(next) != VectorName(dv)) {
      operations_.emplace_back(AddOperation{.file = file, .add = RandomAdd(next)});
    }
  }

  std::optional<DeletionVector> RandomVector() {
    static const std::vector<std::optional<DeletionVector>> kVectors = {
        std::nullopt,
        std::nullopt,
        DeletionVector{.storage_type = "i", .path_or_inline_dv = "abc", .size_in_bytes = 3, .cardinality = 1},
        DeletionVector{.storage_type = "u", .path_or_inline_dv = "ab^-aqEH.-t@S}K{vb[*k^", .size_in_bytes = 3},
        DeletionVector{.storage_type = "u", .path_or_inline_dv = "ab^-aqEH.-t@S}K{vb[*k^", .offset = 0},
        DeletionVector{.storage_type = "u", .path_or_inline_dv = "ab^-aqEH.-t@S}K{vb[*k^", .offset = 1}};
    return dice_.Pick(kVectors);
  }

  AddFile RandomAdd(std::optional<DeletionVector> dv) {
    static const std::vector<std::optional<std::string>> kStats = {std::nullopt, R"({"numRecords":3})", "\\\"odd"};
    static const std::vector<std::optional<NullableMap>> kTags = {std::nullopt, NullableMap{},
                                                                  NullableMap{{"k", "v"}, {"n", std::nullopt}}};
    AddFile add{.path = {}, .partition_values = {}, .size = dice_.Below(1000), .modification_time = dice_.Below(1000)};
    if (dice_.OneIn(2)) add.partition_values = {{"p", dice_.OneIn(2) ? std::optional<std::string>("1") : std::nullopt}};
    add.stats = dice_.Pick(kStats);
    add.tags = dice_.Pick(kTags);
    add.deletion_vector = std::move(dv);
    // Beyond what a double holds.
    if (dice_.OneIn(4)) add.base_row_id = 9'007'199'254'740'993 + dice_.Below(10);
    if (dice_.OneIn(4)) add.default_row_commit_version = dice_.Below(10);
    return add;
  }

  Metadata RandomMetadata() {
    Metadata metadata{.id = fmt::format("id{}", dice_.Below(3)), .schema_string = R"({"type":"struct"})"};
    if (dice_.OneIn(2)) metadata.name = "name";
    if (dice_.OneIn(2)) metadata.partition_columns = {"p"};
    if (dice_.OneIn(5)) metadata.configuration.emplace_back("delta.enableInCommitTimestamps", "true");
    if (dice_.OneIn(3)) metadata.configuration.emplace_back("key", fmt::format("{}", dice_.Below(3)));
    return metadata;
  }

  Protocol RandomProtocol() {
    static const std::vector<Protocol> kProtocols = {
        {.min_reader_version = 1, .min_writer_version = 2},
        {.min_reader_version = 1, .min_writer_version = 7, .writer_features = {{"inCommitTimestamp"}}},
        {.min_reader_version = 3,
         .min_writer_version = 7,
         .reader_features = {{"deletionVectors"}},
         .writer_features = {{"deletionVectors", "inCommitTimestamp"}}}};
    return dice_.Pick(kProtocols);
  }

  Txn RandomTxn(std::string app) {
    Txn txn{.app_id = std::move(app), .version = dice_.Below(5)};
    if (dice_.OneIn(2)) txn.last_updated = dice_.Below(100);
    return txn;
  }

  DomainMetadata RandomDomain() {
    return {.domain = dice_.OneIn(2) ? "delta.clustering" : "user",
            .configuration = fmt::format("{{{}}}", dice_.Below(9)),
            .removed = dice_.OneIn(3)};
  }

  void BreakOperations() {
    const AddOperation extra{.file = 0, .add = RandomAdd(std::nullopt)};
    std::erase_if(operations_, [](const Operation& operation) {
      const auto* add = std::get_if<AddOperation>(&operation);
      const auto* remove = std::get_if<RemoveOperation>(&operation);
      return (add != nullptr && add->file == 0) || (remove != nullptr && remove->file == 0);
    });
    switch (*damage_) {
      case Damage::kAddedTwice: operations_.insert(operations_.end(), {extra, extra}); break;
      case Damage::kAddedAndRemoved: operations_.insert(operations_.end(), {extra, RemoveOperation{.file = 0}}); break;
      case Damage::kTwoMetadata: operations_.insert(operations_.end(), {RandomMetadata(), RandomMetadata()}); break;
      case Damage::kNoProtocol:
      case Damage::kCut:
      case Damage::kEmpty: break;
    }
  }

  void AddCheckpoint(int64_t version) {
    const bool spoil = dice_.OneIn(5);
    if (!parquet_ || dice_.OneIn(2)) {
      std::string text = JsonCheckpoint(table_, version + (spoil && dice_.OneIn(3) ? 1 : 0), dice_);
      const bool says_another = !text.starts_with(fmt::format(R"({{"checkpointMetadata":{{"version":{}}})", version));
      if (spoil && !says_another) text.resize(dice_.OneIn(2) ? 0 : text.size() - 2);
      log_.objects[fmt::format("{:020}.checkpoint.{}.json", version, kUuid)] = std::move(text);
    } else {
      AddParquetCheckpoint(version, spoil);
    }
    if (!spoil) log_.readable_checkpoints.push_back(version);
  }

  void AddParquetCheckpoint(int64_t version, bool spoil) {
    const auto parts = static_cast<size_t>(1 + dice_.Below(3));
    std::vector<std::string> files = ParquetCheckpoint(table_, parts, dice_);
    for (size_t part = 1; part <= parts; ++part) {
      std::string& bytes = files[part - 1];
      if (spoil && part == parts) {
        if (parts > 1 && dice_.OneIn(2)) break;  // one part is missing
        bytes.resize(dice_.OneIn(2) ? 0 : bytes.size() - 10);
      }
      const std::string infix = parts == 1 ? "" : fmt::format(".{:010}.{:010}", part, parts);
      log_.objects[fmt::format("{:020}.checkpoint{}.parquet", version, infix)] = std::move(bytes);
    }
  }

  void CleanUp(int64_t kept_from) {
    for (int64_t version = 0; version < kept_from; ++version) log_.objects.erase(CommitName(Version(version)));
  }

  void AddOddFiles() {
    if (dice_.OneIn(3)) {
      // Brings removed files back for whoever reads it.
      log_.objects[fmt::format("{:020}.{:020}.compacted.json", 0, 3)] =
          R"({"add":{"path":"back.parquet","partitionValues":{},"size":1,"modificationTime":1,"dataChange":true}})";
    }
    if (dice_.OneIn(3)) log_.objects[fmt::format("{:020}.crc", 0)] = "{}";
    if (dice_.OneIn(5)) log_.objects[".00000000000000000001.json.tmp"] = "{";
    if (!dice_.OneIn(2)) return;
    const Version version(dice_.Below(10));
    std::string text = fmt::format(R"({{"version":{},"size":3}})", version.value());
    if (dice_.OneIn(2)) {
      text.resize(static_cast<size_t>(dice_.Below(static_cast<int64_t>(text.size()))));
    } else {
      log_.hint = version;
    }
    log_.objects[std::string(kLastCheckpointName)] = std::move(text);
  }

  Dice dice_;
  bool parquet_;
  std::optional<Damage> damage_;
  RandomLog log_;
  TableModel table_;
  std::vector<Operation> operations_;  // of the commit under way
};

}  // namespace

std::vector<LogFile> RandomLog::Listing() const {
  std::vector<LogFile> files;
  for (const auto& [name, bytes] : objects) {
    const ParsedLogName parsed = ParseLogName(name);
    files.push_back(
        {.name = name, .size_bytes = static_cast<int64_t>(bytes.size()), .modified = FileTime(parsed.version.value())});
  }
  return files;
}

bool RandomLog::HasCommits(int64_t first, int64_t last) const {
  for (int64_t version = first; version <= last; ++version) {
    if (!objects.contains(CommitName(Version(version)))) return false;
  }
  return true;
}

bool RandomLog::Rebuildable(int64_t version) const {
  if (version >= first_broken || !HasCommits(version, version)) return false;
  if (HasCommits(0, version)) return true;
  return std::ranges::any_of(readable_checkpoints, [&](int64_t checkpoint) {
    return checkpoint <= version && HasCommits(checkpoint + 1, version);
  });
}

RandomLog MakeRandomLog(uint64_t seed, bool parquet) { return LogMaker(seed, parquet).Make(); }

}  // namespace lakeferry::delta
