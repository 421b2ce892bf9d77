// S3Store: ObjectStore over a prefix of a bucket. An object's name is its key below the prefix, byte by byte; its
// modification time is that of its writing, in whole seconds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "env/object_store.h"
#include "storage/cloud/key_space.h"
#include "storage/cloud/store_promises.h"
#include "storage/s3/s3_client.h"

namespace lakeferry::s3 {

class S3Writer;

struct S3StoreOptions {
  size_t part_bytes_min = size_t{8} << 20;  // 5 MiB at least, as S3 wants it
  // Its credentials are good for this place alone, so that the service copies nothing of another for them.
  bool closed = false;
};

// Used on the engine thread.
class S3Store final : public ObjectStore {
 public:
  // `uri` is what errors and logs call the store; `prefix` is without '/' at its ends, empty for the whole bucket.
  // Nothing is created or copied before `probe` has told that one writer cannot replace what another wrote: kRefused
  // where he can. Checksums of objects are told once it is known that the service compares them.
  S3Store(std::string uri, std::string prefix, std::shared_ptr<S3Client> client, std::shared_ptr<StoreProbe> probe,
          S3StoreOptions options = {});

  [[nodiscard]] std::string_view uri() const override { return keys_.uri(); }
  [[nodiscard]] StoreTraits traits() const override;
  Task<Result<ListPage>> List(Call call, ListRequest request) override;
  Task<Result<ObjectInfo>> Head(Call call, ObjectPath path) override;
  // What the service keeps as checksum is compared.
  Task<Result<std::string>> Get(Call call, ObjectPath path, size_t limit_bytes) override;
  Task<Result<std::unique_ptr<OpenObject>>> Open(Call call, ObjectPath path) override;
  Task<Result<std::unique_ptr<OpenObject>>> OpenFront(Call call, ObjectPath path, size_t bytes) override;
  [[nodiscard]] std::optional<ObjectAddress> AddressOf(const ObjectPath& path, std::string etag) const override;
  Task<Result<Created>> Create(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<PutOutcome>> PutIfAbsent(Call call, ObjectPath path, std::string bytes) override;
  // Where a policy of the bucket wants a condition of every write, on condition of what is there.
  Task<Status> Put(Call call, ObjectPath path, std::string bytes) override;
  Task<Result<std::unique_ptr<ObjectWriter>>> Begin(Call call, ObjectPath path, WriteHints hints) override;
  // Within one service, as far as the credentials of this store may read there.
  Task<Result<CopyOutcome>> CopyIfAbsent(Call call, ObjectAddress from, ObjectPath path) override;
  // A copy onto itself, on condition of the etag; false for objects above 5 GiB.
  Task<Result<bool>> Touch(Call call, ObjectPath path) override;
  Task<Result<std::vector<NotDeleted>>> Delete(Call call, std::vector<ObjectPath> paths) override;
  Task<Status> DropUnfinished(Call call, ObjectPath folder, std::optional<TimeMs> before) override;

 private:
  // What a put is on condition of: nothing being there, or what has this etag; of neither.
  struct PutOn {
    bool absent = false;
    std::string etag = {};
  };
  Task<Result<S3Reply>> PutObject(Call call, ObjectPath path, const std::string& bytes, PutOn on);
  Task<Status> PutOnCondition(Call call, ObjectPath path, std::string bytes, S3Reply refusal);
  [[nodiscard]] bool Resumes() const;
  [[nodiscard]] bool IsDenied(const Status& asked);
  Task<Status> TakeUp(Call call, S3Writer& writer);
  Task<Error> WhyNot(Call call, ObjectPath path);
  Task<Result<std::vector<NotDeleted>>> DeleteKeys(Call call, std::vector<ObjectPath> paths);

  const KeySpace keys_;
  const std::shared_ptr<S3Client> client_;
  const StorePromises promises_;
  const S3StoreOptions options_;
  bool tells_uploads_ = true;  // false: we may not ask for uploads, or the service does not tell
};

}  // namespace lakeferry::s3
