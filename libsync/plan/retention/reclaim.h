// Which objects of a mirror no version needs that is to stay readable: what `gc` may delete. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/ids.h"
#include "base/object_path.h"
#include "base/result.h"
#include "base/time.h"
#include "delta/commit_json.h"
#include "delta/commit_times.h"
#include "delta/snapshot.h"

namespace lakeferry::plan {

// What is younger may belong to an epoch on its way: it is spared whatever names it.
inline constexpr Millis kYoungObject = std::chrono::hours(24);
// Where the sender places files itself, an epoch is on its way from its first file to its commit: as long as VACUUM
// spares what no log names.
inline constexpr Millis kYoungPlaced = std::chrono::days(7);

// The oldest version that was the newest at any instant since `from`. Absent where every version was, or none is
// listed. `commits` ascending, raw times.
[[nodiscard]] std::optional<Version> OldestReadable(std::vector<delta::CommitTime> commits, TimeMs from);

// The objects that versions need, gathered from the files of the newest version (FileSink) and every commit after the
// oldest that is to stay readable (ActionSink): a file that an older one holds and the newest does not is named by the
// commit that removed it. Keeps 8 bytes of a hash each: two that meet spare an object too many, and never one too few.
// Errors of both: kUnsupportedTable and kInvalidArgument for a path that names no object below the table's root.
class NeededObjects final : public delta::FileSink, public delta::ActionSink {
 public:
  // `table_uri`: the mirror's root.
  explicit NeededObjects(std::string table_uri) : table_uri_(std::move(table_uri)) {}

  Status OnLive(delta::AddFile&& add) override { return Need(add.path, add.deletion_vector); }
  void Restart() override { needed_.clear(); }

  Status OnAdd(delta::AddFile&& add) override { return Need(add.path, add.deletion_vector); }
  Status OnRemove(delta::RemoveFile&& remove) override { return Need(remove.path, remove.deletion_vector); }
  Status OnCdc(delta::AddCdcFile&& cdc) override { return Need(cdc.path, {}); }
  [[nodiscard]] bool wants_files() const override { return true; }

  [[nodiscard]] bool Contains(const ObjectPath& object) const;

 private:
  Status Need(std::string_view path, const std::optional<delta::DeletionVector>& vector);

  std::string table_uri_;
  std::unordered_set<uint64_t> needed_;
};

// Whether objects of this name, or below a folder of it, may be a table's data: hidden ones ('_' or '.' first) are not,
// but for change files and the folders of a partition column of such a name.
[[nodiscard]] bool IsDataName(std::string_view name, bool folder);

enum class ObjectFate { kNeeded, kYoung, kUnneeded };
// `young`: up to which age what is not needed is spared.
[[nodiscard]] ObjectFate FateOf(const ObjectPath& object, TimeMs modified, const NeededObjects& needed, TimeMs now,
                                Millis young);

}  // namespace lakeferry::plan
