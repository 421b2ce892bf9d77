// AzureStore: ObjectStore over a prefix of a container, through the Blob endpoint. An object's name is its blob's below
// the prefix, byte by byte; its modification time is that of its writing, in whole seconds.
//
// Accounts with a hierarchical namespace answer at that endpoint too, and are known by their listings. Their
// directories are no objects, and Delete leaves one that is not empty; where somebody else left an empty one, List
// shows it as a folder.
//
// Azure vouches for no checksum that it gives back: ObjectInfo::checksums stay empty. What is sent is guarded by the
// service's own comparison (x-ms-content-crc64), so that the ETag of what was created names these bytes.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "env/object_store.h"
#include "storage/azure/azure_client.h"
#include "storage/cloud/key_space.h"
#include "storage/cloud/store_promises.h"

namespace lakeferry::azure {

struct AzureStoreOptions {
  size_t part_bytes_min = size_t{8} << 20;
  bool copies_at_once = true;  // false: every copy is made block by block
  // Its credentials are good for this place alone: of its own account, too, what is copied bears the proof of whoever
  // opened it.
  bool closed = false;
};

// Used on the engine thread.
class AzureStore final : public ObjectStore {
 public:
  // `uri` is what errors and logs call the store; `prefix` is without '/' at its ends, empty for the whole container.
  // Nothing is created or copied before `promises` has told that one writer cannot replace what another wrote.
  AzureStore(std::string uri, std::string prefix, std::shared_ptr<AzureClient> client, AzureStoreOptions options = {},
             StorePromises promises = {});

  [[nodiscard]] std::string_view uri() const override { return keys_.uri(); }
  [[nodiscard]] StoreTraits traits() const override;
  // Names up to request.start_after are asked for all the same: the service cannot begin behind them.
  Task<Result<ListPage>> List(Call call, ListRequest request) override;
  Task<Result<ObjectInfo>> Head(Call call, ObjectPath path) override;
  Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) override;
  Task<Result<std::unique_ptr<OpenObject>>> Open(Call call, ObjectPath path) override;
  Task<Result<std::unique_ptr<OpenObject>>> OpenFront(Call call, ObjectPath path, size_t bytes) override;
  [[nodiscard]] std::optional<ObjectAddress> AddressOf(const ObjectPath& path, std::string etag) const override;
  Task<Result<Created>> Create(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) override;
  Task<Status> Put(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<std::unique_ptr<ObjectWriter>>> Begin(Call call, ObjectPath path, WriteHints hints) override;
  // Within one cloud: in one account as far as the credential of this store may read there, from another with the proof
  // of the store that opened the blob. Where an account lets no other in, it is asked once.
  Task<Result<CopyOutcome>> CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) override;
  // Writes the blob's metadata again as it is, on condition of the etag.
  Task<Result<bool>> Touch(Call call, ObjectPath path) override;
  // A request for each, some side by side; snapshots of a blob go with it. In a hierarchical namespace directories that
  // have become empty by that go as well.
  Task<Result<std::vector<NotDeleted>>> Delete(Call call, std::vector<ObjectPath> paths) override;

 private:
  [[nodiscard]] Status CheckName(const ObjectPath& path) const;
  // As it answers HEAD; kNotFound for a directory.
  Task<Result<AzureReply>> Look(Call call, ObjectPath path);
  Task<Result<AzureReply>> PutBlob(Call call, ObjectPath path, const std::string& bytes, bool if_absent);
  Task<Status> DeleteBlob(Call call, ObjectPath path);
  Task<Status> DeleteOrTell(Call call, ObjectPath path, std::vector<NotDeleted>& stayed);
  // The folders of these, and those above them, as far as they are empty by now.
  Task<Status> DeleteEmptyFolders(Call call, std::vector<ObjectPath> paths);
  Task<Status> DeleteWhileEmpty(Call call, ObjectPath folder);

  const KeySpace keys_;
  const std::shared_ptr<AzureClient> client_;
  const AzureStoreOptions options_;
  const StorePromises promises_;
  bool hierarchical_ = false;           // a listing has shown a directory
  std::set<std::string> closed_to_us_;  // accounts that cannot be copied from
};

}  // namespace lakeferry::azure
