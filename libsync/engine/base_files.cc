#include "engine/base_files.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "delta/file_path.h"

namespace lakeferry::engine {
namespace {

// Which of the keys that a change is unsure of are live.
class LiveAmongUnsure final : public delta::FileSink {
 public:
  explicit LiveAmongUnsure(const plan::NetChange& net) : net_(net) {}

  Status OnLive(delta::AddFile&& add) override {
    LF_TRY(std::string key, delta::FileKey(add.path, add.deletion_vector));
    if (net_.unsure().contains(key)) found_.insert(std::move(key));
    return {};
  }
  void Restart() override { found_.clear(); }

  [[nodiscard]] const std::set<std::string>& found() const { return found_; }

 private:
  const plan::NetChange& net_;
  std::set<std::string> found_;
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
  if (net.unsure().empty()) co_return Status{};
  LF_CO_TRY(const delta::LogListing listing, co_await scan.log->ListAll());
  LiveAmongUnsure live(net);
  const Result<delta::Snapshot> base = co_await scan.log->Load(listing, scan.base->source_version, live);
  if (!base && IsGone(base.error())) co_return Status{};
  LF_CO_TRY_OK(base);
  for (const std::string& key : live.found()) net.SetLiveAtBase(key);
  co_return Status{};
}

}  // namespace lakeferry::engine
