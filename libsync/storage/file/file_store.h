// FileStore: ObjectStore over a folder of a POSIX file system. An object's name is its file's name, byte by byte; its
// modification time is the file's. Blocking calls run on a pool. The pool must outlive the store and everything it gave
// out.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "env/object_store.h"
#include "storage/file/file_tree.h"

namespace lakeferry {

class FileStore : public ObjectStore {
 public:
  // `uri` is what errors and logs call the store; `root` is an absolute folder, made at the first write.
  // `watch`: what is remembered of the root beyond this store's life.
  FileStore(std::string uri, std::string root, boost::asio::any_io_executor pool, FileTreeOptions options = {},
            std::shared_ptr<RootWatch> watch = std::make_shared<RootWatch>());

  [[nodiscard]] std::string_view uri() const override { return uri_; }
  [[nodiscard]] StoreTraits traits() const override;
  // A folder's own children are one page.
  Task<Result<ListPage>> List(Call call, ListRequest request) override;
  Task<Result<ObjectInfo>> Head(Call call, ObjectPath path) override;
  Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) override;
  Task<std::vector<Result<std::string>>> GetEach(Call call, std::vector<ObjectPath> paths, size_t limit_bytes) override;
  Task<Result<std::unique_ptr<OpenObject>>> Open(Call call, ObjectPath path) override;
  Task<Result<std::unique_ptr<OpenObject>>> OpenFront(Call call, ObjectPath path, size_t bytes) override;
  Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) override;
  Task<std::vector<Result<PutOutcome>>> PutEachIfAbsent(Call call, std::vector<WholeObject> objects) override;
  Task<Status> Put(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<std::unique_ptr<ObjectWriter>>> Begin(Call call, ObjectPath path, WriteHints hints) override;
  // By hard link of what the address holds open, and only of a file that is as one of ours would be and that nobody
  // else can write (storage/file/file_placement.h). It sets the file's time, under both its names, because cleaners of
  // tables go by it.
  Task<Result<CopyOutcome>> CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) override;
  Task<Result<bool>> Touch(Call call, ObjectPath path) override;
  Task<Result<std::vector<NotDeleted>>> Delete(Call call, std::vector<ObjectPath> paths) override;

 private:
  const std::string uri_;
  const boost::asio::any_io_executor pool_;
  const std::shared_ptr<FileTree> tree_;  // shared with calls on the pool
};

}  // namespace lakeferry
