// What a blob is put together of: the names of its blocks, and the request that makes one blob of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "env/object_store.h"
#include "storage/azure/azure_client.h"

namespace lakeferry::azure {

// Under names of its own, so that the blocks of two writers of one blob do not mix; all equally long, as the service
// wants them.
[[nodiscard]] std::string BlockId(uint64_t writer, int64_t number);

// As x-ms-content-crc64 has it: Azure's CRC-64 is CRC-64/NVME, its lowest byte first.
[[nodiscard]] std::string ContentCrc64(uint64_t crc64);

// Makes them a blob, in this order, on condition that there is none of the name. `headers`: what it is to have beside
// its bytes; `where` is what errors call it. The ETag that is told is as good as the comparison of its blocks.
Task<Result<Created>> CommitBlocks(Call call, std::shared_ptr<AzureClient> client, std::string blob, std::string where,
                                   std::vector<std::string> ids, Headers headers);

}  // namespace lakeferry::azure
