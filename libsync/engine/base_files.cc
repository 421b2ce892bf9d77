#include "engine/base_files.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "delta/file_path.h"

namespace lakeferry::engine {
namespace {

// The live files that a change names.
class NamedFiles final : public delta::FileSink {
 public:
  explicit NamedFiles(const plan::NetChange& net) : net_(net) {}

  Status OnLive(delta::AddFile&& add) override {
    LF_TRY(std::string key, delta::FileKey(add.path, add.deletion_vector));
    if (!net_.Names(key)) return {};
    plan::NetChange::BaseFile file{
        .path = std::move(add.path), .vector = std::move(add.deletion_vector), .size = add.size};
    found_.insert_or_assign(std::move(key), std::move(file));
    return {};
  }
  void Restart() override { found_.clear(); }

  [[nodiscard]] const std::map<std::string, plan::NetChange::BaseFile>& found() const { return found_; }

 private:
  const plan::NetChange& net_;
  std::map<std::string, plan::NetChange::BaseFile> found_;
};

}  // namespace

bool IsGone(const Error& error) { return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kCorruptLog; }

plan::NetChange NetSinceBase(const TableScan& scan) {
  const auto base = std::ranges::find(scan.file_times, scan.base->source_version, &delta::CommitTime::version);
  const int64_t base_ms = base == scan.file_times.end() ? 0 : ToEpochMs(base->time);
  // A writer's clock may run ahead of the store's.
  return plan::NetChange(std::max(base_ms, scan.base->newest_file_ms.value_or(0)));
}

Task<Status> LookUpBase(const TableLog& log, Version base, plan::NetChange& net) {
  if (!net.NeedsBase()) co_return Status{};
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll());
  NamedFiles named(net);
  const Result<delta::Snapshot> at_base = co_await log.Load(listing, base, named);
  if (!at_base && IsGone(at_base.error())) co_return Status{};
  LF_CO_TRY_OK(at_base);
  net.SettleBase(named.found());
  co_return Status{};
}

}  // namespace lakeferry::engine
