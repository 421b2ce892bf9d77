// AzureCopy: makes a blob of another one of the same account, without moving its bytes through this process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "env/object_store.h"
#include "storage/azure/azure_client.h"

namespace lakeferry::azure {

// For one blob, once. Used on the engine thread.
class AzureCopy {
 public:
  // `where` is what errors call the blob.
  AzureCopy(std::shared_ptr<AzureClient> client, std::string blob, std::string where)
      : client_(std::move(client)), blob_(std::move(blob)), where_(std::move(where)) {}

  // As ObjectStore::CopyIfAbsent. In one request (Copy Blob From URL, up to 256 MiB), else block by block (Put Block
  // From URL), so that nobody ever sees a part of it.
  Task<Result<CopyOutcome>> Run(Call call, ObjectAddress from);

 private:
  Task<Result<AzureReply>> Ask(Call call, ObjectAddress from);
  Task<Result<CopyOutcome>> InBlocks(Call call, ObjectAddress from);
  // Absent where we may not read there, or it is another by now.
  Task<Result<std::optional<HttpReply>>> LookAtSource(Call call, ObjectAddress from);
  Task<Status> CopyBlock(Call call, ObjectAddress from, std::string id, ByteRange range);
  // After a refused condition: was it that of the target or that of the source?
  Task<Result<CopyOutcome>> WhichCondition(Call call, AzureReply refusal);

  const std::shared_ptr<AzureClient> client_;
  const std::string blob_;
  const std::string where_;
  bool not_possible_ = false;  // a block was refused for what its source is
};

}  // namespace lakeferry::azure
