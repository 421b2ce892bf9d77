#include "engine/spill/action_shares.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "delta/action_reader.h"
#include "delta/file_hash.h"

namespace lakeferry::engine {
namespace {

constexpr size_t kActionBytes = 1024;
constexpr size_t kNameCopies = 4;

// What stands before the line of an action. It never leaves the process.
struct ActionHead {
  int64_t version;
  int64_t place;
  uint64_t line_bytes;
};

ActionHead ActionHeadAt(std::string_view text, size_t at) {
  ActionHead head;
  std::memcpy(&head, text.data() + at, sizeof head);
  return head;
}

// Has nothing to take out any more, and knows where it is.
class KnownPlace final : public delta::ActionShelf {
 public:
  Result<int64_t> Put(delta::AddFile& /*add*/) override { return place; }
  Result<int64_t> Put(delta::RemoveFile& /*remove*/) override { return place; }
  Result<bool> Wants(delta::AddCdcFile& /*cdc*/) override { return true; }
  int64_t place = -1;
};

// The commit whose actions begin at `at`, which is then behind them.
Result<delta::Commit> NextCommit(std::string_view text, size_t& at, std::string_view where) {
  KnownPlace shelf;
  delta::CommitCollector collector(where, &shelf);
  delta::ActionReader reader("a temporary file", collector);
  const int64_t version = ActionHeadAt(text, at).version;
  while (at < text.size()) {
    const ActionHead head = ActionHeadAt(text, at);
    if (head.version != version) break;
    shelf.place = head.place;
    LF_TRY_OK(reader.Read(text.substr(at + sizeof head, head.line_bytes)));
    at += sizeof head + head.line_bytes;
  }
  return std::move(collector).Finish();
}

}  // namespace

size_t ShareOf(std::string_view name) { return delta::HashText(name, 0) % kShares; }

size_t FoldedBytes(const std::string& path, const std::optional<delta::DeletionVector>& vector) {
  return kActionBytes + kNameCopies * (path.size() + (vector ? vector->path_or_inline_dv.size() : 0));
}

std::vector<SpilledBytes> OpenShares(const Environment& env) {
  std::vector<SpilledBytes> shares;
  shares.reserve(kShares);
  for (size_t i = 0; i < kShares; ++i) shares.emplace_back(env, env.limits.copy_buffer_bytes / kShares);
  return shares;
}

ActionShares::ActionShares(const Environment& env, FileNamer namer, delta::ActionShelf* shelf,
                           int64_t newest_at_base_ms)
    : limits_(env.limits),
      namer_(std::move(namer)),
      shelf_(shelf),
      newest_at_base_ms_(newest_at_base_ms),
      shares_(OpenShares(env)),
      folded_(kShares) {}

Status ActionShares::Add(Version version, delta::AddFile add) {
  LF_TRY(const int64_t place, shelf_->Put(add));
  says_unchanged_ = says_unchanged_ || !add.data_change;
  may_need_base_ = may_need_base_ || add.modification_time <= newest_at_base_ms_;
  return Append(version, place, FoldedBytes(add.path, add.deletion_vector), add.path, delta::ToLine(add));
}

Status ActionShares::Add(Version version, delta::RemoveFile remove) {
  LF_TRY(const int64_t place, shelf_->Put(remove));
  removes_ = true;
  may_need_base_ = may_need_base_ || !remove.size;
  return Append(version, place, FoldedBytes(remove.path, remove.deletion_vector), remove.path, delta::ToLine(remove));
}

Status ActionShares::Add(Version version, delta::AddCdcFile cdc) {
  LF_TRY(const bool wanted, shelf_->Wants(cdc));
  if (!wanted) return {};
  return Append(version, -1, FoldedBytes(cdc.path, std::nullopt), cdc.path, delta::ToLine(cdc));
}

Status ActionShares::Append(Version version, int64_t place, size_t folded, const std::string& path,
                            const std::string& line) {
  const size_t share = ShareOf(namer_(path));
  folded_[share] += folded;
  if (folded_[share] > limits_.folded_bytes) {
    full_ = true;
    return Fail(ErrorCode::kUnsupportedTable, "the commits since the base name more files than can be told apart");
  }
  const ActionHead head{.version = version.value(), .place = place, .line_bytes = line.size()};
  LF_TRY_OK(shares_[share].Append({reinterpret_cast<const char*>(&head), sizeof head}));
  return shares_[share].Append(line);
}

void ActionShares::EndCommit(Version version) {
  if (removes_) removing_.push_back(version);
  may_need_base_ = may_need_base_ || (says_unchanged_ && !removes_);
  removes_ = false;
  says_unchanged_ = false;
}

Status ActionShares::Give(size_t share, const std::function<std::string(Version)>& place_of, const Taker& take) const {
  std::string text(static_cast<size_t>(shares_[share].size_bytes()), '\0');
  LF_TRY_OK(shares_[share].ReadNow(0, text));
  for (size_t at = 0; at < text.size();) {
    const Version version(ActionHeadAt(text, at).version);
    LF_TRY(delta::Commit commit, NextCommit(text, at, place_of(version)));
    LF_TRY_OK(take(std::move(commit), std::ranges::binary_search(removing_, version)));
  }
  return {};
}

}  // namespace lakeferry::engine
