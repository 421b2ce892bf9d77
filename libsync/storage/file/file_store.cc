#include "storage/file/file_store.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <mutex>
#include <utility>

#include "async/offload.h"
#include "storage/file/file_placement.h"
#include "storage/file/new_file.h"
#include "storage/file/pinned_file.h"

namespace lakeferry {
namespace {

using boost::asio::any_io_executor;

Result<NewFile> CreateIn(FileTree& tree, const ObjectPath& path) {
  LF_TRY_OK(tree.CheckName(path));
  LF_TRY(UniqueFd folder, tree.MakeFolder(path.parent()));
  const auto kind = tree.options().unnamed_files ? NewFile::Kind::kUnnamed : NewFile::Kind::kNamed;
  return NewFile::Create(std::move(folder), std::string(path.name()), tree.FullName(path), kind);
}

Result<std::string> ReadAll(const FileTree& tree, const ObjectPath& path, size_t limit_bytes) {
  LF_TRY(PinnedFile file, PinnedFile::Open(tree, path));
  if (std::cmp_greater(file.size_bytes(), limit_bytes)) {
    return Fail(ErrorCode::kCorruptData,
                fmt::format("the file has {} bytes where at most {} are expected", file.size_bytes(), limit_bytes),
                tree.FullName(path));
  }
  std::string bytes(static_cast<size_t>(file.size_bytes()), '\0');
  LF_TRY(const size_t got, file.Read(bytes));
  bytes.resize(got);
  return bytes;
}

class FileReader : public ObjectReader {
 public:
  FileReader(any_io_executor pool, PinnedFile file)
      : pool_(std::move(pool)), file_(std::make_shared<PinnedFile>(std::move(file))) {}

  [[nodiscard]] int64_t size_bytes() const override { return file_->size_bytes(); }

  Task<Result<size_t>> Read(Call, std::span<char> buffer) override {
    auto result = co_await Offload(pool_, [file = file_, buffer] { return file->Read(buffer); });
    co_return result;
  }
  [[nodiscard]] const std::shared_ptr<PinnedFile>& file() const { return file_; }

 private:
  const any_io_executor pool_;
  const std::shared_ptr<PinnedFile> file_;
};

class FileAccess : public RandomAccess {
 public:
  explicit FileAccess(PinnedFile file) : file_(std::move(file)) {}

  [[nodiscard]] int64_t size_bytes() const override { return size_bytes_; }

  Result<size_t> ReadAt(int64_t offset, std::span<char> buffer) const override {
    const int touches = Touches();
    LF_TRY(const size_t got, file_.ReadRange(offset, size_bytes_, buffer));
    const std::lock_guard lock(mutex_);
    LF_TRY_OK(file_.Confirm(offset, buffer.first(got), touches));
    return got;
  }

 private:
  int Touches() const {
    const std::lock_guard lock(mutex_);
    return file_.touches();
  }

  mutable std::mutex mutex_;  // guards what was handed out, and what is known of the file
  mutable PinnedFile file_;
  const int64_t size_bytes_ = file_.size_bytes();
};

class FileWriter : public ObjectWriter {
 public:
  FileWriter(any_io_executor pool, NewFile file)
      : pool_(std::move(pool)), file_(std::make_shared<NewFile>(std::move(file))) {}
  // Freeing the blocks of a large unpublished file takes time: not on the engine thread.
  ~FileWriter() override {
    boost::asio::post(pool_, [file = std::move(file_)]() mutable { file.reset(); });
  }

  Task<Status> Write(Call, std::span<const char> bytes) override {
    auto result = co_await Offload(
        pool_, [file = file_, bytes] { return file->Write(std::string_view(bytes.data(), bytes.size())); });
    co_return result;
  }

  Task<Result<bool>> SetModified(Call, TimeMs modified) override {
    auto result = co_await Offload(pool_, [file = file_, modified] { return file->SetModified(modified); });
    co_return result;
  }

  Task<Result<PutOutcome>> CommitIfAbsent(Call) override {
    auto result = co_await Offload(pool_, [file = file_] { return file->PublishIfAbsent(); });
    co_return result;
  }

 private:
  const any_io_executor pool_;
  std::shared_ptr<NewFile> file_;
};

}  // namespace

FileStore::FileStore(std::string uri, std::string root, any_io_executor pool, FileTreeOptions options,
                     std::shared_ptr<RootWatch> watch)
    : uri_(std::move(uri)),
      pool_(std::move(pool)),
      tree_(std::make_shared<FileTree>(std::move(root), options, std::move(watch))) {}

Task<Result<Listing>> FileStore::List(Call, ObjectPath folder, std::string start_after) {
  auto result = co_await Offload(pool_, [tree = tree_, folder = std::move(folder), after = std::move(start_after)] {
    return tree->List(folder, after);
  });
  co_return result;
}

Task<Result<ObjectInfo>> FileStore::Head(Call, ObjectPath path) {
  auto result = co_await Offload(pool_, [tree = tree_, path = std::move(path)] { return tree->Head(path); });
  co_return result;
}

Task<Result<std::string>> FileStore::Get(Call, ObjectPath path, size_t limit_bytes) {
  auto result = co_await Offload(
      pool_, [tree = tree_, path = std::move(path), limit_bytes] { return ReadAll(*tree, path, limit_bytes); });
  co_return result;
}

Task<Result<std::unique_ptr<ObjectReader>>> FileStore::OpenRead(Call, ObjectPath path) {
  auto result = co_await Offload(
      pool_, [tree = tree_, pool = pool_, path = std::move(path)]() -> Result<std::unique_ptr<ObjectReader>> {
        LF_TRY(PinnedFile file, PinnedFile::Open(*tree, path));
        return std::make_unique<FileReader>(pool, std::move(file));
      });
  co_return result;
}

Task<Result<std::unique_ptr<RandomAccess>>> FileStore::OpenRandom(Call, ObjectPath path) {
  auto result =
      co_await Offload(pool_, [tree = tree_, path = std::move(path)]() -> Result<std::unique_ptr<RandomAccess>> {
        LF_TRY(PinnedFile file, PinnedFile::Open(*tree, path));
        return std::make_unique<FileAccess>(std::move(file));
      });
  co_return result;
}

Task<Result<PutOutcome>> FileStore::PutIfAbsent(Call, ObjectPath path, std::string bytes) {
  auto result =
      co_await Offload(pool_, [tree = tree_, path = std::move(path), bytes = std::move(bytes)]() -> Result<PutOutcome> {
        LF_TRY(NewFile file, CreateIn(*tree, path));
        LF_TRY_OK(file.Write(bytes));
        return file.PublishIfAbsent();
      });
  co_return result;
}

Task<Status> FileStore::Put(Call, ObjectPath path, std::string bytes) {
  auto result = co_await Offload(
      pool_, [tree = tree_, path = std::move(path), bytes = std::move(bytes)] { return tree->Put(path, bytes); });
  co_return result;
}

Task<Result<std::unique_ptr<ObjectWriter>>> FileStore::OpenWrite(Call, ObjectPath path) {
  auto result = co_await Offload(
      pool_, [tree = tree_, pool = pool_, path = std::move(path)]() -> Result<std::unique_ptr<ObjectWriter>> {
        LF_TRY(NewFile file, CreateIn(*tree, path));
        return std::make_unique<FileWriter>(pool, std::move(file));
      });
  co_return result;
}

Task<Result<ObjectStore::Placement>> FileStore::PlaceFrom(Call, ObjectReader& from, ObjectPath path) {
  const auto* reader = dynamic_cast<const FileReader*>(&from);
  if (reader == nullptr) co_return Placement::kNotPossible;
  auto result = co_await Offload(
      pool_, [tree = tree_, file = reader->file(), path = std::move(path)] { return PlaceByLink(*file, *tree, path); });
  co_return result;
}

Task<Result<bool>> FileStore::Touch(Call, ObjectPath path) {
  auto result = co_await Offload(pool_, [tree = tree_, path = std::move(path)] { return tree->Touch(path); });
  co_return result;
}

Task<Status> FileStore::Delete(Call, ObjectPath path) {
  auto result = co_await Offload(pool_, [tree = tree_, path = std::move(path)] { return tree->Delete(path); });
  co_return result;
}

Task<Result<StorePlace>> FileStore::Locate(Call) {
  auto result = co_await Offload(pool_, [tree = tree_] { return tree->Locate(); });
  co_return result;
}

}  // namespace lakeferry
