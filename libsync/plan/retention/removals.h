// Removals: what the newest commits of a table removed and did not bring back, and from when on VACUUM may delete it.
// Pure; some fifty bytes for each file action of those commits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/ids.h"
#include "base/object_path.h"
#include "base/time.h"
#include "delta/action.h"

namespace lakeferry::plan {

class Removals {
 public:
  // `table_uri`: the root, for absolute paths.
  explicit Removals(std::string table_uri) : table_uri_(std::move(table_uri)) {}

  // The file actions of commits, newest commit first; those of one commit in any order. Paths that lead nowhere are
  // passed over: whoever reads the change refuses them.
  void Note(Version commit, const delta::AddFile& add);
  // `committed`: the commit's time.
  void Note(Version commit, TimeMs committed, const delta::RemoveFile& remove);
  // Change files belong to no version of the table: VACUUM counts from their commit.
  void Note(Version commit, TimeMs committed, const delta::AddCdcFile& cdc);

  // After the last of them: forgets what is live, which is most of it, and answers the same.
  void Finish();

  // From when on VACUUM may delete an object of the table as it was before some of those commits: its removal and
  // `kept` (delta.deletedFileRetentionDuration); without a deletionTimestamp, which counts as 1970, at least the
  // commit. Absent: nothing removed it, or it is kept for ever. Of an object that many files share (a deletion vector),
  // the newest removal, unless one of those commits names it for a file that is still live: files that none of them
  // touched may keep it longer.
  [[nodiscard]] std::optional<TimeMs> MayVanishFrom(const ObjectPath& object, Millis kept) const;

  // The same of the first object that those commits brought and removed again, or that is a change file.
  [[nodiscard]] std::optional<TimeMs> PassingVanishFrom(Millis kept) const;

 private:
  enum class Kind : uint8_t { kLive, kDeleted, kDeletedLongAgo };
  struct Fate {
    Version commit;
    TimeMs time;  // of the deletion; of the commit, where that was long ago
    Kind kind;
    bool passing = false;  // brought by one of the commits, too
  };
  static std::optional<TimeMs> VanishFrom(const Fate& fate, Millis kept);
  // True: no newer commit names it.
  bool Live(Version commit, const ObjectPath& object);

  std::string table_uri_;
  // By the CRC-64 of the path: two paths of one checksum would make a forecast wrong, and nothing else.
  std::unordered_map<uint64_t, Fate> objects_;
};

}  // namespace lakeferry::plan
