#include "storage/file/whole_files.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "storage/file/batch_sync.h"
#include "storage/file/pinned_file.h"
#include "storage/file/shared_sync.h"

namespace lakeferry {
namespace {

Result<NewFile> NewIn(const FileTree& tree, std::shared_ptr<const UniqueFd> folder, const ObjectPath& path) {
  const auto kind = tree.options().unnamed_files ? NewFile::Kind::kUnnamed : NewFile::Kind::kNamed;
  return NewFile::Create(std::move(folder), std::string(path.name()), tree.FullName(path), kind);
}

// Files that become durable together, each with what has come of it so far. Neighbours share their folder.
class Batch {
 public:
  Batch(FileTree& tree, const std::vector<WholeObject>& objects)
      : tree_(tree), objects_(objects), outcomes_(objects.size(), PutOutcome::kCreated) {}

  std::vector<Result<PutOutcome>> Put() {
    for (size_t i = 0; i < objects_.size(); ++i) {
      if (Status written = Write(i); !written) SetError(i, std::move(written).error());
    }
    SyncContent();
    for (Written& written : written_) {
      if (outcomes_[written.number]) outcomes_[written.number] = written.file.LinkIfAbsent();
    }
    SyncNames();
    return std::move(outcomes_);
  }

 private:
  struct Written {
    size_t number;
    NewFile file;
  };

  void SetError(size_t number, Error error) { outcomes_[number] = std::unexpected(std::move(error)); }

  Result<std::shared_ptr<const UniqueFd>> Folder(const ObjectPath& folder) {
    std::shared_ptr<const UniqueFd>& open = folders_[folder];
    if (!open) {
      LF_TRY(UniqueFd made, tree_.MakeFolder(folder));
      open = std::make_shared<const UniqueFd>(std::move(made));
    }
    return open;
  }

  Status Write(size_t number) {
    const WholeObject& object = objects_[number];
    LF_TRY_OK(tree_.CheckName(object.path));
    LF_TRY(std::shared_ptr<const UniqueFd> folder, Folder(object.path.parent()));
    LF_TRY(NewFile file, NewIn(tree_, std::move(folder), object.path));
    LF_TRY_OK(file.Write(object.bytes));
    written_.push_back({.number = number, .file = std::move(file)});
    return {};
  }

  void SyncContent() {
    std::vector<int> fds;
    fds.reserve(written_.size());
    for (const Written& written : written_) fds.push_back(written.file.file_fd());
    std::vector<int> folders;
    for (const auto& [path, fd] : folders_) {
      if (fd) folders.push_back(fd->get());
    }
    const std::vector<int> errors = SyncBatch(fds, fds.size(), folders);
    for (size_t i = 0; i < errors.size(); ++i) {
      if (errors[i] != 0) SetError(written_[i].number, written_[i].file.ContentNotDurable(errors[i]));
    }
  }

  void SyncNames() {
    std::map<int, size_t> places;  // of a folder's descriptor among `folders`
    std::vector<int> folders;
    size_t names = 0;
    for (const Written& written : written_) {
      if (!outcomes_[written.number]) continue;
      ++names;
      if (places.try_emplace(written.file.folder_fd(), folders.size()).second) {
        folders.push_back(written.file.folder_fd());
      }
    }
    const std::vector<int> errors = SyncBatch(folders, names, folders);
    for (const Written& written : written_) {
      const Result<PutOutcome>& outcome = outcomes_[written.number];
      if (!outcome) continue;
      const int error = errors[places.at(written.file.folder_fd())];
      if (error != 0) SetError(written.number, written.file.NameNotDurable(error, *outcome));
    }
  }

  FileTree& tree_;
  const std::vector<WholeObject>& objects_;
  std::vector<Result<PutOutcome>> outcomes_;
  std::map<ObjectPath, std::shared_ptr<const UniqueFd>> folders_;
  std::vector<Written> written_;
};

}  // namespace

Result<NewFile> CreateIn(FileTree& tree, const ObjectPath& path) {
  LF_TRY_OK(tree.CheckName(path));
  LF_TRY(UniqueFd folder, tree.MakeFolder(path.parent()));
  return NewIn(tree, std::make_shared<const UniqueFd>(std::move(folder)), path);
}

namespace {

Result<std::string> ReadBelow(const FileTree& tree, const UniqueFd& root, const ObjectPath& path, size_t limit_bytes) {
  LF_TRY(PinnedFile file, PinnedFile::OpenBelow(tree, root, path));
  if (std::cmp_greater(file.size_bytes(), limit_bytes)) {
    return Fail(ErrorCode::kCorruptData,
                fmt::format("the file has {} bytes where at most {} are expected", file.size_bytes(), limit_bytes),
                tree.FullName(path));
  }
  std::string bytes;
  Result<size_t> got = 0;
  bytes.resize_and_overwrite(static_cast<size_t>(file.size_bytes()), [&file, &got](char* memory, size_t size) {
    got = file.ReadRange(0, file.size_bytes(), std::span(memory, size));
    return got.value_or(0);
  });
  LF_TRY_OK(got);
  LF_TRY_OK(file.Confirm(0, bytes, file.touches()));
  return bytes;
}

}  // namespace

Result<std::string> ReadWhole(const FileTree& tree, const ObjectPath& path, size_t limit_bytes) {
  LF_TRY_OK(tree.CheckName(path));
  return ReadBelow(tree, tree.OpenRoot(), path, limit_bytes);
}

std::vector<Result<std::string>> ReadEach(const FileTree& tree, std::span<const ObjectPath> paths, size_t limit_bytes) {
  std::vector<Result<std::string>> texts;
  texts.reserve(paths.size());
  const UniqueFd root = tree.OpenRoot();
  for (const ObjectPath& path : paths) {
    // Where there is no root each says for itself why.
    texts.push_back(root.valid() ? ReadBelow(tree, root, path, limit_bytes) : ReadWhole(tree, path, limit_bytes));
  }
  return texts;
}

size_t BatchMax() {
  constexpr rlim_t kMost = 128;
  constexpr rlim_t kBatches = 64;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 1;
  return std::clamp<rlim_t>(files.rlim_cur / kBatches, 1, kMost);
}

std::vector<Result<PutOutcome>> PutEach(FileTree& tree, const std::vector<WholeObject>& objects) {
  return Batch(tree, objects).Put();
}

}  // namespace lakeferry
