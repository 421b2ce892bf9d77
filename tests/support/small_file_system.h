// SmallFileSystem: what a process sees that has little room on its disk.
#pragma once

#include <sched.h>
#include <sys/mount.h>

#include <string>

namespace lakeferry {

// Mounts an empty memory file system of `bytes` on `folder`, in a mount namespace of this process alone. To be called
// in a single-threaded child. False without the rights to do so.
inline bool MountSmallFileSystem(const std::string& folder, size_t bytes) {
  if (::unshare(CLONE_NEWNS) != 0) return false;
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
  return ::mount("tmpfs", folder.c_str(), "tmpfs", 0, ("size=" + std::to_string(bytes)).c_str()) == 0;
}

}  // namespace lakeferry
