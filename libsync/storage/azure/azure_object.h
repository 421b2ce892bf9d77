// AzureObject: one blob of a container, open for ranged reads of the content that it had then.
#pragma once

#include <memory>
#include <string>

#include "env/object_store.h"
#include "storage/azure/azure_client.h"

namespace lakeferry::azure {

// As whom the blob at an address may be read, for a copy into another account.
class AzureSource final : public HeldObject {
 public:
  explicit AzureSource(std::shared_ptr<AzureClient> client) : client_(std::move(client)) {}

  [[nodiscard]] const std::shared_ptr<AzureClient>& client() const { return client_; }

 private:
  const std::shared_ptr<AzureClient> client_;
};

// Where a blob lies that is copied only while it has this content.
[[nodiscard]] ObjectAddress AddressOfBlob(const std::shared_ptr<AzureClient>& client, const std::string& blob,
                                          std::string etag);

class AzureObject final : public OpenObject {
 public:
  // `where` is what errors call it.
  AzureObject(std::shared_ptr<AzureClient> client, std::string blob, ObjectInfo info, std::string where)
      : client_(std::move(client)), blob_(std::move(blob)), info_(std::move(info)), where_(std::move(where)) {}

  [[nodiscard]] const ObjectInfo& info() const override { return info_; }
  Task<Result<size_t>> Read(Call call, int64_t offset, std::span<char> buffer) override;
  [[nodiscard]] ObjectAddress address() const override;
  [[nodiscard]] const RandomAccess* local() const override { return nullptr; }

 private:
  const std::shared_ptr<AzureClient> client_;
  const std::string blob_;
  const ObjectInfo info_;
  const std::string where_;
};

}  // namespace lakeferry::azure
