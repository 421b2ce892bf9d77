#include "engine/base_files.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "delta/file_path.h"

namespace lakeferry::engine {
namespace {

// Which of the files that a change is unsure of are live, and which of those that returned are as they were.
class LiveAmongUnsure final : public delta::FileSink {
 public:
  explicit LiveAmongUnsure(const plan::NetChange& net) : net_(net) {}

  Status OnLive(delta::AddFile&& add) override {
    LF_TRY(std::string key, delta::FileKey(add.path, add.deletion_vector));
    const auto unsure = net_.unsure().find(key);
    if (unsure != net_.unsure().end() && unsure->second.size == add.size) live_.insert(std::move(key));
    const auto returned = net_.returned().find(add.path);
    if (returned == net_.returned().end()) return {};
    const plan::NetChange::Returned& now = returned->second;
    if (now.size == add.size && now.modification_time == add.modification_time) same_.insert(add.path);
    return {};
  }
  void Restart() override {
    live_.clear();
    same_.clear();
  }

  [[nodiscard]] const std::set<std::string>& live() const { return live_; }
  [[nodiscard]] const std::set<std::string>& same() const { return same_; }

 private:
  const plan::NetChange& net_;
  std::set<std::string> live_;  // by key
  std::set<std::string> same_;  // by path
};

bool IsGone(const Error& error) { return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kCorruptLog; }

}  // namespace

plan::NetChange NetSinceBase(const TableScan& scan) {
  const auto base = std::ranges::find(scan.file_times, scan.base->source_version, &delta::CommitTime::version);
  const int64_t base_ms = base == scan.file_times.end() ? 0 : ToEpochMs(base->time);
  // A writer's clock may run ahead of the store's.
  return plan::NetChange(std::max(base_ms, scan.base->newest_file_ms.value_or(0)));
}

Task<Status> LookUpUnsure(const TableScan& scan, plan::NetChange& net) {
  if (net.unsure().empty() && net.returned().empty()) co_return Status{};
  LF_CO_TRY(const delta::LogListing listing, co_await scan.log->ListAll());
  LiveAmongUnsure found(net);
  const Result<delta::Snapshot> base = co_await scan.log->Load(listing, scan.base->source_version, found);
  const bool gone = !base && IsGone(base.error());
  if (gone) found.Restart();
  if (!gone) LF_CO_TRY_OK(base);
  for (const std::string& key : found.live()) net.SetLiveAtBase(key);
  for (const auto& [path, file] : net.returned()) {
    if (!found.same().contains(path)) net.SetAnother(path);
  }
  co_return Status{};
}

}  // namespace lakeferry::engine
