// Tries a container of an endpoint that is not Azure's own: what it does with conditions, checksums and signatures.
#pragma once

#include <memory>
#include <string>

#include "async/task.h"
#include "storage/azure/azure_client.h"
#include "storage/cloud/probed.h"

namespace lakeferry::azure {

// Azure's own, in whatever of its clouds, keeps what its documentation promises.
[[nodiscard]] bool IsAzure(const ContainerAddress& address);

// Writes and deletes blobs of a few bytes below `folder`, which is without '/' at its ends and holds nothing. Errors:
// what keeps it from being tried, as of the store's own calls.
Task<Result<Probed>> ProbeContainer(Call call, std::shared_ptr<AzureClient> client, std::string folder);

}  // namespace lakeferry::azure
