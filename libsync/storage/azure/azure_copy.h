// AzureCopy: makes a blob of another one, of the same account or of another, without moving its bytes through this
// process.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "env/object_store.h"
#include "storage/azure/azure_client.h"

namespace lakeferry::azure {

// For one blob, once. Used on the engine thread.
class AzureCopy {
 public:
  // `where` is what errors call the blob. `source`: whose account it is copied from, and as whom it may be read; null:
  // that of `client`.
  AzureCopy(std::shared_ptr<AzureClient> client, std::shared_ptr<AzureClient> source, std::string blob,
            std::string where, bool at_once = true)
      : client_(std::move(client)),
        source_(std::move(source)),
        blob_(std::move(blob)),
        where_(std::move(where)),
        at_once_(at_once) {}

  // As ObjectStore::CopyIfAbsent. `at_once`, in one request (Copy Blob From URL), which the service takes up to 256
  // MiB; else block by block (Put Block From URL), so that nobody ever sees a part of it. A block's name says of which
  // range of which state of the other blob it is, and the service makes it on condition of that state: those that a
  // copy before has left under these names are not copied again.
  Task<Result<CopyOutcome>> Run(Call call, ObjectAddress from);
  // Whether it was not possible because the service may not read there for us.
  [[nodiscard]] bool denied() const { return denied_; }

 private:
  Task<Result<AzureReply>> Ask(Call call, ObjectAddress from);
  Task<Result<CopyOutcome>> InBlocks(Call call, ObjectAddress from);
  // Absent where we may not read there, or it is another by now.
  Task<Result<std::optional<HttpReply>>> LookAtSource(Call call, ObjectAddress from);
  // Blocks that a copy before may have left, by name, and how long each is.
  Task<Result<std::map<std::string, int64_t>>> LooseBlocks(Call call, bool may_be_ours);
  Task<Status> CopyBlock(Call call, ObjectAddress from, std::string id, ByteRange range);
  // After a refused condition: was it that of the target or that of the source?
  Task<Result<CopyOutcome>> WhichCondition(Call call, AzureReply refusal);

  const std::shared_ptr<AzureClient> client_;
  const std::shared_ptr<AzureClient> source_;
  const std::string blob_;
  const std::string where_;
  const bool at_once_;
  bool denied_ = false;
  bool not_possible_ = false;  // a block was refused for what its source is
};

}  // namespace lakeferry::azure
