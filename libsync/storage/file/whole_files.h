// Many whole files in one go: read one after the other, or created together, so that they share what makes them
// durable. Blocking.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "storage/file/file_tree.h"
#include "storage/file/new_file.h"

namespace lakeferry {

// The file at `path`, unpublished, without content.
Result<NewFile> CreateIn(FileTree& tree, const ObjectPath& path);

// As ObjectStore::Get.
Result<std::string> ReadWhole(const FileTree& tree, const ObjectPath& path, size_t limit_bytes);

// As ObjectStore::GetEach.
std::vector<Result<std::string>> ReadEach(const FileTree& tree, std::span<const ObjectPath> paths, size_t limit_bytes);

// So many objects are put together: with more, memory would be all that grows; with few descriptors to be had, less,
// for each takes one and there may be a batch on each thread of a pool.
[[nodiscard]] size_t BatchMax();

// As ObjectStore::PutEachIfAbsent.
std::vector<Result<PutOutcome>> PutEach(FileTree& tree, const std::vector<WholeObject>& objects);

}  // namespace lakeferry
