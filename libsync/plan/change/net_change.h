// NetChange: what a range of commits comes to, so that a cut costs what changed and not what the table holds. A file
// that was added and removed within the range does not appear. Pure.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "delta/action.h"
#include "delta/commit_json.h"
#include "delta/state_room.h"

namespace lakeferry::plan {

class NetChange {
 public:
  // `newest_at_base_ms`: no file that was live at the start of the range has a later modification time.
  explicit NetChange(int64_t newest_at_base_ms) : newest_at_base_ms_(newest_at_base_ms) {}

  // Folds in the next commit of the range, or what it has of some files: then nets of the others are made beside this
  // one, and `removes` says whether the whole commit removes any. No decision looks at two files: those are two files
  // that have no path or key in common. kInvalidArgument for a path that leaves the table;
  // kUnsupportedTable beyond kTableStateBytesMax. Of actions that an
  // ActionShelf has the whole of (delta/commit_collector.h), their places are kept with them.
  Status Apply(delta::Commit commit, bool removes = false);

  [[nodiscard]] int64_t newest_at_base_ms() const { return newest_at_base_ms_; }
  [[nodiscard]] const std::optional<delta::Protocol>& protocol() const { return protocol_; }
  [[nodiscard]] const std::optional<delta::Metadata>& metadata() const { return metadata_; }
  // Newest of each appId and domain, by name.
  [[nodiscard]] const std::map<std::string, delta::Txn>& txns() const { return txns_; }
  [[nodiscard]] const std::map<std::string, delta::DomainMetadata>& domains() const { return domains_; }

  // Files to remove from and to add to the state at the start of the range, by logical key. An add says that it changes
  // data unless its key was part of that state, or its writer said otherwise in a commit that removes nothing.
  [[nodiscard]] std::vector<delta::RemoveFile> Removes() const;
  [[nodiscard]] std::vector<delta::AddFile> Adds() const;
  // The places of the same, in the same order; below 0 for those that are whole.
  [[nodiscard]] std::vector<int64_t> RemovePlaces() const;
  [[nodiscard]] std::vector<int64_t> AddPlaces() const;

  // False only if every commit with file actions rearranged data without changing it: the flag of the whole range,
  // because a net of changed and rearranged files must not tell readers that nothing changed.
  [[nodiscard]] bool data_change() const { return data_change_; }
  // Same, for removes alone: what an append-only table may still take in.
  [[nodiscard]] bool removes_change_data() const { return removes_change_data_; }

  // True iff the object of an add's path is known to have been part of the state at the start of the range, so that it
  // needs no sending: a new deletion vector on an old file, recomputed statistics and row ids. Not where the range uses
  // the file's name for another file: one that is younger than all at the start, or of another size or number of rows.
  [[nodiscard]] bool WasLiveAtBase(const std::string& add_path) const;

  // A file that was added without a change of data in a commit that removes nothing, and that is as old as those at the
  // start of the range: one of them named again, or another. Only their list can tell.
  struct Unsure {
    std::string path;
    int64_t size = 0;
  };
  // By logical key.
  [[nodiscard]] const std::map<std::string, Unsure>& unsure() const { return unsure_; }

  // A file of the state at the start of the range.
  struct BaseFile {
    std::string path;
    std::optional<delta::DeletionVector> vector;
    int64_t size = 0;
    int64_t modification_time = 0;  // only where it was found there
  };
  // Whether the range has an action of that logical key.
  [[nodiscard]] bool Names(const std::string& key) const { return entries_.contains(key); }
  // Whether only the list of that state can tell which files of it the range names, and their sizes: a remove may lack
  // the size, and an add may name again what is there. A remove that tells a size is believed in both.
  [[nodiscard]] bool NeedsBase() const { return !doubtful_.empty(); }
  // All files of that state that the range names, by logical key: nothing is in doubt any more.
  void SettleBase(const std::map<std::string, BaseFile>& found);
  // The files that are known to have been there: all of them, unless something is in doubt (NeedsBase).
  [[nodiscard]] std::vector<BaseFile> BaseFiles() const;

  // A file that was removed by one commit and added by a later one, as old as those at the start of the range and of
  // the same size: the same again (RESTORE), or another under its name. Only the list of those at the start can tell;
  // until it has, they count as the same.
  struct Returned {
    int64_t size = 0;
    int64_t modification_time = 0;
  };
  // By path.
  [[nodiscard]] const std::map<std::string, Returned>& returned() const { return returned_; }
  // That it is another.
  void SetAnother(const std::string& path);

 private:
  // What is known of one logical key. `maybe_at_base`: an add of a key that may have been live already (recomputed
  // statistics); its later removal must then go over, and one too many is harmless. `at_base`: it was.
  // `says_unchanged`: whoever added it said that this changes no data. `base`: the file as it was, where that is known.
  // A table's change has one for each file, most of them with an add and nothing else.
  struct Entry {
    std::unique_ptr<BaseFile> base;
    bool at_base = false;
    bool maybe_at_base = false;
    bool says_unchanged = false;
    std::unique_ptr<delta::AddFile> add;
    std::unique_ptr<delta::RemoveFile> remove;
    int64_t add_place = -1;
    int64_t remove_place = -1;
  };
  // What is known of a path that was live at the start of the range. `another`: the range uses it for another file.
  struct AtBase {
    std::optional<int64_t> size;
    std::optional<int64_t> records;
    int64_t removed_by = 0;  // the newest commit that removed it, counted
    bool another = false;
  };
  Status ApplyRemove(delta::RemoveFile remove, int64_t place);
  Status ApplyAdd(delta::AddFile add, int64_t place, bool commit_removes);
  // Of what was not there, nothing is to be removed.
  [[nodiscard]] bool GoesOver(const Entry& entry) const { return entry.remove && !(settled_ && !entry.base); }
  // Whether the add brings the file back that its path had.
  void Compare(const delta::AddFile& add);

  int64_t newest_at_base_ms_;
  std::map<std::string, Entry> entries_;
  std::map<std::string, AtBase> paths_at_base_;
  std::map<std::string, Returned> returned_;
  int64_t commits_ = 0;
  std::map<std::string, Unsure> unsure_;
  std::set<std::string> doubtful_;  // keys of which `base` is not known
  bool settled_ = false;
  std::optional<delta::Protocol> protocol_;
  std::optional<delta::Metadata> metadata_;
  std::map<std::string, delta::Txn> txns_;
  std::map<std::string, delta::DomainMetadata> domains_;
  delta::StateRoom room_;  // of both
  bool data_change_ = false;
  bool removes_change_data_ = false;
};

}  // namespace lakeferry::plan
