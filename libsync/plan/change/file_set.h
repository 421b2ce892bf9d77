// FileSet: the objects that actions refer to, each once, with the paths made safe. It keeps 16 bytes an object and
// hands it on, so that those of a table of ten million files fit. Pure.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/result.h"
#include "delta/action.h"
#include "delta/hash_shards.h"
#include "plan/change/file_to_send.h"

namespace lakeferry::plan {

class FileSet {
 public:
  using Taker = std::function<Status(FileToSend)>;

  // `table_uri`: the source's root, for absolute paths. `allow_absolute`: clone mode may make paths below the root
  // relative; a mirror cannot change a byte. `seed`: drawn by the process, as for delta::HashFile. `take` gets each
  // object, and its error is returned; without one the set serves for names only.
  FileSet(std::string table_uri, bool allow_absolute, uint64_t seed = 0, Taker take = {})
      : table_uri_(std::move(table_uri)), allow_absolute_(allow_absolute), seed_(seed), take_(std::move(take)) {}

  // The object of a path. kUnsupportedTable for an absolute path that cannot be carried, kRefused for one inside the
  // log folder, kInvalidArgument for one that leaves the root.
  [[nodiscard]] Result<ObjectPath> Resolve(const std::string& path) const;
  // The path of an action as a clone writes it: relative to the root, and the one text of all that name it.
  [[nodiscard]] Result<std::string> Relative(const std::string& path) const;
  // The object of a data or change file, and of a deletion vector, if it has one. Errors: as of Resolve.
  [[nodiscard]] Result<FileToSend> FileOf(const std::string& path, int64_t size, bool required) const;
  [[nodiscard]] Result<std::optional<FileToSend>> VectorOf(const std::optional<delta::DeletionVector>& dv,
                                                           bool required) const;

  // The same, into the set.
  Status Add(const std::string& path, int64_t size, bool required);
  Status AddVector(const std::optional<delta::DeletionVector>& dv, bool required);

  // An object under the name it gets. Named again it is passed over: what counts, as its size and that it is required,
  // is said by who comes first. kUnsupportedTable where its name is taken by another.
  Status Insert(FileToSend file);
  // As if nothing had been inserted.
  void Clear() { names_.Clear(); }

 private:
  struct Name {
    uint64_t high = 0;
    uint32_t low = 0;
    // 0: no name; 1: below the source's root; else what stands for the place it is read: two places of one name, which
    // is rare by itself, pass for one once in 2^31 times.
    uint32_t origin = 0;

    [[nodiscard]] bool empty() const { return origin == 0; }
    [[nodiscard]] bool Is(const delta::FileHash& file) const { return high == file.high && low == file.low; }
    [[nodiscard]] uint64_t hash_high() const { return high; }
  };
  // kRefused for what lies in the log folder.
  [[nodiscard]] Status CheckNotOfLog(const ObjectPath& object, std::string_view named) const;
  [[nodiscard]] uint32_t OriginOf(const FileToSend& file) const;

  std::string table_uri_;
  bool allow_absolute_;
  uint64_t seed_;
  Taker take_;
  delta::HashShards<Name> names_;
};

}  // namespace lakeferry::plan
