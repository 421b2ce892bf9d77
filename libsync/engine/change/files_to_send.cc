#include "engine/change/files_to_send.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/saturated.h"

namespace lakeferry::engine {
namespace {

constexpr int64_t kAbsent = INT64_MIN;
constexpr int32_t kNoRootNumber = -1;

// What stands before the two paths of a record. It never leaves the process.
struct RecordHead {
  uint32_t path_bytes;
  uint32_t origin_bytes;
  int32_t root;
  uint32_t required;
  int64_t size;
  int64_t vanishes_ms;
  int64_t modified_ms;

  [[nodiscard]] size_t record_bytes() const { return sizeof(RecordHead) + path_bytes + origin_bytes; }
};

RecordHead RecordHeadOf(std::string_view bytes) {
  RecordHead head;
  std::memcpy(&head, bytes.data(), sizeof head);
  return head;
}

std::string Encode(const plan::FileToSend& file, int32_t root) {
  const std::string_view path = file.path.text();
  const std::string_view origin = file.origin ? std::string_view(file.origin->path.text()) : std::string_view();
  const RecordHead head{.path_bytes = static_cast<uint32_t>(path.size()),
                        .origin_bytes = static_cast<uint32_t>(origin.size()),
                        .root = root,
                        .required = file.required ? 1U : 0U,
                        .size = file.size.value_or(kAbsent),
                        .vanishes_ms = file.vanishes_from ? ToEpochMs(*file.vanishes_from) : kAbsent,
                        .modified_ms = file.modified ? ToEpochMs(*file.modified) : kAbsent};
  std::string record(reinterpret_cast<const char*>(&head), sizeof head);
  record += path;
  record += origin;
  return record;
}

}  // namespace

Status FilesToSend::Append(plan::FileToSend file) {
  file.vanishes_from = rule_.removals ? rule_.removals->MayVanishFrom(file.path, rule_.kept) : std::nullopt;
  if (file.vanishes_from) Forecast(file);
  ++files_;
  bytes_ = AddSaturated(bytes_, file.size.value_or(0));
  return records_.Append(Encode(file, file.origin ? RootNumber(file.origin->root) : kNoRootNumber));
}

void FilesToSend::Forecast(const plan::FileToSend& file) {
  vanishing_.emplace_back(*file.vanishes_from, records_.size_bytes());
  if (!file.required) return;
  if (!forecast_) forecast_ = plan::VanishForecast{.from = *file.vanishes_from};
  forecast_->from = std::min(forecast_->from, *file.vanishes_from);
  ++forecast_->files;
}

int32_t FilesToSend::RootNumber(const std::shared_ptr<const std::string>& root) {
  auto found = std::ranges::find(roots_, root);
  if (found == roots_.end()) found = roots_.insert(found, root);
  return static_cast<int32_t>(found - roots_.begin());
}

void FilesToSend::Clear() {
  records_.Clear();
  roots_.clear();
  vanishing_.clear();
  files_ = 0;
  bytes_ = 0;
  forecast_.reset();
}

FileReader::FileReader(const FilesToSend& files, size_t piece_bytes)
    : files_(files), piece_bytes_(std::max(piece_bytes, sizeof(RecordHead))), vanishing_(files.vanishing_) {
  std::ranges::sort(vanishing_);
}

Task<Result<std::vector<plan::FileToSend>>> FileReader::Next(size_t count) {
  std::vector<plan::FileToSend> next;
  while (next.size() < count) {
    LF_CO_TRY(std::optional<plan::FileToSend> file, co_await NextVanishing());
    if (!file) {
      LF_CO_TRY(file, co_await NextOther());
    }
    if (!file) break;
    next.push_back(*std::move(file));
  }
  co_return next;
}

Task<Result<std::optional<plan::FileToSend>>> FileReader::NextVanishing() {
  if (next_vanishing_ == vanishing_.size()) {
    // The others from the first record on.
    if (next_vanishing_ > 0) Seek(0);
    std::vector<std::pair<TimeMs, int64_t>>().swap(vanishing_);
    next_vanishing_ = 0;
    co_return std::nullopt;
  }
  Seek(vanishing_[next_vanishing_++].second);
  LF_CO_TRY_OK(co_await Fill(sizeof(RecordHead)));
  const size_t bytes = RecordHeadOf(buffer_).record_bytes();
  LF_CO_TRY_OK(co_await Fill(bytes));
  co_return Decode(std::string_view(buffer_).substr(0, bytes));
}

Task<Result<std::optional<plan::FileToSend>>> FileReader::NextOther() {
  while (true) {
    LF_CO_TRY(const bool there, co_await Fill(sizeof(RecordHead)));
    if (!there) co_return std::nullopt;
    const RecordHead head = RecordHeadOf(std::string_view(buffer_).substr(at_));
    LF_CO_TRY_OK(co_await Fill(head.record_bytes()));
    const std::string_view record = std::string_view(buffer_).substr(at_, head.record_bytes());
    at_ += head.record_bytes();
    if (head.vanishes_ms == kAbsent) co_return Decode(record);
  }
}

void FileReader::Seek(int64_t offset) {
  offset_ = offset;
  buffer_.clear();
  at_ = 0;
}

Task<Result<bool>> FileReader::Fill(size_t bytes) {
  if (buffer_.size() - at_ >= bytes) co_return true;
  buffer_.erase(0, at_);
  at_ = 0;
  std::vector<char> piece(piece_bytes_);
  while (buffer_.size() < bytes) {
    LF_CO_TRY(const size_t got, co_await files_.records_.Read(offset_, piece));
    if (got == 0 && buffer_.empty()) co_return false;
    LF_CHECK(got > 0, "records are appended whole");
    offset_ += static_cast<int64_t>(got);
    buffer_.append(piece.data(), got);
  }
  co_return true;
}

Result<plan::FileToSend> FileReader::Decode(std::string_view record) const {
  const RecordHead head = RecordHeadOf(record);
  LF_TRY(ObjectPath path, ObjectPath::Make(record.substr(sizeof head, head.path_bytes)));
  plan::FileToSend file{.path = std::move(path), .size = {}, .required = head.required != 0};
  if (head.size != kAbsent) file.size = head.size;
  if (head.vanishes_ms != kAbsent) file.vanishes_from = FromEpochMs(head.vanishes_ms);
  if (head.modified_ms != kAbsent) file.modified = FromEpochMs(head.modified_ms);
  if (head.root == kNoRootNumber) return file;
  LF_TRY(ObjectPath origin, ObjectPath::Make(record.substr(sizeof head + head.path_bytes)));
  file.origin =
      std::make_shared<delta::ImportedObject>(files_.roots_[static_cast<size_t>(head.root)], std::move(origin));
  return file;
}

}  // namespace lakeferry::engine
