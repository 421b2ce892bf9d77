// What stores tell of what they hold: objects, listings, places.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/object_path.h"
#include "base/time.h"

namespace lakeferry {

// Checksums over a whole object that a store keeps and vouches for; absent where it keeps none.
struct ObjectChecksums {
  std::optional<uint64_t> crc64;   // CRC-64/NVME
  std::optional<uint32_t> crc32c;  // Castagnoli
  std::optional<std::string> md5;  // 16 bytes

  bool operator==(const ObjectChecksums&) const = default;
};

struct ObjectInfo {
  ObjectPath path;  // from the store's root
  int64_t size_bytes = 0;
  TimeMs modified;  // as the store lists it; Delta takes commit times from here
  // Names this very content: another one has another. A listing may leave it out, and the checksums.
  std::string etag = {};
  ObjectChecksums checksums = {};

  bool operator==(const ObjectInfo&) const = default;
};

struct Listing {
  std::vector<ObjectInfo> objects;
  std::vector<ObjectPath> folders;  // prefixes that have something below them
  // Names that are neither, because they only lead elsewhere: to a folder, out of the root, to nothing. Nobody enters
  // them; Delete takes the name away and nothing else. Stores without links have none.
  std::vector<ObjectPath> links;
};

struct ListRequest {
  ObjectPath folder = {};
  std::string start_after = {};  // only names greater than it, by bytes; not with `recursive`
  bool recursive = false;        // every object and link below, however deep, and no folders
  std::string resume = {};       // that of the page before; empty for the first
};

struct ListPage {
  Listing listing;
  std::string resume;  // empty on the last page
};

// Where a store's root is, whatever name it was opened by: the root itself, then each place that it lies in, outermost
// last. Equal texts are one place. Files: device and inode, and what of the path does not exist yet; far stores:
// account and bucket, with the prefix.
struct StorePlace {
  std::vector<std::string> root_first;
  // Whether others than the user that this process runs as can write there; absent: not known, or nothing is there yet.
  std::optional<bool> others_may_write = {};
};

}  // namespace lakeferry
