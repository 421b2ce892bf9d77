#include "engine/apply/replica_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/trial_name.h"
#include "delta/reused_name.h"
#include "engine/log/log_leftover.h"
#include "env/store_calls.h"

namespace lakeferry::engine {
namespace {

// The first segments of all paths an epoch brings: what may stand directly below the table's root.
class TopNames : public plan::PartSink {
 public:
  Status OnFile(plan::StagedFile&& file) override {
    names_.insert(file.path.text().substr(0, file.path.text().find('/')));
    return {};
  }
  [[nodiscard]] const std::set<std::string>& names() const { return names_; }

 private:
  std::set<std::string> names_;
};

Task<Status> ReadNames(Call call, const StagingArea& staging, Epoch epoch, plan::ManifestTable table, TopNames& names) {
  for (const plan::ManifestPart& part : table.parts) LF_CO_TRY_OK(co_await staging.ReadPart(call, epoch, part, names));
  co_return Status{};
}

// What stands below the root and is neither the log, nor what a check has left, nor in `names`; empty for nothing.
std::string FindForeign(const Listing& root, const std::set<std::string>& names) {
  const auto foreign = [&](const ObjectPath& path) {
    const bool known = path.text() == delta::kLogFolder || path.text() == delta::kReusedFolder;
    return !known && !path.text().starts_with(kTrialPrefix) && !names.contains(path.text());
  };
  for (const ObjectInfo& object : root.objects) {
    if (foreign(object.path)) return object.path.text();
  }
  for (const ObjectPath& folder : root.folders) {
    if (foreign(folder)) return folder.text();
  }
  // Whatever its name: nothing is placed through a link.
  if (!root.links.empty()) return root.links.front().text();
  return {};
}

// Adds what the epochs before, which were refused, may have left half-placed.
Task<Status> AddRefusedNames(Call call, ApplyContext context, std::string table, TopNames& names) {
  for (Epoch epoch = context.epoch->manifest.epoch.Previous(); epoch.value() > 0; epoch = epoch.Previous()) {
    LF_CO_TRY(const std::optional<plan::Receipt> receipt, co_await context.staging->ReadReceipt(call, epoch));
    if (receipt && receipt->applied) break;
    LF_CO_TRY(const std::optional<StagedEpoch> staged, co_await context.staging->ReadSound(call, epoch));
    if (!staged) continue;
    const auto entry = std::ranges::find(staged->manifest.tables, table, &plan::ManifestTable::name);
    if (entry == staged->manifest.tables.end()) continue;
    for (const plan::ManifestPart& part : entry->parts) {
      Status read = co_await context.staging->ReadPart(call, epoch, part, names);
      // A part that is lost or damaged may be why it was refused; the others say what they had placed.
      if (!read && read.error().code != ErrorCode::kCorruptData) co_return read;
    }
  }
  co_return Status{};
}

}  // namespace

Task<Result<bool>> ReplicaTable::CheckFree(Call call, ApplyContext context, plan::ManifestTable table) const {
  LF_CO_TRY(const Listing root, co_await ListAll(call, store(), ObjectPath()));
  if (root.objects.empty() && root.folders.empty() && root.links.empty()) co_return false;
  const bool has_log = std::ranges::find(root.folders, ObjectPath::Of(delta::kLogFolder)) != root.folders.end();
  // The sender has found it free, and attempts that it gave up have left there what no epoch names.
  if (table.direct && root.links.empty()) co_return has_log;
  TopNames ours;
  LF_CO_TRY_OK(co_await ReadNames(call, *context.staging, context.epoch->manifest.epoch, table, ours));
  std::string found = FindForeign(root, ours.names());
  if (found.empty()) co_return has_log;
  LF_CO_TRY_OK(co_await AddRefusedNames(call, context, table.name, ours));
  found = FindForeign(root, ours.names());
  if (found.empty()) co_return has_log;
  co_return Fail(ErrorCode::kRefused, fmt::format("the target is not empty: it holds '{}', which is not ours", found),
                 std::string(store().uri()), "name an empty target: what is there is not of this group");
}

Task<Status> ReplicaTable::CheckNextIsFree(Call call, ReplicaHead head) const {
  const Version next = head.version ? head.version->Next() : Version(0);
  LF_CO_TRY(const std::optional<std::string> left, co_await FindHadoopChecksum(call, store(), next));
  if (!left) co_return Status{};
  co_return CheckNoneLeft({*left}, head.version, store().uri());
}

Task<Result<ReplicaHead>> ReplicaTable::InspectGone(Call call, ApplyContext context, plan::ManifestTable table,
                                                    std::string what) const {
  LF_CO_TRY(const Listing log, co_await ListAll(call, store(), ObjectPath::Of(delta::kLogFolder)));
  if (!log.objects.empty() || !log.folders.empty() || !log.links.empty()) {
    co_return Fail(ErrorCode::kDiverged, std::move(what), std::string(store().uri()),
                   "restore the target, or move it away: the table is then copied anew");
  }
  // Otherwise nothing is placed before the whole table comes.
  if (!table.base_version) LF_CO_TRY_OK(co_await CheckFree(call, context, std::move(table)));
  co_return ReplicaHead{};
}

}  // namespace lakeferry::engine
