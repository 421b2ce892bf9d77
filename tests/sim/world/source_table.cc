#include "tests/sim/world/source_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/crc64.h"

namespace lakeferry::sim {
namespace {

uint64_t HashOf(std::string_view table, std::string_view path) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const std::string_view part : {table, std::string_view("/"), path}) {
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return hash;
}

std::string Z85(uint64_t high, uint64_t low) {
  constexpr std::string_view kDigits =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
  std::string text;
  for (const uint64_t part : {high >> 32, high & 0xffffffff, low >> 32, low & 0xffffffff}) {
    uint64_t word = part;
    std::array<char, 5> digits{};
    for (size_t i = 5; i > 0; --i) {
      digits[i - 1] = kDigits[word % 85];
      word /= 85;
    }
    text.append(digits.data(), digits.size());
  }
  return text;
}

std::string Uuid(uint64_t high, uint64_t low) {
  const std::string hex = fmt::format("{:016x}{:016x}", high, low);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4), hex.substr(16, 4),
                     hex.substr(20));
}

constexpr std::array<std::string_view, 4> kPartitions = {"", "2026-01-01", "north sea", "a%b"};

// Folder of a partition as Hive writes it, and how the log spells it.
std::pair<std::string, std::string> PartitionFolder(std::string_view value) {
  if (value.empty()) return {"zone=__HIVE_DEFAULT_PARTITION__/", "zone=__HIVE_DEFAULT_PARTITION__/"};
  if (value == "north sea") return {"zone=north sea/", "zone=north%20sea/"};
  if (value == "a%b") return {"zone=a%25b/", "zone=a%2525b/"};
  return {fmt::format("zone={}/", value), fmt::format("zone={}/", value)};
}

}  // namespace

std::string SourceTable::Content(std::string_view table, std::string_view path) {
  SimRandom random(HashOf(table, path));
  std::string bytes(static_cast<size_t>(random.Between(1, 1'600)), '\0');
  for (size_t i = 0; i < bytes.size(); i += 8) {
    const uint64_t word = random.Next();
    std::copy_n(reinterpret_cast<const char*>(&word), std::min<size_t>(8, bytes.size() - i), bytes.data() + i);
  }
  return bytes;
}

bool SourceTable::Held(const std::string& path, std::string_view bytes, int64_t not_before) const {
  const auto [first, last] = rewritten_.equal_range(path);
  if (first == last) return bytes == Content(name_, path);
  return std::any_of(
      first, last, [&](const auto& file) { return file.second.modified >= not_before && file.second.bytes == bytes; });
}

bool SourceTable::Held(const std::string& path, int64_t size, uint64_t crc64) const {
  const auto is_it = [&](const std::string& bytes) {
    return static_cast<int64_t>(bytes.size()) == size && Crc64Of(bytes) == crc64;
  };
  const auto [first, last] = rewritten_.equal_range(path);
  if (first == last) return is_it(Content(name_, path));
  return std::any_of(first, last, [&](const auto& file) { return is_it(file.second.bytes); });
}

bool SourceTable::EverHeld(const std::string& path, const std::string& bytes) const {
  const auto [first, last] = log_objects_.equal_range(path);
  return std::any_of(first, last, [&](const auto& object) { return object.second == bytes; });
}

SourceTable::File SourceTable::NewFile(TimeMs now) {
  File file;
  std::string log_folder;
  if (kind_.partitioned) {
    file.partition = kPartitions[static_cast<size_t>(random_.Below(kPartitions.size()))];
    const auto [folder, in_log] = PartitionFolder(file.partition);
    file.path = folder;
    log_folder = in_log;
  }
  const std::string name = fmt::format("part-{:05}-{}-c000.snappy.parquet", next_file_++, name_);
  file.path += name;
  file.log_path = log_folder + name;
  const std::string content = Content(name_, file.path);
  file.size = static_cast<int64_t>(content.size());
  file.modified = ToEpochMs(now);
  file.row_commit = newest() + 1;
  store_->Set(file.path, content);
  return file;
}

std::string SourceTable::PartitionValues(const File& file) const {
  if (!kind_.partitioned) return "{}";
  if (file.partition.empty()) return R"({"zone":null})";
  return fmt::format(R"({{"zone":"{}"}})", file.partition);
}

std::string SourceTable::AddLine(const File& file, bool data_change) const {
  std::string vector;
  if (!file.vector.empty()) vector = ",\"deletionVector\":" + file.vector;
  if (kind_.row_tracking) vector += fmt::format(R"(,"baseRowId":0,"defaultRowCommitVersion":{})", file.row_commit);
  return fmt::format(R"({{"add":{{"path":"{}","partitionValues":{},"size":{},"modificationTime":{},"dataChange":{},)"
                     R"("stats":"{{\"numRecords\":{}}}"{}}}}})"
                     "\n",
                     file.log_path, PartitionValues(file), file.size, file.modified, data_change, file.size % 97,
                     vector);
}

std::string SourceTable::RemoveLine(const File& file, TimeMs now, bool data_change) const {
  std::string vector;
  if (!file.vector.empty()) vector = ",\"deletionVector\":" + file.vector;
  return fmt::format(R"({{"remove":{{"path":"{}","deletionTimestamp":{},"dataChange":{},"extendedFileMetadata":true,)"
                     R"("partitionValues":{},"size":{}{}}}}})"
                     "\n",
                     file.log_path, ToEpochMs(now), data_change, PartitionValues(file), file.size, vector);
}

std::string SourceTable::InfoLine(TimeMs now, const Author& author, std::string_view operation) const {
  std::string own_time;
  if (kind_.in_commit_timestamps) own_time = fmt::format(R"("inCommitTimestamp":{},)", ToEpochMs(now));
  return fmt::format(R"({{"commitInfo":{{{}"timestamp":{},"operation":"{}"{}{},"txnId":"{}"}}}})"
                     "\n",
                     own_time, ToEpochMs(now), operation, author.info.empty() ? "" : ",", author.info,
                     Uuid(HashOf(name_, "txn"), commits_.size()));
}

std::string SourceTable::ProtocolLine() const {
  if (!kind_.vectors && !kind_.checkpoints && !kind_.in_commit_timestamps) {
    return "{\"protocol\":{\"minReaderVersion\":1,\"minWriterVersion\":2}}\n";
  }
  std::string readers;
  if (kind_.vectors) readers += "\"deletionVectors\"";
  if (kind_.checkpoints) readers += readers.empty() ? "\"v2Checkpoint\"" : ",\"v2Checkpoint\"";
  std::string writers = readers;
  if (kind_.in_commit_timestamps) writers += writers.empty() ? "\"inCommitTimestamp\"" : ",\"inCommitTimestamp\"";
  if (readers.empty()) {
    return fmt::format("{{\"protocol\":{{\"minReaderVersion\":1,\"minWriterVersion\":7,\"writerFeatures\":[{}]}}}}\n",
                       writers);
  }
  return fmt::format(
      "{{\"protocol\":{{\"minReaderVersion\":3,\"minWriterVersion\":7,\"readerFeatures\":[{}],\"writerFeatures\":[{}]}}"
      "}}\n",
      readers, writers);
}

std::string SourceTable::MetadataLine() const {
  std::string fields;
  for (int64_t i = 0; i < columns_; ++i) {
    fields += fmt::format(R"({}{{\"name\":\"c{}\",\"type\":\"long\",\"nullable\":true,\"metadata\":{{}}}})",
                          i == 0 ? "" : ",", i);
  }
  if (kind_.partitioned) fields += R"(,{\"name\":\"zone\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}})";
  std::string properties;
  if (kind_.vectors) properties += R"("delta.enableDeletionVectors":"true")";
  if (kind_.in_commit_timestamps) {
    properties += fmt::format(R"({}"delta.enableInCommitTimestamps":"true")", properties.empty() ? "" : ",");
  }
  return fmt::format(R"({{"metaData":{{"id":"{}","format":{{"provider":"parquet","options":{{}}}},)"
                     R"("schemaString":"{{\"type\":\"struct\",\"fields\":[{}]}}","partitionColumns":[{}],)"
                     R"("configuration":{{{}}},"createdTime":1700000000000}}}})"
                     "\n",
                     Uuid(HashOf(name_, "id"), 1), fields, kind_.partitioned ? "\"zone\"" : "", properties);
}

void SourceTable::Add(File file, bool data_change, std::string& text) {
  text += AddLine(file, data_change);
  const std::string key = file.path;
  live_.insert_or_assign(key, std::move(file));
}

void SourceTable::Remove(const std::string& key, TimeMs now, bool data_change, std::string& text) {
  auto node = live_.extract(key);
  File told = node.mapped();
  if (kind_.lies_percent > 0 && random_.Percent(kind_.lies_percent)) told.size += 7;
  text += RemoveLine(told, now, data_change);
  removed_.push_back(std::move(node.mapped()));
}

std::string SourceTable::LiveKey() {
  auto at = live_.begin();
  std::advance(at, random_.Below(static_cast<int64_t>(live_.size())));
  return at->first;
}

void SourceTable::Create(TimeMs now, const Author& author, bool with_data) {
  std::string text = InfoLine(now, author, "CREATE TABLE") + ProtocolLine() + MetadataLine();
  if (with_data) Add(NewFile(now), true, text);
  Publish(now, author, std::move(text));
}

void SourceTable::CommitAny(TimeMs now, const Author& author) {
  constexpr std::array kWeighted = {Change::kAppend,  Change::kAppend, Change::kAppend, Change::kOverwrite,
                                    Change::kUpdate,  Change::kUpdate, Change::kUpdate, Change::kOptimize,
                                    Change::kDelete,  Change::kSchema, Change::kTxn,    Change::kNothing,
                                    Change::kRestore, Change::kVector, Change::kVector};
  const bool reuse = kind_.reuses_names && random_.Percent(20);
  Commit(now, author, reuse ? Change::kReuse : kWeighted[static_cast<size_t>(random_.Below(kWeighted.size()))]);
}

void SourceTable::Commit(TimeMs now, const Author& author, Change change) {
  if (!exists()) {
    Create(now, author, true);
    return;
  }
  std::string text = InfoLine(now, author, "WRITE");
  ApplyChange(now, change, text);
  Publish(now, author, std::move(text));
}

void SourceTable::ApplyChange(TimeMs now, Change change, std::string& text) {
  switch (change) {
    case Change::kNothing: return;
    case Change::kSchema:
      ++columns_;
      text += MetadataLine();
      return;
    case Change::kTxn:
      text += fmt::format("{{\"txn\":{{\"appId\":\"stream-{}\",\"version\":{},\"lastUpdated\":{}}}}}\n", name_,
                          ++txns_["stream-" + name_], ToEpochMs(now));
      break;
    case Change::kOverwrite:
      while (!live_.empty()) Remove(live_.begin()->first, now, true, text);
      break;
    case Change::kUpdate:
    case Change::kDelete:
      if (live_.empty()) break;
      Remove(LiveKey(), now, true, text);
      if (change == Change::kDelete) return;
      break;
    case Change::kOptimize:
      if (live_.size() < 2) break;
      Optimize(now, text);
      return;
    case Change::kRestore:
      if (removed_.empty()) break;
      Restore(text);
      return;
    case Change::kReuse:
      if (removed_.empty()) break;
      Reuse(now, text);
      return;
    case Change::kVector:
      if (!kind_.vectors || live_.empty()) break;
      MarkDeleted(now, text);
      return;
    case Change::kAppend: break;
  }
  for (int64_t files = random_.Between(1, 3); files > 0; --files) Add(NewFile(now), true, text);
}

void SourceTable::Optimize(TimeMs now, std::string& text) {
  Remove(LiveKey(), now, false, text);
  Remove(LiveKey(), now, false, text);
  Add(NewFile(now), false, text);
}

// RESTORE brings a file back that an earlier version had.
void SourceTable::Restore(std::string& text) {
  File file = removed_[static_cast<size_t>(random_.Below(static_cast<int64_t>(removed_.size())))];
  const bool vector_gone = !file.vector_path.empty() && vacuumed_.contains(file.vector_path);
  // Of a name that was used again, the last file is the one that is there.
  const auto [first, last] = rewritten_.equal_range(file.path);
  const bool rewritten =
      std::any_of(first, last, [&](const auto& other) { return other.second.modified > file.modified; });
  if (live_.contains(file.path) || vacuumed_.contains(file.path) || vector_gone || rewritten) return;
  Add(std::move(file), true, text);
}

// Against the protocol: another file under the name of one that was removed, of its size or of another.
void SourceTable::Reuse(TimeMs now, std::string& text) {
  File file = removed_[static_cast<size_t>(random_.Below(static_cast<int64_t>(removed_.size())))];
  if (live_.contains(file.path) || file.modified >= ToEpochMs(now)) return;
  if (!rewritten_.contains(file.path)) {
    rewritten_.emplace(file.path, Rewritten{.modified = file.modified, .bytes = Content(name_, file.path)});
  }
  std::string bytes = Content(name_, fmt::format("{}@{}", file.path, ToEpochMs(now)));
  if (random_.Percent(50)) bytes.resize(static_cast<size_t>(file.size), 'x');
  file.size = static_cast<int64_t>(bytes.size());
  file.modified = ToEpochMs(now);
  file.row_commit = newest() + 1;
  file.vector.clear();
  file.vector_path.clear();
  rewritten_.emplace(file.path, Rewritten{.modified = file.modified, .bytes = bytes});
  vacuumed_.erase(file.path);
  store_->Set(file.path, std::move(bytes));
  Add(std::move(file), true, text);
}

// DELETE with a deletion vector: the same file, with another set of rows.
void SourceTable::MarkDeleted(TimeMs now, std::string& text) {
  const std::string key = LiveKey();
  File file = live_.at(key);
  Remove(key, now, true, text);
  if (random_.Percent(50)) {
    file.vector =
        fmt::format(R"({{"storageType":"i","pathOrInlineDv":"wi5b={:05}10000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{{L",)"
                    R"("sizeInBytes":40,"cardinality":{}}})",
                    ++next_vector_, random_.Between(1, 9));
    file.vector_path.clear();
  } else {
    const uint64_t high = random_.Next();
    const uint64_t low = random_.Next();
    file.vector_path = "deletion_vector_" + Uuid(high, low) + ".bin";
    std::string bytes = Content(name_, file.vector_path);
    file.vector =
        fmt::format(R"({{"storageType":"u","pathOrInlineDv":"{}","offset":1,"sizeInBytes":{},"cardinality":2}})",
                    Z85(high, low), std::max<int64_t>(1, static_cast<int64_t>(bytes.size()) - 9));
    store_->Set(file.vector_path, std::move(bytes));
  }
  Add(std::move(file), true, text);
}

void SourceTable::Publish(TimeMs now, const Author& author, std::string text) {
  CommitTruth truth{.author = author, .written = now, .listed = {}, .state = {}, .bytes = text};
  if (!commits_.empty()) truth.state = commits_.back().state;
  const auto problem = ApplyCommit(text, truth.state);
  LF_CHECK(!problem, "the writer's commits can be read by the plain reader");
  const std::string path = CommitName(truth.state.version);
  store_->Set(path, std::move(text));
  truth.listed = store_->objects().at(path).modified;
  commits_.push_back(std::move(truth));
}

void SourceTable::Checkpoint() {
  if (!exists() || checkpoint_ == newest()) return;
  checkpoint_ = newest();
  std::string text = fmt::format("{{\"checkpointMetadata\":{{\"version\":{}}}}}\n", checkpoint_);
  text += ProtocolLine() + MetadataLine();
  for (const auto& [app, version] : txns_) {
    text += fmt::format("{{\"txn\":{{\"appId\":\"{}\",\"version\":{}}}}}\n", app, version);
  }
  for (const auto& [key, file] : live_) text += AddLine(file, false);
  const std::string path = fmt::format("_delta_log/{:020}.checkpoint.{}.json", checkpoint_,
                                       Uuid(HashOf(name_, "checkpoint"), static_cast<uint64_t>(checkpoint_)));
  const std::string hint = fmt::format("{{\"version\":{},\"size\":{}}}", checkpoint_, live_.size() + 3);
  log_objects_.emplace(path, text);
  log_objects_.emplace("_delta_log/_last_checkpoint", hint);
  store_->Set(path, std::move(text));
  store_->Set("_delta_log/_last_checkpoint", hint);
}

void SourceTable::CleanLog() {
  for (int64_t version = 0; version < checkpoint_; ++version) store_->objects().erase(CommitName(version));
}

void SourceTable::Vacuum() {
  std::map<std::string, int> needed;
  for (const auto& [key, file] : live_) {
    needed[file.path] = 1;
    if (!file.vector_path.empty()) needed[file.vector_path] = 1;
  }
  std::vector<std::string> gone;
  for (const auto& [path, object] : store_->objects()) {
    if (!path.starts_with("_delta_log/") && !needed.contains(path)) gone.push_back(path);
  }
  for (const std::string& path : gone) {
    store_->objects().erase(path);
    vacuumed_.emplace(path, "");
  }
}

}  // namespace lakeferry::sim
