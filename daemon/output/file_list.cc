#include "daemon/output/file_list.h"

#include <algorithm>
#include <cstring>
#include <span>

namespace lakeferry {
namespace {

using delta::AddFile;
using delta::DeletionVector;

constexpr size_t kBlockBytes = size_t{1} << 20;
// Fewer are compared as they stand; so are paths that are alike for long, because sorting by pieces goes one call
// deeper for each.
constexpr size_t kSortedByKey = 32;
constexpr int kKeysMax = 16;

// A record, behind its length: path, size, columns, num_records + 1 or 0, the values as length + 1 and bytes, or 0 for
// null, and the deletion vector. Numbers take seven bits a byte, the lowest first.
enum Vector : uint8_t { kNone, kPlain, kWithOffset };

void PutNumber(std::string& record, uint64_t number) {
  for (; number > 0x7f; number >>= 7U) record.push_back(static_cast<char>(number | 0x80U));
  record.push_back(static_cast<char>(number));
}

void PutText(std::string& record, std::string_view text) {
  PutNumber(record, text.size());
  record += text;
}

void PutVector(std::string& record, const std::optional<DeletionVector>& vector) {
  if (!vector) return PutNumber(record, kNone);
  PutNumber(record, vector->offset ? kWithOffset : kPlain);
  PutText(record, vector->storage_type);
  PutText(record, vector->path_or_inline_dv);
  if (vector->offset) PutNumber(record, static_cast<uint64_t>(*vector->offset));
  PutNumber(record, static_cast<uint64_t>(vector->size_in_bytes));
  PutNumber(record, static_cast<uint64_t>(vector->cardinality));
}

class Reader {
 public:
  explicit Reader(const char* at) : at_(at) {}

  uint64_t Number() {
    uint64_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      number |= uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return number;
    }
  }
  int64_t Signed() { return static_cast<int64_t>(Number()); }
  std::string_view Text() { return Bytes(Number()); }
  std::string_view Bytes(size_t count) {
    const std::string_view text(at_, count);
    at_ += count;
    return text;
  }
  std::optional<DeletionVector> Vector() {
    const uint64_t kind = Number();
    if (kind == kNone) return std::nullopt;
    DeletionVector vector;
    vector.storage_type = Text();
    vector.path_or_inline_dv = Text();
    if (kind == kWithOffset) vector.offset = Signed();
    vector.size_in_bytes = Signed();
    vector.cardinality = Signed();
    return vector;
  }

 private:
  const char* at_;
};

std::string_view PathOf(const FileList::Place& place) { return Reader(place.record).Text(); }

// The eight bytes from `from` on, as a number that is ordered as they are; zeros where the path has ended.
uint64_t KeyOf(std::string_view path, size_t from) {
  const std::string_view bytes = path.substr(std::min(from, path.size()), sizeof(uint64_t));
  uint64_t key = 0;
  for (size_t i = 0; i < sizeof(key); ++i) {
    key = key << 8U | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
  }
  return key;
}

// Sorts paths that are alike up to `from`: by eight bytes, which are beside one another in memory, and those that are
// alike in them by the next eight.
void SortFrom(std::span<FileList::Place> places, size_t from, int keys) {
  if (places.size() < kSortedByKey || keys == kKeysMax) {
    std::ranges::sort(places, {}, PathOf);
    return;
  }
  for (FileList::Place& place : places) place.key = KeyOf(PathOf(place), from);
  std::ranges::sort(places, {}, &FileList::Place::key);
  for (size_t begin = 0; begin < places.size();) {
    size_t end = begin + 1;
    while (end < places.size() && places[end].key == places[begin].key) ++end;
    if (end - begin > 1) SortFrom(places.subspan(begin, end - begin), from + sizeof(uint64_t), keys + 1);
    begin = end;
  }
}

}  // namespace

void FileList::Add(const AddFile& file, std::optional<int64_t> num_records) {
  if (files_ == 0) prefix_ = file.path;
  prefix_.erase(std::ranges::mismatch(prefix_, file.path).in1, prefix_.end());
  record_.clear();
  PutText(record_, file.path);
  PutNumber(record_, static_cast<uint64_t>(file.size));
  PutNumber(record_, ColumnsOf(file));
  PutNumber(record_, num_records ? static_cast<uint64_t>(*num_records) + 1 : 0);
  for (const auto& [column, value] : file.partition_values) {
    PutNumber(record_, value ? value->size() + 1 : 0);
    if (value) record_ += *value;
  }
  PutVector(record_, file.deletion_vector);
  ++files_;
  Append();
}

size_t FileList::ColumnsOf(const AddFile& file) {
  const auto name = [](const auto& entry) -> const std::string& { return entry.first; };
  if (columns_.empty() || !std::ranges::equal(columns_.back(), file.partition_values, {}, {}, name)) {
    std::vector<std::string>& columns = columns_.emplace_back();
    for (const auto& entry : file.partition_values) columns.push_back(entry.first);
  }
  return columns_.size() - 1;
}

void FileList::Append() {
  std::string length;
  PutNumber(length, record_.size());
  const size_t size = length.size() + record_.size();
  if (blocks_.empty() || blocks_.back().size - blocks_.back().used < size) {
    const size_t block_size = std::max(kBlockBytes, size);
    blocks_.push_back({.bytes = std::make_unique_for_overwrite<char[]>(block_size), .size = block_size});
  }
  Block& block = blocks_.back();
  for (const std::string* part : {&length, &record_}) {
    std::memcpy(block.bytes.get() + block.used, part->data(), part->size());
    block.used += part->size();
  }
}

std::vector<FileList::Place> FileList::Sorted() const {
  std::vector<Place> places;
  places.reserve(files_);
  for (const Block& block : blocks_) {
    const char* const end = block.bytes.get() + block.used;
    for (const char* at = block.bytes.get(); at < end;) {
      const std::string_view record = Reader(at).Text();
      places.push_back({.record = record.data()});
      at = record.data() + record.size();
    }
  }
  SortFrom(places, prefix_.size(), 0);
  return places;
}

void FileList::Read(const Place& place, ListedFile& file) const {
  Reader record(place.record);
  file.path = record.Text();
  file.size = record.Signed();
  const std::vector<std::string>& columns = columns_[record.Number()];
  const uint64_t records = record.Number();
  file.num_records = records > 0 ? std::optional(static_cast<int64_t>(records - 1)) : std::nullopt;
  file.partition_values.clear();
  for (const std::string& column : columns) {
    const uint64_t length = record.Number();
    file.partition_values.emplace_back(
        column, length > 0 ? std::optional(record.Bytes(length - 1)) : std::optional<std::string_view>());
  }
  file.deletion_vector = record.Vector();
}

}  // namespace lakeferry
