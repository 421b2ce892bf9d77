// FileTree: the folders and files below one root folder, with blocking calls that are safe against crashes and against
// links that lead out. FileStore runs them on a pool. Any number of threads may call one FileTree at once.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/object_path.h"
#include "base/result.h"
#include "env/object_store.h"
#include "storage/file/beneath.h"
#include "storage/file/root_watch.h"
#include "storage/file/unique_fd.h"

namespace lakeferry {

// Test switches for what a file system or kernel may lack.
struct FileTreeOptions {
  bool unnamed_files = true;  // O_TMPFILE where the file system has it
  Resolution resolution = AvailableResolution();
};

// A regular file that is open, as it was when it was opened.
struct OpenedFile {
  UniqueFd fd;
  struct stat stat{};
};

class FileTree {
 public:
  // `root` is an absolute folder; it need not exist before the first write. Touches nothing.
  // `watch`: what is remembered of the root beyond this object's life.
  explicit FileTree(std::string root, FileTreeOptions options = {},
                    std::shared_ptr<RootWatch> watch = std::make_shared<RootWatch>());

  [[nodiscard]] const std::string& root() const { return root_; }
  [[nodiscard]] const FileTreeOptions& options() const { return options_; }
  // The file system's name of an object, for errors.
  [[nodiscard]] std::string FullName(const ObjectPath& path) const;

  // As ObjectStore has them.
  Result<Listing> List(const ObjectPath& folder, std::string_view start_after) const;
  Result<ObjectInfo> Head(const ObjectPath& path) const;
  Status Put(const ObjectPath& path, std::string_view bytes);
  Result<bool> Touch(const ObjectPath& path) const;
  // Those that could not be deleted, and why.
  std::vector<NotDeleted> Delete(std::span<const ObjectPath> paths);

  // kInvalidArgument where no object can have this name.
  Status CheckName(const ObjectPath& path) const;
  // The regular file at `path`, opened with `flags`; kNotFound where there is none. A link is followed as long as it
  // stays beneath the root: what a log names is read wherever it lies there.
  Result<OpenedFile> OpenFile(const ObjectPath& path, int flags) const;
  // The same below `root`, which OpenRoot gave: many files in one go need not look for the root each.
  Result<OpenedFile> OpenFileBelow(const UniqueFd& root, const ObjectPath& path, int flags) const;
  // Invalid with errno set where it is not there, or what it was on is not.
  [[nodiscard]] UniqueFd OpenRoot() const;
  // The folder, made with its parents where it is not there; each entry leading to it is durable on return.
  // kUnauthorized where a link stands for one of them.
  Result<UniqueFd> MakeFolder(const ObjectPath& folder);

 private:
  // Through no link below the root. Invalid with errno set.
  [[nodiscard]] UniqueFd OpenFolder(const ObjectPath& folder) const;
  Result<UniqueFd> MakeRoot();
  Result<UniqueFd> OpenOrMakeChild(int parent_fd, const ObjectPath& folder);
  // Children of one folder; what stays is added to `stayed`.
  void DeleteIn(const ObjectPath& folder, std::span<const ObjectPath> paths, std::vector<NotDeleted>& stayed) const;
  [[nodiscard]] bool IsKnownDurable(const ObjectPath& folder, int fd) const;
  void RememberDurable(const ObjectPath& folder, int fd);

  const std::string root_;
  const FileTreeOptions options_;
  const std::shared_ptr<RootWatch> watch_;
  // Folders whose entries up to the root this process has seen durable, by inode. Forgetting one costs an fsync.
  mutable std::mutex durable_mutex_;
  std::map<std::string, std::pair<dev_t, ino_t>, std::less<>> durable_;
};

}  // namespace lakeferry
