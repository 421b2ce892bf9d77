// What a blob is put together of: the names of its blocks, and the request that makes one blob of them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "env/object_store.h"
#include "storage/azure/azure_client.h"

namespace lakeferry::azure {

// The name of block `number`, all equally long, as the service wants them. `name`: a number of the writer's own, so
// that the blocks of two writers of one blob do not mix; or what names the block's content, so that whoever has the
// same content takes it for his: two that send such a block send the same.
[[nodiscard]] std::string BlockId(uint64_t name, int64_t number);
// The number of a block that is named so; absent for a name of somebody else.
[[nodiscard]] std::optional<int64_t> NumberOf(std::string_view id);

// Blocks that were sent and are of no blob yet, by name, and how long each is; none where nothing is known of the blob.
// `where` is what errors call it. The service keeps them for a week after the last. Needs the right to read.
Task<Result<std::map<std::string, int64_t>>> ListLooseBlocks(Call call, std::shared_ptr<AzureClient> client,
                                                             std::string blob, std::string where);

// As x-ms-content-crc64 has it: Azure's CRC-64 is CRC-64/NVME, its lowest byte first.
[[nodiscard]] std::string ContentCrc64(uint64_t crc64);

// Makes them a blob, in this order, on condition that there is none of the name. `headers`: what it is to have beside
// its bytes; `where` is what errors call it. The ETag that is told is as good as the comparison of its blocks.
Task<Result<Created>> CommitBlocks(Call call, std::shared_ptr<AzureClient> client, std::string blob, std::string where,
                                   std::vector<std::string> ids, Headers headers);

}  // namespace lakeferry::azure
