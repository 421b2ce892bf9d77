#include "engine/base_files.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "delta/file_path.h"

namespace lakeferry::engine {
namespace {

// The live files that a change names, and which of those that returned are as they were.
class NamedFiles final : public delta::FileSink {
 public:
  explicit NamedFiles(const plan::NetChange& net) : net_(net) {}

  Status OnLive(delta::AddFile&& add) override {
    LF_TRY(std::string key, delta::FileKey(add.path, add.deletion_vector));
    const auto returned = net_.returned().find(add.path);
    if (returned != net_.returned().end()) {
      const plan::NetChange::Returned& now = returned->second;
      if (now.size == add.size && now.modification_time == add.modification_time) same_.insert(add.path);
    }
    if (!net_.Names(key)) return {};
    plan::NetChange::BaseFile file{.path = std::move(add.path),
                                   .vector = std::move(add.deletion_vector),
                                   .size = add.size,
                                   .modification_time = add.modification_time};
    found_.insert_or_assign(std::move(key), std::move(file));
    return {};
  }
  void Restart() override {
    found_.clear();
    same_.clear();
  }

  [[nodiscard]] const std::map<std::string, plan::NetChange::BaseFile>& found() const { return found_; }
  [[nodiscard]] const std::set<std::string>& same() const { return same_; }

 private:
  const plan::NetChange& net_;
  std::map<std::string, plan::NetChange::BaseFile> found_;  // by key
  std::set<std::string> same_;                              // by path
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
  if (!net.NeedsBase() && net.returned().empty()) co_return Status{};
  LF_CO_TRY(const delta::LogListing listing, co_await log.ListAll());
  NamedFiles named(net);
  const Result<delta::Snapshot> at_base = co_await log.Load(listing, base, named);
  const bool gone = !at_base && IsGone(at_base.error());
  if (gone) named.Restart();
  if (!gone) LF_CO_TRY_OK(at_base);
  if (!gone) net.SettleBase(named.found());
  for (const auto& [path, file] : net.returned()) {
    if (!named.same().contains(path)) net.SetAnother(path);
  }
  co_return Status{};
}

}  // namespace lakeferry::engine
