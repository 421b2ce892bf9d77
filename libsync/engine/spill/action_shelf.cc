#include "engine/spill/action_shelf.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <span>
#include <string>
#include <utility>

#include "base/shown_text.h"
#include "delta/record_count.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kNameShownMax = 200;
// Less than this is not worth a place.
constexpr size_t kWorthAPlace = 256;

size_t BytesOf(const delta::NullableMap& map) {
  size_t bytes = map.size() * sizeof(delta::NullableMap::value_type);
  for (const auto& [key, value] : map) bytes += key.size() + (value ? value->size() : 0);
  return bytes;
}

size_t BytesOf(const std::optional<delta::NullableMap>& map) { return map ? BytesOf(*map) : 0; }
size_t BytesOf(const std::optional<std::string>& text) { return text ? text->size() : 0; }

size_t CarriedBytes(const delta::AddFile& add) {
  return BytesOf(add.partition_values) + BytesOf(add.stats) + BytesOf(add.tags) + BytesOf(add.clustering_provider);
}
size_t CarriedBytes(const delta::RemoveFile& remove) {
  return BytesOf(remove.partition_values) + BytesOf(remove.stats) + BytesOf(remove.tags);
}

// The number of rows tells whether a name is used again.
std::optional<std::string> RowsOnly(const std::optional<std::string>& stats) {
  const std::optional<int64_t> rows = delta::RecordCount(stats);
  return rows ? std::optional(fmt::format("{{\"numRecords\":{}}}", *rows)) : std::nullopt;
}

void TakeOut(delta::AddFile& add) {
  add.partition_values = {};
  add.stats = RowsOnly(add.stats);
  add.tags.reset();
  add.clustering_provider.reset();
}
void TakeOut(delta::RemoveFile& remove) {
  remove.partition_values.reset();
  remove.stats = RowsOnly(remove.stats);
  remove.tags.reset();
}

// The one action of a line.
class OneAction final : public delta::ActionSink {
 public:
  Status OnAdd(delta::AddFile&& read) override {
    add = std::move(read);
    return {};
  }
  Status OnRemove(delta::RemoveFile&& read) override {
    remove = std::move(read);
    return {};
  }
  delta::AddFile add;
  delta::RemoveFile remove;
};

}  // namespace

Status RangeShelf::Count(const std::string& path, const std::optional<delta::DeletionVector>& vector) {
  const size_t bytes = path.size() + (vector ? vector->path_or_inline_dv.size() : 0);
  if (bytes > kFileNameBytesMax) {
    return Fail(ErrorCode::kUnsupportedTable,
                fmt::format("a file's path and deletion vector have {} bytes, of which {} are carried: {}", bytes,
                            kFileNameBytesMax, FitToShow(path, kNameShownMax)),
                {}, "write the file anew, or restore the table to a version before");
  }
  if (++files_ <= limits_.changed_files_max) return {};
  return Fail(ErrorCode::kUnsupportedTable,
              fmt::format("the commits since the base name more than {} files", limits_.changed_files_max));
}

template <typename Action>
Result<int64_t> SpilledActions::PutAny(Action& action) {
  LF_TRY_OK(Count(action.path, action.deletion_vector));
  const size_t carried = CarriedBytes(action);
  if (carried < kWorthAPlace || kept_bytes_ + carried <= kept_max_) {
    kept_bytes_ += carried;
    return -1;
  }
  const int64_t place = lines_.size_bytes();
  const std::string line = delta::ToLine(action);
  const auto length = std::bit_cast<std::array<char, sizeof(uint64_t)>>(uint64_t{line.size()});
  LF_TRY_OK(lines_.Append(std::string_view(length.data(), length.size())));
  LF_TRY_OK(lines_.Append(line));
  TakeOut(action);
  return place;
}

Result<int64_t> SpilledActions::Put(delta::AddFile& add) { return PutAny(add); }
Result<int64_t> SpilledActions::Put(delta::RemoveFile& remove) { return PutAny(remove); }

void SpilledActions::BeginAnew() {
  RangeShelf::BeginAnew();
  lines_.Clear();
  kept_max_ = 0;
  kept_bytes_ = 0;
}

Status SpilledActions::ReadAt(int64_t place, delta::ActionSink& sink) const {
  std::array<char, sizeof(uint64_t)> length{};
  LF_TRY_OK(lines_.ReadNow(place, length));
  std::string line(std::bit_cast<uint64_t>(length), '\0');
  LF_TRY_OK(lines_.ReadNow(place + std::ssize(length), line));
  return delta::ReadActions(line, "a temporary file", sink);
}

Status SpilledActions::Restore(int64_t place, delta::AddFile& add) const {
  if (place < 0) return {};
  OneAction whole;
  LF_TRY_OK(ReadAt(place, whole));
  add.partition_values = std::move(whole.add.partition_values);
  add.stats = std::move(whole.add.stats);
  add.tags = std::move(whole.add.tags);
  add.clustering_provider = std::move(whole.add.clustering_provider);
  return {};
}

Status SpilledActions::Restore(int64_t place, delta::RemoveFile& remove) const {
  if (place < 0) return {};
  OneAction whole;
  LF_TRY_OK(ReadAt(place, whole));
  remove.partition_values = std::move(whole.remove.partition_values);
  remove.stats = std::move(whole.remove.stats);
  remove.tags = std::move(whole.remove.tags);
  return {};
}

Result<int64_t> DroppedActions::Put(delta::AddFile& add) {
  LF_TRY_OK(Count(add.path, add.deletion_vector));
  TakeOut(add);
  return -1;
}

Result<int64_t> DroppedActions::Put(delta::RemoveFile& remove) {
  LF_TRY_OK(Count(remove.path, remove.deletion_vector));
  TakeOut(remove);
  return -1;
}

Result<bool> DroppedActions::Wants(delta::AddCdcFile& cdc) {
  LF_TRY_OK(Count(cdc.path, std::nullopt));
  cdc.tags.reset();
  cdc.partition_values = {};
  return true;
}

}  // namespace lakeferry::engine
