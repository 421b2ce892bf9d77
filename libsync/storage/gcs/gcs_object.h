// GcsObject: one object of a bucket, open for ranged reads of the generation that it had then.
#pragma once

#include <memory>
#include <string>

#include "env/object_store.h"
#include "storage/gcs/gcs_client.h"

namespace lakeferry::gcs {

// Where an object lies that is copied only while it is of this generation.
[[nodiscard]] ObjectAddress AddressOfKey(const GcsClient& client, const std::string& key, std::string generation);

class GcsObject final : public OpenObject {
 public:
  // `where` is what errors call it.
  GcsObject(std::shared_ptr<GcsClient> client, std::string key, ObjectInfo info, std::string where)
      : client_(std::move(client)), key_(std::move(key)), info_(std::move(info)), where_(std::move(where)) {}

  [[nodiscard]] const ObjectInfo& info() const override { return info_; }
  Task<Result<size_t>> Read(Call call, int64_t offset, std::span<char> buffer) override;
  [[nodiscard]] ObjectAddress address() const override;
  [[nodiscard]] const RandomAccess* local() const override { return nullptr; }

 private:
  [[nodiscard]] Status CheckReply(const GcsReply& reply) const;

  const std::shared_ptr<GcsClient> client_;
  const std::string key_;
  const ObjectInfo info_;
  const std::string where_;
};

}  // namespace lakeferry::gcs
