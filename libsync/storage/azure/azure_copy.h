// AzureCopy: makes a blob of another one of the same account, without moving its bytes through this process.
#pragma once

#include <memory>
#include <string>

#include "env/object_store.h"
#include "storage/azure/azure_client.h"

namespace lakeferry::azure {

// For one blob. Used on the engine thread.
class AzureCopy {
 public:
  // `where` is what errors call the blob.
  AzureCopy(std::shared_ptr<AzureClient> client, std::string blob, std::string where)
      : client_(std::move(client)), blob_(std::move(blob)), where_(std::move(where)) {}

  // As ObjectStore::CopyIfAbsent. In one request (Copy Blob From URL, up to 256 MiB); where the service does not do it
  // so, by Copy Blob, whose end is waited for: a blob that is pending is visible, and empty. One that does not come to
  // its end, or whose call is stopped or out of time, is given up and deleted.
  Task<Result<CopyOutcome>> Run(Call call, ObjectAddress from);

 private:
  Task<Result<AzureReply>> Ask(Call call, ObjectAddress from, bool at_once);
  Task<Result<CopyOutcome>> Later(Call call, ObjectAddress from);
  Task<Result<CopyOutcome>> WaitFor(Call call, std::string copy_id);
  // After a refused condition: was it that of the target or that of the source?
  Task<Result<CopyOutcome>> WhichCondition(Call call, AzureReply refusal);
  Task<Result<AzureReply>> LookAt(Call call);
  // What a copy of ours left is taken away, and nothing else.
  Task<void> GiveUp(Call call, std::string copy_id);

  const std::shared_ptr<AzureClient> client_;
  const std::string blob_;
  const std::string where_;
};

}  // namespace lakeferry::azure
