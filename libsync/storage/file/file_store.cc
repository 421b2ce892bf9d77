#include "storage/file/file_store.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "async/offload.h"
#include "storage/file/file_walk.h"
#include "storage/file/held_file.h"
#include "storage/file/new_file.h"
#include "storage/file/pinned_file.h"
#include "storage/file/whole_files.h"

namespace lakeferry {
namespace {

using boost::asio::any_io_executor;

constexpr std::string_view kFileService = "file";
// A device is kept busy by parts of this size, and a processor's cache holds one.
constexpr size_t kPartBytes = size_t{1} << 20;

class FileObject final : public OpenObject {
 public:
  FileObject(any_io_executor pool, PinnedFile file)
      : pool_(std::move(pool)), file_(std::make_shared<HeldFile>(std::move(file))) {}

  [[nodiscard]] const ObjectInfo& info() const override { return file_->info(); }
  Task<Result<size_t>> Read(Call call, int64_t offset, std::span<char> buffer) override {
    LF_CO_TRY_OK(CheckWanted(call));
    auto result = co_await Offload(pool_, [file = file_, offset, buffer] { return file->ReadAt(offset, buffer); });
    co_return result;
  }
  [[nodiscard]] ObjectAddress address() const override {
    return {
        .service = std::string(kFileService), .place = file_->full_name(), .etag = file_->info().etag, .held = file_};
  }
  [[nodiscard]] const RandomAccess* local() const override { return file_.get(); }

 private:
  const any_io_executor pool_;
  const std::shared_ptr<HeldFile> file_;
};

class FileWriter final : public ObjectWriter {
 public:
  FileWriter(any_io_executor pool, NewFile file)
      : pool_(std::move(pool)), file_(std::make_shared<NewFile>(std::move(file))) {}
  // Freeing the blocks of a large unpublished file takes time: not on the engine thread.
  ~FileWriter() override {
    boost::asio::post(pool_, [file = std::move(file_)]() mutable { file.reset(); });
  }

  [[nodiscard]] size_t part_bytes() const override { return kPartBytes; }

  Task<Result<Buffer>> Write(Call call, int64_t number, Buffer bytes) override {
    LF_CO_TRY_OK(CheckWanted(call));
    const int64_t offset = number * static_cast<int64_t>(kPartBytes);
    auto memory = std::make_shared<Buffer>(std::move(bytes));
    Status written =
        co_await Offload(pool_, [file = file_, memory, offset] { return file->WriteAt(offset, memory->bytes()); });
    LF_CO_TRY_OK(written);
    co_return std::move(*memory);
  }

  Task<Result<bool>> SetModified(Call call, TimeMs modified) override {
    LF_CO_TRY_OK(CheckWanted(call));
    auto result = co_await Offload(pool_, [file = file_, modified] { return file->SetModified(modified); });
    co_return result;
  }

  // A file system keeps no checksums.
  Task<Result<PutOutcome>> CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums) override {
    LF_CO_TRY_OK(CheckWanted(call));
    auto result = co_await Offload(pool_, [file = file_, size_bytes] { return file->PublishIfAbsent(size_bytes); });
    co_return result;
  }

  Task<Status> Abort(Call) override {
    Status discarded = co_await Offload(pool_, [file = file_] { return file->Discard(); });
    co_return discarded;
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
      batch_max_(BatchMax()),
      tree_(std::make_shared<FileTree>(std::move(root), options, std::move(watch))) {}

StoreTraits FileStore::traits() const {
  return {.batch_max = batch_max_, .keeps_times = true, .copies_from = std::string(kFileService)};
}

Task<Result<ListPage>> FileStore::List(Call call, ListRequest request) {
  LF_CO_TRY_OK(CheckWanted(call));
  auto result = co_await Offload(pool_, [tree = tree_, request = std::move(request)]() -> Result<ListPage> {
    if (request.recursive) return ListBelow(*tree, request.folder, request.resume);
    LF_TRY(Listing listing, tree->List(request.folder, request.start_after));
    return ListPage{.listing = std::move(listing), .resume = {}};
  });
  co_return result;
}

Task<Result<ObjectInfo>> FileStore::Head(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  auto result = co_await Offload(pool_, [tree = tree_, path = std::move(path)] { return tree->Head(path); });
  co_return result;
}

Task<Result<std::string>> FileStore::Get(Call call, ObjectPath path, size_t limit_bytes) {
  LF_CO_TRY_OK(CheckWanted(call));
  auto result = co_await Offload(
      pool_, [tree = tree_, path = std::move(path), limit_bytes] { return ReadWhole(*tree, path, limit_bytes); });
  co_return result;
}

Task<std::vector<Result<std::string>>> FileStore::GetEach(Call call, std::vector<ObjectPath> paths,
                                                          size_t limit_bytes) {
  const Status wanted = CheckWanted(call);
  if (!wanted) co_return std::vector<Result<std::string>>(paths.size(), std::unexpected(wanted.error()));
  auto all = co_await Offload(
      pool_, [tree = tree_, paths = std::move(paths), limit_bytes] { return ReadEach(*tree, paths, limit_bytes); });
  co_return all;
}

Task<Result<std::unique_ptr<OpenObject>>> FileStore::Open(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  auto result = co_await Offload(
      pool_, [tree = tree_, pool = pool_, path = std::move(path)]() -> Result<std::unique_ptr<OpenObject>> {
        LF_TRY(PinnedFile file, PinnedFile::Open(*tree, path));
        return std::make_unique<FileObject>(pool, std::move(file));
      });
  co_return result;
}

Task<Result<PutOutcome>> FileStore::PutIfAbsent(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::vector<WholeObject> one;
  one.push_back({.path = std::move(path), .bytes = std::move(bytes)});
  std::vector<Result<PutOutcome>> outcomes = co_await PutEachIfAbsent(call, std::move(one));
  co_return std::move(outcomes.front());
}

Task<std::vector<Result<PutOutcome>>> FileStore::PutEachIfAbsent(Call call, std::vector<WholeObject> objects) {
  const Status wanted = CheckWanted(call);
  if (!wanted) co_return std::vector<Result<PutOutcome>>(objects.size(), std::unexpected(wanted.error()));
  auto all = co_await Offload(pool_, [tree = tree_, objects = std::move(objects)] { return PutEach(*tree, objects); });
  co_return all;
}

Task<Status> FileStore::Put(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY_OK(CheckWanted(call));
  auto result = co_await Offload(
      pool_, [tree = tree_, path = std::move(path), bytes = std::move(bytes)] { return tree->Put(path, bytes); });
  co_return result;
}

Task<Result<std::unique_ptr<ObjectWriter>>> FileStore::Begin(Call call, ObjectPath path, WriteHints) {
  LF_CO_TRY_OK(CheckWanted(call));
  auto result = co_await Offload(
      pool_, [tree = tree_, pool = pool_, path = std::move(path)]() -> Result<std::unique_ptr<ObjectWriter>> {
        LF_TRY(NewFile file, CreateIn(*tree, path));
        return std::make_unique<FileWriter>(pool, std::move(file));
      });
  co_return result;
}

Task<Result<CopyOutcome>> FileStore::CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  auto file = std::dynamic_pointer_cast<HeldFile>(std::move(from.held));
  if (from.service != kFileService || file == nullptr) co_return CopyOutcome::kNotPossible;
  auto result = co_await Offload(
      pool_, [tree = tree_, file = std::move(file), path = std::move(path)] { return file->LinkInto(*tree, path); });
  co_return result;
}

Task<Result<bool>> FileStore::Touch(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  auto result = co_await Offload(pool_, [tree = tree_, path = std::move(path)] { return tree->Touch(path); });
  co_return result;
}

Task<Result<std::vector<NotDeleted>>> FileStore::Delete(Call call, std::vector<ObjectPath> paths) {
  LF_CO_TRY_OK(CheckWanted(call));
  auto stayed = co_await Offload(pool_, [tree = tree_, paths = std::move(paths)] { return tree->Delete(paths); });
  co_return stayed;
}

}  // namespace lakeferry
