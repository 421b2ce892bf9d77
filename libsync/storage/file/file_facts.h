// Small facts of files that several parts of the store agree on: names, times, descriptors.
#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "base/time.h"
#include "env/object_store.h"

namespace lakeferry {

// Names of unfinished files; no object can have such a name and no listing shows one.
[[nodiscard]] bool IsTemporaryName(std::string_view name);

// Floor of the time in milliseconds.
[[nodiscard]] TimeMs ModifiedOf(const struct stat& stat);

// What a store tells of the file at `path`. The etag changes with the content, and with whatever else is done to it.
[[nodiscard]] ObjectInfo InfoOf(const ObjectPath& path, const struct stat& stat);

// A name by which the kernel finds what `fd` holds open.
[[nodiscard]] std::string DescriptorPath(int fd);

// `fd` may be one that only names a file. False where the file system or its permissions do not let us.
[[nodiscard]] bool SetTimeToNow(int fd);

}  // namespace lakeferry
