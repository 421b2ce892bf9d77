#include "engine/replica_table.h"

#include <fmt/format.h>

#include <set>
#include <utility>

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

}  // namespace

Task<Status> ReplicaTable::CheckFree(ApplyContext context, plan::ManifestTable table) const {
  LF_CO_TRY(const Listing root, co_await store().List(ObjectPath(), std::string()));
  if (root.objects.empty() && root.folders.empty()) co_return Status{};
  TopNames ours;
  for (const plan::ManifestPart& part : table.parts) {
    LF_CO_TRY_OK(co_await context.staging->ReadPart(context.epoch->manifest.epoch, part, ours));
  }
  const auto foreign = [&](const ObjectPath& path) {
    return path.text() != delta::kLogFolder && !ours.names().contains(path.text());
  };
  std::string found;
  for (const ObjectInfo& object : root.objects) {
    if (foreign(object.path)) found = object.path.text();
  }
  for (const ObjectPath& folder : root.folders) {
    if (foreign(folder)) found = folder.text();
  }
  if (found.empty()) co_return Status{};
  co_return Fail(ErrorCode::kRefused, fmt::format("the target is not empty: it holds '{}', which is not ours", found),
                 std::string(store().uri()), "name an empty target, or move what is there away");
}

}  // namespace lakeferry::engine
