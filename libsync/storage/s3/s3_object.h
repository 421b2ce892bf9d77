// S3Object: one object of a bucket, open for ranged reads of the content that it had then.
#pragma once

#include <memory>
#include <string>

#include "env/object_store.h"
#include "storage/s3/s3_client.h"

namespace lakeferry::s3 {

// Where an object lies, for a copy by the service, of the content that has this etag.
[[nodiscard]] ObjectAddress AddressOfKey(const BucketAddress& bucket, const std::string& key, std::string etag);

class S3Object final : public OpenObject {
 public:
  // `where` is what errors call it.
  S3Object(std::shared_ptr<S3Client> client, std::string key, ObjectInfo info, std::string where)
      : client_(std::move(client)), key_(std::move(key)), info_(std::move(info)), where_(std::move(where)) {}

  [[nodiscard]] const ObjectInfo& info() const override { return info_; }
  Task<Result<size_t>> Read(Call call, int64_t offset, std::span<char> buffer) override;
  [[nodiscard]] ObjectAddress address() const override;
  [[nodiscard]] const RandomAccess* local() const override { return nullptr; }

 private:
  const std::shared_ptr<S3Client> client_;
  const std::string key_;
  const ObjectInfo info_;
  const std::string where_;
};

}  // namespace lakeferry::s3
