// What is asked of a store in several calls, for those to whom one answer is enough.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "env/object_store.h"

namespace lakeferry {

// Every page of a folder's direct children, in one listing. `store` must outlive the task.
Task<Result<Listing>> ListAll(Call call, ObjectStore& store, ObjectPath folder, std::string start_after = {});

// The whole of what is open, or what the object holds of it. The store's errors.
Task<Result<std::string>> ReadAll(Call call, OpenObject& object);
// The same into memory that has served; `text` must live until the task ends.
Task<Status> ReadAll(Call call, OpenObject& object, std::string& text);

// Takes the names away batch by batch, `at_once` batches side by side. The error of a name that stayed, where one did:
// batches that had begun are done all the same. `store` must outlive the task.
Task<Status> DeleteAll(Call call, ObjectStore& store, std::vector<ObjectPath> paths, size_t at_once);
// One name.
Task<Status> DeleteOne(Call call, ObjectStore& store, ObjectPath path);

}  // namespace lakeferry
