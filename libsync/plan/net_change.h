// NetChange: what a range of commits comes to, so that a cut costs what changed and not what the table holds. A file
// that was added and removed within the range does not appear. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "delta/action.h"
#include "delta/commit_json.h"

namespace lakeferry::plan {

class NetChange {
 public:
  // `base_time_ms`: time of the commit the range starts after; files older than it may have been live there.
  explicit NetChange(int64_t base_time_ms) : base_time_ms_(base_time_ms) {}

  // Folds in the next commit of the range. kInvalidArgument for a path that leaves the table.
  Status Apply(delta::Commit commit);

  [[nodiscard]] const std::optional<delta::Protocol>& protocol() const { return protocol_; }
  [[nodiscard]] const std::optional<delta::Metadata>& metadata() const { return metadata_; }
  // Newest of each appId and domain, by name.
  [[nodiscard]] const std::map<std::string, delta::Txn>& txns() const { return txns_; }
  [[nodiscard]] const std::map<std::string, delta::DomainMetadata>& domains() const { return domains_; }

  // Files to remove from and to add to the state at the start of the range, by logical key. An add says that it changes
  // data unless its key was part of that state.
  [[nodiscard]] std::vector<delta::RemoveFile> Removes() const;
  [[nodiscard]] std::vector<delta::AddFile> Adds() const;

  // False only if every commit with file actions rearranged data without changing it: the flag of the whole range,
  // because a net of changed and rearranged files must not tell readers that nothing changed.
  [[nodiscard]] bool data_change() const { return data_change_; }
  // Same, for removes alone: what an append-only table may still take in.
  [[nodiscard]] bool removes_change_data() const { return removes_change_data_; }

  // True iff the object of an add's path was part of the state at the start of the range, so that it needs no sending:
  // a new deletion vector on an old file, or recomputed statistics and row ids (an add that says it changes no data, in
  // a commit that removes nothing, can only repeat a file).
  [[nodiscard]] bool WasLiveAtBase(const std::string& add_path) const { return paths_at_base_.contains(add_path); }

 private:
  // What is known of one logical key. `maybe_at_base`: an add of a key that may have been live already (recomputed
  // statistics); its later removal must then go over, and one too many is harmless. `at_base`: it was.
  struct Entry {
    bool at_base = false;
    bool maybe_at_base = false;
    std::optional<delta::AddFile> add;
    std::optional<delta::RemoveFile> remove;
  };
  Status ApplyRemove(delta::RemoveFile remove);
  Status ApplyAdd(delta::AddFile add, bool commit_removes);

  int64_t base_time_ms_;
  std::map<std::string, Entry> entries_;
  std::set<std::string> paths_at_base_;
  std::optional<delta::Protocol> protocol_;
  std::optional<delta::Metadata> metadata_;
  std::map<std::string, delta::Txn> txns_;
  std::map<std::string, delta::DomainMetadata> domains_;
  bool data_change_ = false;
  bool removes_change_data_ = false;
};

}  // namespace lakeferry::plan
