// GcsStore: ObjectStore over a prefix of a bucket of Google's storage. An object's name is its key below the prefix,
// byte by byte; its etag is the generation; its modification time is that of its writing.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "env/object_store.h"
#include "storage/cloud/key_space.h"
#include "storage/cloud/store_promises.h"
#include "storage/cloud/upload_book.h"
#include "storage/gcs/gcs_client.h"

namespace lakeferry::gcs {

struct GcsStoreOptions {
  size_t part_bytes = size_t{8} << 20;  // a multiple of kChunkStep
  size_t deletes_at_once = 16;
  // Its credentials are good for this place alone, so that the service copies nothing of another for them.
  bool closed = false;
};

// Bytes, and what they are of.
struct GenerationBytes {
  std::string generation;  // empty where it is not told
  std::string bytes;
};

// Used on the engine thread.
class GcsStore final : public ObjectStore {
 public:
  // `uri` is what errors and logs call the store; `prefix` is without '/' at its ends, empty for the whole bucket.
  // Nothing is created or copied before `promises` has told that one writer cannot replace what another wrote.
  // Checksums of objects are told where it is known that the service compares them. `uploads`: where uploads that came
  // to no end are kept, so that another writer goes on with them; null: nowhere. It outlives this.
  GcsStore(std::string uri, std::string prefix, std::shared_ptr<GcsClient> client, GcsStoreOptions options = {},
           StorePromises promises = {}, UploadBook* uploads = nullptr);

  [[nodiscard]] std::string_view uri() const override { return keys_.uri(); }
  [[nodiscard]] StoreTraits traits() const override;
  Task<Result<ListPage>> List(Call call, ListRequest request) override;
  Task<Result<ObjectInfo>> Head(Call call, ObjectPath path) override;
  // What the service keeps as checksum is compared.
  Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) override;
  Task<Result<std::unique_ptr<OpenObject>>> Open(Call call, ObjectPath path) override;
  // Two requests side by side: beside bytes the service tells a time in whole seconds alone, and listings tell it to
  // the millisecond.
  Task<Result<std::unique_ptr<OpenObject>>> OpenFront(Call call, ObjectPath path, size_t bytes) override;
  [[nodiscard]] std::optional<ObjectAddress> AddressOf(const ObjectPath& path, std::string etag) const override;
  Task<Result<Created>> Create(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) override;
  Task<Status> Put(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<std::unique_ptr<ObjectWriter>>> Begin(Call call, ObjectPath path, WriteHints hints) override;
  // Within one service, as far as the credentials of this store may read there.
  Task<Result<CopyOutcome>> CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) override;
  // A copy onto itself, on condition of the generation.
  Task<Result<bool>> Touch(Call call, ObjectPath path) override;
  // One request for each, some side by side.
  Task<Result<std::vector<NotDeleted>>> Delete(Call call, std::vector<ObjectPath> paths) override;
  // Those that are kept; the service forgets the others within a week.
  Task<Status> DropUnfinished(Call call, ObjectPath folder, std::optional<TimeMs> before) override;

 private:
  [[nodiscard]] Status CheckName(const ObjectPath& path) const;
  [[nodiscard]] bool Resumes() const { return uploads_ != nullptr && promises_.Vouches(); }
  // What the book calls an object, or all whose keys begin so.
  [[nodiscard]] std::string BookName(const std::string& key) const;
  // The first `bytes` of an object.
  Task<Result<GenerationBytes>> GetFront(Call call, ObjectPath path, size_t bytes);
  // Until it is done: what refused it, if anything did. `from` and `to` are paths of requests.
  Task<Result<GcsReply>> Rewrite(Call call, std::string from, std::string to, std::string source_generation,
                                 std::string target_generation);
  // After a refused condition: was it that of the target or that of the source?
  Task<Result<CopyOutcome>> WhichCondition(Call call, ObjectPath path);
  Task<Status> DeleteObject(Call call, ObjectPath path);
  Task<Status> DeleteOrTell(Call call, ObjectPath path, std::vector<NotDeleted>& stayed);

  const KeySpace keys_;
  const std::shared_ptr<GcsClient> client_;
  const GcsStoreOptions options_;
  const StorePromises promises_;
  UploadBook* const uploads_;
};

}  // namespace lakeferry::gcs
