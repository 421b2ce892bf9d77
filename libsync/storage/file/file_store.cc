#include "storage/file/file_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/file/file_walk.h"
#include "storage/file/held_file.h"
#include "storage/file/new_file.h"
#include "storage/file/offload_within.h"
#include "storage/file/pinned_file.h"
#include "storage/file/whole_files.h"

namespace lakeferry {
namespace {

using boost::asio::any_io_executor;

constexpr std::string_view kFileService = "file";
// A device is kept busy by parts of this size, and a processor's cache holds one.
constexpr size_t kPartBytes = size_t{1} << 20;

// Of what only reads: over with the call.
template <typename Function>
Task<std::invoke_result_t<Function&>> ReadWithin(any_io_executor pool, Call call, std::string where, Function function,
                                                 JobLength length = JobLength::kLong) {
  auto answer = co_await OffloadWithin(std::move(pool), call, std::move(function), length);
  if (!answer) co_return std::unexpected(NoAnswer(call, where));
  co_return *std::move(answer);
}

// Of what changes something: a stop does not end it, for it may have happened. `after_deadline`: what it is then.
template <typename Function>
Task<std::invoke_result_t<Function&>> WriteWithin(any_io_executor pool, Call call, std::string where,
                                                  ErrorCode after_deadline, Function function) {
  call.stop = {};
  auto answer = co_await OffloadWithin(std::move(pool), call, std::move(function));
  if (answer) co_return *std::move(answer);
  Error error = NoAnswer(call, where);
  error.code = after_deadline;
  co_return std::unexpected(std::move(error));
}

class FileObject final : public OpenObject {
 public:
  FileObject(any_io_executor pool, PinnedFile file)
      : pool_(std::move(pool)), file_(std::make_shared<HeldFile>(std::move(file))) {}

  // Blocking: a hand-over to another thread and back takes longer than to read a short file now.
  void ReadFront(size_t bytes) { file_->ReadFront(bytes); }

  [[nodiscard]] const ObjectInfo& info() const override { return file_->info(); }
  Task<Result<size_t>> Read(Call call, int64_t offset, std::span<char> buffer) override {
    LF_CO_TRY_OK(CheckWanted(call));
    const std::string& front = file_->front();
    if (std::cmp_less(offset, front.size())) co_return front.copy(buffer.data(), buffer.size(), offset);
    if (call.deadline || call.stop.stop_possible()) co_return co_await ReadApart(std::move(call), offset, buffer);
    auto result = co_await Offload(pool_, [file = file_, offset, buffer] { return file->ReadAt(offset, buffer); });
    co_return result;
  }
  [[nodiscard]] ObjectAddress address() const override {
    return {
        .service = std::string(kFileService), .place = file_->full_name(), .etag = file_->info().etag, .held = file_};
  }
  [[nodiscard]] const RandomAccess* local() const override { return file_.get(); }

 private:
  // Into memory that outlives whoever waits: a read that hangs may end at any time.
  Task<Result<size_t>> ReadApart(Call call, int64_t offset, std::span<char> buffer) {
    const auto memory = std::make_shared<std::vector<char>>(buffer.size());
    auto read = [file = file_, memory, offset] { return file->ReadAt(offset, *memory); };
    LF_CO_TRY(const size_t got, co_await ReadWithin(pool_, std::move(call), file_->full_name(), std::move(read)));
    std::copy_n(memory->begin(), got, buffer.begin());
    co_return got;
  }

  const any_io_executor pool_;
  const std::shared_ptr<HeldFile> file_;
};

// What an abandoned call may still be busy with when the next one comes: a file that is closed under a write could be
// another one by then.
struct FileInWriting {
  explicit FileInWriting(NewFile new_file) : file(std::move(new_file)) {}
  NewFile file;
  std::shared_mutex mutex;  // shared by those that write parts
};

class FileWriter final : public ObjectWriter {
 public:
  // `name`: for errors.
  FileWriter(any_io_executor pool, NewFile file, std::string name)
      : pool_(std::move(pool)), file_(std::make_shared<FileInWriting>(std::move(file))), name_(std::move(name)) {}
  // Freeing the blocks of a large unpublished file takes time: not on the engine thread.
  ~FileWriter() override {
    boost::asio::post(pool_, [file = std::move(file_)]() mutable { file.reset(); });
  }

  [[nodiscard]] size_t part_bytes() const override { return kPartBytes; }

  Task<Result<Buffer>> Write(Call call, int64_t number, Buffer bytes) override {
    LF_CO_TRY_OK(CheckWanted(call));
    const int64_t offset = number * static_cast<int64_t>(kPartBytes);
    auto memory = std::make_shared<Buffer>(std::move(bytes));
    auto write = [held = file_, memory, offset] {
      const std::shared_lock lock(held->mutex);
      return held->file.WriteAt(offset, memory->bytes());
    };
    Status written = co_await WriteWithin(pool_, call, name_, ErrorCode::kUnavailable, std::move(write));
    LF_CO_TRY_OK(written);
    co_return std::move(*memory);
  }

  Task<Result<bool>> SetModified(Call call, TimeMs modified) override {
    LF_CO_TRY_OK(CheckWanted(call));
    auto set = [held = file_, modified] {
      const std::scoped_lock lock(held->mutex);
      return held->file.SetModified(modified);
    };
    co_return co_await WriteWithin(pool_, call, name_, ErrorCode::kUnavailable, std::move(set));
  }

  // A file system keeps no checksums.
  Task<Result<PutOutcome>> CommitIfAbsent(Call call, int64_t size_bytes, ObjectChecksums) override {
    LF_CO_TRY_OK(CheckWanted(call));
    auto publish = [held = file_, size_bytes] {
      const std::scoped_lock lock(held->mutex);
      return held->file.PublishIfAbsent(size_bytes);
    };
    co_return co_await WriteWithin(pool_, call, name_, ErrorCode::kOutcomeUnknown, std::move(publish));
  }

  Task<Status> Abort(Call call) override {
    auto discard = [held = file_] {
      const std::scoped_lock lock(held->mutex);
      return held->file.Discard();
    };
    co_return co_await WriteWithin(pool_, call, name_, ErrorCode::kUnavailable, std::move(discard));
  }

 private:
  const any_io_executor pool_;
  std::shared_ptr<FileInWriting> file_;
  const std::string name_;
};

}  // namespace

FileStore::FileStore(std::string uri, std::string root, any_io_executor pool, FileTreeOptions options,
                     std::shared_ptr<RootWatch> watch)
    : uri_(std::move(uri)),
      pool_(std::move(pool)),
      tree_(std::make_shared<FileTree>(std::move(root), options, std::move(watch))) {}

StoreTraits FileStore::traits() const {
  return {.batch_max = BatchMax(), .keeps_times = true, .copies_from = std::string(kFileService)};
}

Task<Result<ListPage>> FileStore::List(Call call, ListRequest request) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::string where = tree_->FullName(request.folder);
  auto list = [tree = tree_, request = std::move(request)]() -> Result<ListPage> {
    if (request.recursive) return ListBelow(*tree, request.folder, request.resume);
    LF_TRY(Listing listing, tree->List(request.folder, request.start_after));
    return ListPage{.listing = std::move(listing), .resume = {}};
  };
  co_return co_await ReadWithin(pool_, call, std::move(where), std::move(list), JobLength::kShort);
}

Task<Result<ObjectInfo>> FileStore::Head(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::string where = tree_->FullName(path);
  auto look = [tree = tree_, path = std::move(path)] { return tree->Head(path); };
  co_return co_await ReadWithin(pool_, call, std::move(where), std::move(look), JobLength::kShort);
}

Task<Result<std::string>> FileStore::Get(Call call, ObjectPath path, size_t limit_bytes) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::string where = tree_->FullName(path);
  auto read = [tree = tree_, path = std::move(path), limit_bytes] { return ReadWhole(*tree, path, limit_bytes); };
  co_return co_await ReadWithin(pool_, call, std::move(where), std::move(read), JobLength::kShort);
}

Task<std::vector<Result<std::string>>> FileStore::GetEach(Call call, std::vector<ObjectPath> paths,
                                                          size_t limit_bytes) {
  const Status wanted = CheckWanted(call);
  if (!wanted) co_return std::vector<Result<std::string>>(paths.size(), std::unexpected(wanted.error()));
  const size_t count = paths.size();
  auto read = [tree = tree_, paths = std::move(paths), limit_bytes] { return ReadEach(*tree, paths, limit_bytes); };
  auto all = co_await OffloadWithin(pool_, call, std::move(read));
  if (all) co_return *std::move(all);
  co_return std::vector<Result<std::string>>(count, std::unexpected(NoAnswer(call, uri_)));
}

Task<Result<std::unique_ptr<OpenObject>>> FileStore::Open(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::string where = tree_->FullName(path);
  auto open = [tree = tree_, pool = pool_, path = std::move(path)]() -> Result<std::unique_ptr<OpenObject>> {
    LF_TRY(PinnedFile file, PinnedFile::Open(*tree, path));
    return std::make_unique<FileObject>(pool, std::move(file));
  };
  co_return co_await ReadWithin(pool_, call, std::move(where), std::move(open));
}

Task<Result<std::unique_ptr<OpenObject>>> FileStore::OpenFront(Call call, ObjectPath path, size_t bytes) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::string where = tree_->FullName(path);
  auto open = [tree = tree_, pool = pool_, path = std::move(path), bytes]() -> Result<std::unique_ptr<OpenObject>> {
    LF_TRY(PinnedFile file, PinnedFile::Open(*tree, path));
    auto object = std::make_unique<FileObject>(pool, std::move(file));
    object->ReadFront(bytes);
    return object;
  };
  co_return co_await ReadWithin(pool_, call, std::move(where), std::move(open));
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
  const size_t count = objects.size();
  call.stop = {};  // they may be there by now
  auto put = [tree = tree_, objects = std::move(objects)] { return PutEach(*tree, objects); };
  auto all = co_await OffloadWithin(pool_, call, std::move(put));
  if (all) co_return *std::move(all);
  Error unknown = NoAnswer(call, uri_);
  unknown.code = ErrorCode::kOutcomeUnknown;
  co_return std::vector<Result<PutOutcome>>(count, std::unexpected(unknown));
}

Task<Status> FileStore::Put(Call call, ObjectPath path, std::string bytes) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::string where = tree_->FullName(path);
  auto put = [tree = tree_, path = std::move(path), bytes = std::move(bytes)] { return tree->Put(path, bytes); };
  co_return co_await WriteWithin(pool_, call, std::move(where), ErrorCode::kUnavailable, std::move(put));
}

Task<Result<std::unique_ptr<ObjectWriter>>> FileStore::Begin(Call call, ObjectPath path, WriteHints) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::string where = tree_->FullName(path);
  auto begin = [tree = tree_, pool = pool_, path = std::move(path)]() -> Result<std::unique_ptr<ObjectWriter>> {
    LF_TRY(NewFile file, CreateIn(*tree, path));
    return std::make_unique<FileWriter>(pool, std::move(file), tree->FullName(path));
  };
  co_return co_await WriteWithin(pool_, call, std::move(where), ErrorCode::kUnavailable, std::move(begin));
}

Task<Result<CopyOutcome>> FileStore::CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  auto file = std::dynamic_pointer_cast<HeldFile>(std::move(from.held));
  if (from.service != kFileService || file == nullptr) co_return CopyOutcome::kNotPossible;
  std::string where = tree_->FullName(path);
  auto link = [tree = tree_, file = std::move(file), path = std::move(path)] { return file->LinkInto(*tree, path); };
  co_return co_await WriteWithin(pool_, call, std::move(where), ErrorCode::kOutcomeUnknown, std::move(link));
}

Task<Result<bool>> FileStore::Touch(Call call, ObjectPath path) {
  LF_CO_TRY_OK(CheckWanted(call));
  std::string where = tree_->FullName(path);
  auto touch = [tree = tree_, path = std::move(path)] { return tree->Touch(path); };
  co_return co_await WriteWithin(pool_, call, std::move(where), ErrorCode::kUnavailable, std::move(touch));
}

Task<Result<std::vector<NotDeleted>>> FileStore::Delete(Call call, std::vector<ObjectPath> paths) {
  LF_CO_TRY_OK(CheckWanted(call));
  auto remove = [tree = tree_, paths = std::move(paths)]() -> Result<std::vector<NotDeleted>> {
    return tree->Delete(paths);
  };
  co_return co_await WriteWithin(pool_, call, uri_, ErrorCode::kUnavailable, std::move(remove));
}

}  // namespace lakeferry
